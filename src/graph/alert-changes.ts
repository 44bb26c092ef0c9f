import {
  createAlert,
  deleteAlert,
  findAlert,
  findWorkspaceOfAlert,
  muteAlert,
  testAlert,
  updateAlert,
} from '#core/alerts/alerts';
import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeId, encodeId } from '#core/ids';
import { AlertConditionEnum, AlertType } from '#graph/alerts';
import { builder } from '#graph/builder';
import type { Context } from '#graph/context';
import { RoleEnum } from '#graph/enums';
import { workspaceOrOwn } from '#graph/workspaces';

const CreateAlertInput = builder.inputType('CreateAlertInput', {
  description: 'What createAlert needs.',
  fields: (t) => ({
    workspaceId: t.id({ description: 'The workspace to watch; an API key may leave its own out.' }),
    name: t.string({ required: true, description: 'Name that people see, 1 to 80 characters.' }),
    condition: t.field({ type: AlertConditionEnum, required: true, description: 'What to watch.' }),
    threshold: t.field({
      type: 'Units',
      required: true,
      description: 'Credits, percent or hours, as the condition says; above 0.',
    }),
    apiKeyId: t.id({ description: 'KEY_CAP_PERCENT only: the one key to watch; left out: every key.' }),
    windowMinutes: t.int({
      description: 'ERROR_PERCENT only: over how long to count, a multiple of 15 up to 1440; left out: 60.',
    }),
    callsMin: t.int({ description: 'ERROR_PERCENT only: how many calls it takes at least; left out: 20.' }),
    mailedRoles: t.field({ type: [RoleEnum], description: 'Mail members with these roles, at most 50 of them.' }),
    mailedAddresses: t.stringList({ description: 'Mail these addresses too, at most 10.' }),
    integrationIds: t.idList({ description: 'Tell these integrations too, at most 20.' }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it creates nothing twice.',
    }),
  }),
});

const CreateAlertPayload = builder.objectRef<{ alertId: string; replayed: boolean }>('CreateAlertPayload').implement({
  description: 'The alert is on.',
  fields: (t) => ({
    alert: t.prismaField({
      type: AlertType,
      nullable: true,
      description: 'The new alert; null when this is a repetition and it was deleted since.',
      resolve: (query, { alertId }, _args, { db }) => findAlert(db, alertId, query),
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
    }),
  }),
});

