import { factsOf, listFirings } from '#core/alerts/firings';
import { findApiKeys } from '#core/api-keys/api-keys';
import type { AlertFiring } from '#generated/prisma/client';
import { ApiKeyType } from '#graph/api-keys';
import { builder } from '#graph/builder';
import { CapPeriodEnum } from '#graph/enums';

const AlertFiringType = builder.objectRef<AlertFiring>('AlertFiring').implement({
  description: 'One time that an alert fired.',
  fields: (t) => ({
    value: t.expose('value', {
      type: 'Units',
      description: 'What the value was, in the unit of the threshold; of a test, the threshold.',
    }),
    threshold: t.expose('threshold', { type: 'Units', description: 'What the threshold was.' }),
    apiKey: t.loadable({
      type: ApiKeyType,
      nullable: true,
      description: 'The key whose cap it was; null for other conditions, and when the caller may not see keys.',
      load: (ids: string[], { db }) => findApiKeys(db, ids),
      resolve: async ({ subject, workspaceId }, _args, { access }) =>
        (await access.can('apiKeys:read', workspaceId)) ? (factsOf(subject).apiKeyId ?? null) : null,
    }),
    capPeriod: t.field({
      type: CapPeriodEnum,
      nullable: true,
      description: 'The window of that cap.',
      resolve: ({ subject }) => factsOf(subject).period ?? null,
    }),
    seq: t.expose('seq', {
      type: 'Seq',
      nullable: true,
      description: 'Number of the decision that crossed the threshold; null where it was not one alone.',
    }),
    isTest: t.exposeBoolean('isTest', { description: 'Whether testAlert made it.' }),
    firedAt: t.expose('firedAt', { type: 'DateTime', description: 'When the condition was found true.' }),
    clearedAt: t.expose('clearedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was over; null while the alert is firing.',
    }),
    isMailing: t.boolean({
      description: 'Whether a mail of it is still to be sent.',
      resolve: ({ mailDueAt }) => mailDueAt !== null,
    }),
    mailError: t.exposeString('mailError', {
      nullable: true,
      description: 'Why its mail could not be sent when it was last tried; null when it was, or nobody is mailed.',
    }),
  }),
});

builder.prismaObjectFields('Alert', (t) => ({
  firings: t.connection(
    {
      type: AlertFiringType,
      description: 'When it fired, newest first, tests included.',
      select: { id: true, workspaceId: true },
      resolve: async ({ id, workspaceId }, page, { db, access }) =>
        listFirings(db, await access.permit('alerts:read', workspaceId), { ...page, alertId: id }),
    },
    { name: 'AlertFiringsConnection', description: 'A page of firings.' },
    { name: 'AlertFiringsEdge', description: 'A firing in a page.' },
  ),
}));
