import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeId, encodeId } from '#core/ids';
import {
  connectIntegration,
  disconnectIntegration,
  findIntegration,
  findWorkspaceOfIntegration,
  testIntegration,
  updateIntegration,
} from '#core/integrations/integrations';
import { builder } from '#graph/builder';
import type { Context } from '#graph/context';
import { IntegrationProviderEnum, IntegrationType } from '#graph/integrations';
import { WebhookEventType } from '#graph/webhooks';
import { workspaceOrOwn } from '#graph/workspaces';

const ID = 'Your own unique text for this request: repeating it does nothing twice.';

const IntegrationSettingInput = builder.inputType('IntegrationSettingInput', {
  description: 'A setting of a provider; integrationProviders lists them.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Which.' }),
    value: t.string({ required: true, description: 'Its value.' }),
  }),
});

const ConnectIntegrationInput = builder.inputType('ConnectIntegrationInput', {
  description: 'What connectIntegration needs.',
  fields: (t) => ({
    workspaceId: t.id({ description: 'The workspace to tell of; an API key may leave its own out.' }),
    provider: t.field({ type: IntegrationProviderEnum, required: true, description: 'The service.' }),
    description: t.string({ description: 'What it is for, at most 500 characters.' }),
    eventTypes: t.field({
      type: [WebhookEventType],
      description: 'What to tell it of, any but USAGE_RECORDED; left out: only the alerts that choose it.',
    }),
    settings: t.field({
      type: [IntegrationSettingInput],
      required: true,
      description: 'What the provider has to be told; integrationProviders says what that is.',
    }),
    idempotencyKey: t.string({ required: true, description: ID }),
  }),
});

builder.mutationField('connectIntegration', (t) =>
  t.field({
    type: integrationPayload('ConnectIntegrationPayload', 'The integration is connected.'),
    description:
      'Tells a service of what happens from now on. For OWNERs, ADMINs and MEMBERs, and keys with integrations:write.',
    args: { input: t.arg({ type: ConnectIntegrationInput, required: true, description: 'The new integration.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input: { workspaceId: id, description, eventTypes, ...rest } }, context) => {
      const { db, access, quota } = context;
      access.requireSomebody();
      const workspaceId = workspaceOrOwn(id, access.actor);
      const permit = await access.permit('integrations:write', workspaceId, ['input', 'workspaceId']);
      const settings = { ...rest, description: description ?? '', eventTypes: eventTypes ?? [] };
      const connected = await connectIntegration(db, permit, settings, context);
      if (connected.replayed) quota.giveBack();
      return connected;
    },
  }),
);

const UpdateIntegrationInput = builder.inputType('UpdateIntegrationInput', {
  description: 'What updateIntegration needs. What is left out stays as it is.',
  fields: (t) => ({
    integrationId: t.id({ required: true, description: 'The integration to change.' }),
    description: t.string({ description: 'What it is for, at most 500 characters.' }),
    eventTypes: t.field({ type: [WebhookEventType], description: 'All that it is told of, any but USAGE_RECORDED.' }),
    settings: t.field({
      type: [IntegrationSettingInput],
      description:
        'Settings to give anew; those that are not named stay, secret ones too. With another url a secret must be given anew.',
    }),
    paused: t.boolean({
      description:
        'True: it is told nothing, and what happens is parked. False: it is told of what happens from now on.',
    }),
    sendMissed: t.boolean({ description: 'Together with paused: false. True: it is also told what was parked.' }),
  }),
});

builder.mutationField('updateIntegration', (t) =>
  t.field({
    type: integrationPayload('UpdateIntegrationPayload', 'The integration is changed.'),
    description: 'Changes an integration, pauses it or resumes it.',
    args: { input: t.arg({ type: UpdateIntegrationInput, required: true, description: 'What to change.' }) },
    errors: { types: [NotFound, ValidationFailed] },
    resolve: async (_root, { input }, context) => {
      const { permit, integrationId } = await permitOnIntegration(input.integrationId, context);
      await updateIntegration(context.db, permit, { ...input, integrationId }, context);
      return { integrationId, replayed: false };
    },
  }),
);

const TestIntegrationInput = builder.inputType('TestIntegrationInput', {
  description: 'What testIntegration needs.',
  fields: (t) => ({
    integrationId: t.id({ required: true, description: 'The integration to try.' }),
    eventType: t.field({
      type: WebhookEventType,
      description: 'The type whose example is sent; left out: ALERT_FIRED.',
    }),
    idempotencyKey: t.string({ required: true, description: ID }),
  }),
});

builder.mutationField('testIntegration', (t) =>
  t.field({
    type: integrationPayload('TestIntegrationPayload', 'A message is on its way: lastSuccessAt or lastError will say.'),
    description: 'Sends an example as a message that is marked as a test. At most 20 an hour.',
    args: { input: t.arg({ type: TestIntegrationInput, required: true, description: 'What to try.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input: { integrationId: id, eventType, idempotencyKey } }, context) => {
      const { permit, integrationId } = await permitOnIntegration(id, context);
      const asked = { integrationId, eventType: eventType ?? 'alert.fired', idempotencyKey };
      const tested = await testIntegration(context.db, permit, asked);
      if (tested.replayed) context.quota.giveBack();
      return tested;
    },
  }),
);

const DisconnectIntegrationInput = builder.inputType('DisconnectIntegrationInput', {
  description: 'What disconnectIntegration needs.',
  fields: (t) => ({
    integrationId: t.id({ required: true, description: 'The integration to disconnect.' }),
  }),
});

const DisconnectIntegrationPayload = builder
  .objectRef<{ integrationId: string }>('DisconnectIntegrationPayload')
  .implement({
    description: 'The integration is no more, nor are its credentials. Alerts that chose it tell the others.',
    fields: (t) => ({
      disconnectedIntegrationId: t.id({
        description: 'The id it had.',
        resolve: ({ integrationId }) => encodeId('Integration', integrationId),
      }),
    }),
  });

builder.mutationField('disconnectIntegration', (t) =>
  t.field({
    type: DisconnectIntegrationPayload,
    description: 'Ends an integration with its credentials.',
    args: { input: t.arg({ type: DisconnectIntegrationInput, required: true, description: 'Which.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input }, context) => {
      const { permit, integrationId } = await permitOnIntegration(input.integrationId, context);
      await disconnectIntegration(context.db, permit, { integrationId });
      return { integrationId };
    },
  }),
);

function integrationPayload(name: string, description: string) {
  return builder.objectRef<{ integrationId: string; replayed: boolean }>(name).implement({
    description,
    fields: (t) => ({
      integration: t.prismaField({
        type: IntegrationType,
        nullable: true,
        description: 'The integration, as it is now; null if somebody disconnected it meanwhile.',
        resolve: (query, { integrationId }, _args, { db }) => findIntegration(db, integrationId, query),
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
      }),
    }),
  });
}

/** Unknown and foreign integrations take the same way out. */
async function permitOnIntegration(id: string, { db, access }: Context) {
  access.requireSomebody();
  const path = ['input', 'integrationId'];
  const integrationId = decodeId('Integration', id);
  const workspaceId = integrationId && (await findWorkspaceOfIntegration(db, access.actor, integrationId));
  if (!workspaceId) throw new NotFound('No such integration.', path);
  return { integrationId, permit: await access.permit('integrations:write', workspaceId, path) };
}