builder.mutationField('createAlert', (t) =>
  t.field({
    type: CreateAlertPayload,
    description:
      'Watches a condition. If it is true already, the alert fires at once. For OWNERs, ADMINs and MEMBERs, and keys with alerts:write.',
    args: { input: t.arg({ type: CreateAlertInput, required: true, description: 'The new alert.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input }, { db, access, quota }) => {
      access.requireSomebody();
      const { workspaceId: id, ...settings } = input;
      const workspaceId = workspaceOrOwn(id, access.actor);
      const permit = await access.permit('alerts:write', workspaceId, ['input', 'workspaceId']);
      const integrationIds = integrationIdsOf(input.integrationIds ?? []);
      const created = await createAlert(db, permit, {
        ...settings,
        integrationIds,
        apiKeyId: keyIdOf(input.apiKeyId),
      });
      if (created.replayed) quota.giveBack();
      return created;
    },
  }),
);

const UpdateAlertInput = builder.inputType('UpdateAlertInput', {
  description: 'What updateAlert needs. What is left out stays as it is.',
  fields: (t) => ({
    alertId: t.id({ required: true, description: 'The alert to change.' }),
    name: t.string({ description: 'Name that people see, 1 to 80 characters.' }),
    threshold: t.field({ type: 'Units', description: 'Credits, percent or hours, as the condition says; above 0.' }),
    apiKeyId: t.id({ description: 'KEY_CAP_PERCENT only: the one key to watch; null for every key.' }),
    windowMinutes: t.int({ description: 'ERROR_PERCENT only: over how long to count, a multiple of 15 up to 1440.' }),
    callsMin: t.int({ description: 'ERROR_PERCENT only: how many calls it takes at least.' }),
    mailedRoles: t.field({ type: [RoleEnum], description: 'Mail members with these roles; null or none for nobody.' }),
    mailedAddresses: t.stringList({ description: 'All further addresses to mail; null or none for nobody.' }),
    integrationIds: t.idList({ description: 'All integrations to tell; null or none for none.' }),
  }),
});

builder.mutationField('updateAlert', (t) =>
  t.field({
    type: alertPayload('UpdateAlertPayload', 'The alert is changed.'),
    description:
      'Changes an alert; its condition stays. It is then looked at anew, and a firing that the new threshold does not carry is over.',
    args: { input: t.arg({ type: UpdateAlertInput, required: true, description: 'What to change.' }) },
    errors: { types: [NotFound, ValidationFailed] },
    resolve: async (_root, { input: { alertId: id, apiKeyId, integrationIds, ...changes } }, context) => {
      const { permit, alertId } = await permitOnAlert(id, context);
      await updateAlert(context.db, permit, {
        ...changes,
        alertId,
        ...(apiKeyId !== undefined && { apiKeyId: keyIdOf(apiKeyId) }),
        ...(integrationIds !== undefined && { integrationIds: integrationIdsOf(integrationIds ?? []) }),
      });
      return { alertId };
    },
  }),
);

const MuteAlertInput = builder.inputType('MuteAlertInput', {
  description: 'What muteAlert needs.',
  fields: (t) => ({
    alertId: t.id({ required: true, description: 'The alert.' }),
    until: t.field({
      type: 'DateTime',
      description: 'Until when nobody looks at it, at most a year away; null or left out to end it now.',
    }),
  }),
});

builder.mutationField('muteAlert', (t) =>
  t.field({
    type: alertPayload('MuteAlertPayload', 'The alert is muted, or looked at again.'),
    description:
      'Mutes an alert until a time. What it is firing is over; if its condition is true when that time comes, it fires anew.',
    args: { input: t.arg({ type: MuteAlertInput, required: true, description: 'Which, and until when.' }) },
    errors: { types: [NotFound, ValidationFailed] },
    resolve: async (_root, { input }, context) => {
      const { permit, alertId } = await permitOnAlert(input.alertId, context);
      await muteAlert(context.db, permit, { alertId, until: input.until ?? null });
      return { alertId };
    },
  }),
);

const TestAlertInput = builder.inputType('TestAlertInput', {
  description: 'What testAlert needs.',
  fields: (t) => ({ alertId: t.id({ required: true, description: 'The alert.' }) }),
});

builder.mutationField('testAlert', (t) =>
  t.field({
    type: alertPayload('TestAlertPayload', 'Everyone is being told, marked as a test.'),
    description:
      'Tells everyone whom the alert would tell, marked as a test; whether it is firing does not change. At most 20 an hour in a workspace.',
    args: { input: t.arg({ type: TestAlertInput, required: true, description: 'Which.' }) },
    errors: { types: [NotFound, Conflict] },
    resolve: async (_root, { input }, context) => {
      const { permit, alertId } = await permitOnAlert(input.alertId, context);
      await testAlert(context.db, permit, { alertId });
      return { alertId };
    },
  }),
);

const DeleteAlertInput = builder.inputType('DeleteAlertInput', {
  description: 'What deleteAlert needs.',
  fields: (t) => ({ alertId: t.id({ required: true, description: 'The alert.' }) }),
});

const DeleteAlertPayload = builder.objectRef<{ alertId: string }>('DeleteAlertPayload').implement({
  description: 'The alert and its history are deleted; the audit log keeps when it fired.',
  fields: (t) => ({
    deletedAlertId: t.id({ description: 'Id that it had.', resolve: ({ alertId }) => encodeId('Alert', alertId) }),
  }),
});

builder.mutationField('deleteAlert', (t) =>
  t.field({
    type: DeleteAlertPayload,
    description: 'Deletes an alert with its history.',
    args: { input: t.arg({ type: DeleteAlertInput, required: true, description: 'Which.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input }, context) => {
      const { permit, alertId } = await permitOnAlert(input.alertId, context);
      await deleteAlert(context.db, permit, { alertId });
      return { alertId };
    },
  }),
);

function alertPayload(name: string, description: string) {
  return builder.objectRef<{ alertId: string }>(name).implement({
    description,
    fields: (t) => ({
      alert: t.prismaField({
        type: AlertType,
        nullable: true,
        description: 'The alert, as it is now; null if somebody deleted it meanwhile.',
        resolve: (query, { alertId }, _args, { db }) => findAlert(db, alertId, query),
      }),
    }),
  });
}

/** Unknown and foreign alerts take the same way out. */
async function permitOnAlert(id: string, { db, access }: Context) {
  access.requireSomebody();
  const path = ['input', 'alertId'];
  const alertId = decodeId('Alert', id);
  const workspaceId = alertId && (await findWorkspaceOfAlert(db, access.actor, alertId));
  if (!workspaceId) throw new NotFound('No such alert.', path);
  return { alertId, permit: await access.permit('alerts:write', workspaceId, path) };
}

/** @throws NotFound for what is no id of a key. */
function keyIdOf(id: string | null | undefined): string | null {
  if (id == null) return null;
  const apiKeyId = decodeId('ApiKey', id);
  if (apiKeyId === null) throw new NotFound('No such API key.', ['input', 'apiKeyId']);
  return apiKeyId;
}

/** @throws NotFound for what is no id of an integration. */
function integrationIdsOf(ids: readonly string[]): string[] {
  return ids.map((id) => {
    const integrationId = decodeId('Integration', id);
    if (integrationId === null) throw new NotFound('No such integration.', ['input', 'integrationIds']);
    return integrationId;
  });
}
