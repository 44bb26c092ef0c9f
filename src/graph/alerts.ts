import { visibleTo } from '#core/access/visibility';
import { listAlerts } from '#core/alerts/alerts';
import { findChosenIntegrations } from '#core/alerts/chosen';
import { isMuted } from '#core/alerts/watched';
import { findApiKeys } from '#core/api-keys/api-keys';
import { ApiKeyType } from '#graph/api-keys';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import { RoleEnum } from '#graph/enums';
import { IntegrationType } from '#graph/integrations';

export const AlertConditionEnum = builder.enumType('AlertCondition', {
  description: 'What an alert watches. Its name says the unit of the threshold where that is not credits.',
  values: {
    BALANCE: { description: 'What can be spent is below so many credits.' },
    BALANCE_PERCENT: { description: 'What can be spent is below so many percent of the last grant.' },
    RUNWAY_HOURS: { description: 'At the recent rate the credits run out in less than so many hours.' },
    DAILY_SPEND: {
      description: "What was spent since midnight, in the workspace's time zone, has reached so many credits.",
    },
    MONTHLY_SPEND: {
      description:
        "What was spent since the first of the month, in the workspace's time zone, has reached so many credits.",
    },
    KEY_CAP_PERCENT: {
      description: 'A key has used so many percent of one of its caps. Told for each cap of each key.',
    },
    ERROR_PERCENT: {
      description: 'So many percent of the calls failed in the window. Declined calls count neither way.',
    },
  },
});

const AlertState = builder.enumType('AlertState', {
  description: 'Where an alert stands.',
  values: {
    ARMED: { description: 'Its condition is not true; it fires when it comes true.' },
    FIRING: { description: 'Its condition came true, which was told, and is not over yet.' },
    MUTED: { description: 'Nobody looks at it for now.' },
  },
});

export const AlertType = builder.prismaNode('Alert', {
  description:
    'A rule that is told when its condition comes true: by mail, to integrations, in the audit log, and as alert.fired to whoever listens for it. Once for each time; it can fire again after the value is back by a twentieth of the threshold.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),
  select: { id: true, workspaceId: true, apiKeyId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'alerts:read', workspaceId } }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name that people see.' }),
    condition: t.expose('condition', { type: AlertConditionEnum, description: 'What it watches.' }),
    threshold: t.expose('threshold', {
      type: 'Units',
      description: 'Credits, percent or hours, as the condition says.',
    }),
    state: t.field({
      type: AlertState,
      description: 'Whether it is firing now.',
      select: { mutedUntil: true, firings: { where: { clearedAt: null }, take: 1, select: { id: true } } },
      resolve: ({ firings, ...alert }) =>
        isMuted(alert, new Date()) ? 'MUTED' : firings.length > 0 ? 'FIRING' : 'ARMED',
    }),
    mutedUntil: t.expose('mutedUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when nobody looks at it; null or in the past when it is looked at.',
    }),
    apiKey: t.loadable({
      type: ApiKeyType,
      nullable: true,
      description: 'The one key whose caps it watches; null for every key, and when the caller may not see keys.',
      load: (ids: string[], { db }) => findApiKeys(db, ids),
      resolve: async ({ apiKeyId, workspaceId }, _args, { access }) =>
        (await access.can('apiKeys:read', workspaceId)) ? apiKeyId : null,
    }),
    windowMinutes: t.exposeInt('windowMinutes', {
      nullable: true,
      description: 'Over how many minutes the calls of ERROR_PERCENT are counted; null for the others.',
    }),
    callsMin: t.exposeInt('callsMin', {
      nullable: true,
      description: 'With fewer calls than that in the window ERROR_PERCENT is not true; null for the others.',
    }),
    mailedRoles: t.expose('mailedRoles', { type: [RoleEnum], description: 'Members with these roles are mailed.' }),
    mailedAddresses: t.exposeStringList('mailedAddresses', { description: 'These addresses are mailed too.' }),
    integrations: t.prismaField({
      type: [IntegrationType],
      nullable: true,
      description: 'The integrations that it is told to; null when the caller may not see integrations.',
      resolve: async (query, { id, workspaceId }, _args, { db, access }) =>
        (await access.can('integrations:read', workspaceId))
          ? findChosenIntegrations(db, { alertId: id, query })
          : null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  alerts: t.connection(
    {
      type: AlertType,
      description: 'The alerts, newest first.',
      resolve: async ({ id }, page, context, info) =>
        listAlerts(context.db, await context.access.permit('alerts:read', id), {
          ...page,
          query: connectionQuery(context, info, 'Alert'),
        }),
    },
    { name: 'AlertsConnection', description: 'A page of alerts.' },
    { name: 'AlertsEdge', description: 'An alert in a page.' },
  ),
}));
