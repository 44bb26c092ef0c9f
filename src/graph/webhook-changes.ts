import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeId } from '#core/ids';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  type EndpointWithSecret,
  findWebhookEndpoint,
  findWorkspaceOfEndpoint,
  rotateWebhookSecret,
  updateWebhookEndpoint,
} from '#core/webhooks/endpoints';
import { builder } from '#graph/builder';
import type { Context } from '#graph/context';
import { WebhookEndpointType, WebhookEventType } from '#graph/webhooks';
import { workspaceOrOwn } from '#graph/workspaces';

const ID = 'Your own unique text for this request: repeating it does nothing twice.';

/** The permit to change an endpoint named by its public id; absent and foreign ones are NotFound alike. */
export async function permitOnEndpoint(id: string, { db, access }: Context) {
  access.requireSomebody();
  const webhookEndpointId = decodeId('WebhookEndpoint', id);
  const workspaceId = webhookEndpointId && (await findWorkspaceOfEndpoint(db, access.actor, webhookEndpointId));
  if (!webhookEndpointId || !workspaceId)
    throw new NotFound('No such webhook endpoint.', ['input', 'webhookEndpointId']);
  return { webhookEndpointId, permit: await access.permit('webhooks:write', workspaceId) };
}

const CreateWebhookEndpointInput = builder.inputType('CreateWebhookEndpointInput', {
  description: 'What createWebhookEndpoint needs.',
  fields: (t) => ({
    workspaceId: t.id({ description: 'The workspace to tell of; an API key may leave its own out.' }),
    url: t.string({
      required: true,
      description:
        'Where to send: http or https, a public address, without a name and password, at most 2048 characters.',
    }),
    description: t.string({ description: 'What it is for, at most 500 characters.' }),
    eventTypes: t.field({ type: [WebhookEventType], required: true, description: 'What to tell it of, at least one.' }),
    ordered: t.boolean({
      description:
        'True: each delivery waits until the one before it succeeded or was given up, so that a failure holds the rest back for up to three days.',
    }),
    idempotencyKey: t.string({ required: true, description: ID }),
  }),
});

const CreateWebhookEndpointPayload = builder.objectRef<EndpointWithSecret>('CreateWebhookEndpointPayload').implement({
  description: 'A webhook endpoint was created.',
  fields: (t) => ({
    webhookEndpoint: t.prismaField({
      type: WebhookEndpointType,
      description: 'The new endpoint.',
      resolve: (query, { webhookEndpointId }, _args, { db }) => findWebhookEndpoint(db, webhookEndpointId, query),
    }),
    secret: t.exposeString('secret', {
      nullable: true,
      description: 'What signatures are verified with (`whsec_...`). Shown this once; null when replayed.',
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
    }),
  }),
});

builder.mutationField('createWebhookEndpoint', (t) =>
  t.field({
    type: CreateWebhookEndpointPayload,
    description: 'Tells an address of what happens from now on. For OWNERs, ADMINs, MEMBERs and webhooks:write.',
    args: { input: t.arg({ type: CreateWebhookEndpointInput, required: true, description: 'The new endpoint.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input }, context) => {
      const { db, access, quota } = context;
      access.requireSomebody();
      const { workspaceId, description, ordered, ...rest } = input;
      const permit = await access.permit('webhooks:write', workspaceOrOwn(workspaceId, access.actor), [
        'input',
        'workspaceId',
      ]);
      const settings = { ...rest, description: description ?? '', isOrdered: ordered ?? false };
      const created = await createWebhookEndpoint(db, permit, settings, context);
      if (created.replayed) quota.giveBack();
      return created;
    },
  }),
);

const UpdateWebhookEndpointInput = builder.inputType('UpdateWebhookEndpointInput', {
  description: 'What updateWebhookEndpoint needs. What is left out stays as it is.',
  fields: (t) => ({
    webhookEndpointId: t.id({ required: true, description: 'The endpoint to change.' }),
    url: t.string({ description: 'Where to send from now on, also what is on its way.' }),
    description: t.string({ description: 'What it is for, at most 500 characters.' }),
    eventTypes: t.field({ type: [WebhookEventType], description: 'All that it is told of, at least one.' }),
    ordered: t.boolean({ description: 'Whether each delivery waits for the one before it.' }),
    disabled: t.boolean({
      description:
        'True: it is sent nothing, and what happens is parked. False: it is told of what happens from now on; see replayDeliveries.',
    }),
  }),
});

const UpdateWebhookEndpointPayload = builder
  .objectRef<{ webhookEndpointId: string }>('UpdateWebhookEndpointPayload')
  .implement({
    description: 'The webhook endpoint is changed.',
    fields: (t) => ({
      webhookEndpoint: t.prismaField({
        type: WebhookEndpointType,
        description: 'The endpoint, as it is now.',
        resolve: (query, { webhookEndpointId }, _args, { db }) => findWebhookEndpoint(db, webhookEndpointId, query),
      }),
    }),
  });

builder.mutationField('updateWebhookEndpoint', (t) =>
  t.field({
    type: UpdateWebhookEndpointPayload,
    description: 'Changes a webhook endpoint, disables it or enables it again.',
    args: { input: t.arg({ type: UpdateWebhookEndpointInput, required: true, description: 'What to change.' }) },
    errors: { types: [NotFound, ValidationFailed] },
    resolve: async (_root, { input: { webhookEndpointId: id, ordered, ...changes } }, context) => {
      const { permit, webhookEndpointId } = await permitOnEndpoint(id, context);
      const all = { ...changes, isOrdered: ordered, webhookEndpointId };
      await updateWebhookEndpoint(context.db, permit, all, context);
      return { webhookEndpointId };
    },
  }),
);

const RotateWebhookSecretInput = builder.inputType('RotateWebhookSecretInput', {
  description: 'What rotateWebhookSecret needs.',
  fields: (t) => ({
    webhookEndpointId: t.id({ required: true, description: 'The endpoint that gets a new secret.' }),
    idempotencyKey: t.string({ required: true, description: ID }),
  }),
});

const RotateWebhookSecretPayload = builder.objectRef<EndpointWithSecret>('RotateWebhookSecretPayload').implement({
  description: 'The webhook endpoint has a new secret.',
  fields: (t) => ({
    webhookEndpoint: t.prismaField({
      type: WebhookEndpointType,
      description: 'The endpoint; previousSecretEndsAt says until when both secrets sign.',
      resolve: (query, { webhookEndpointId }, _args, { db }) => findWebhookEndpoint(db, webhookEndpointId, query),
    }),
    secret: t.exposeString('secret', {
      nullable: true,
      description: 'The new secret (`whsec_...`). Shown this once; null when replayed.',
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
    }),
  }),
});

builder.mutationField('rotateWebhookSecret', (t) =>
  t.field({
    type: RotateWebhookSecretPayload,
    description: 'Gives an endpoint a new secret. For 24 hours requests carry a signature of the old one too.',
    args: { input: t.arg({ type: RotateWebhookSecretInput, required: true, description: 'The endpoint.' }) },
    errors: { types: [NotFound, ValidationFailed, IdempotencyConflict] },
    resolve: async (_root, { input: { webhookEndpointId: id, idempotencyKey } }, context) => {
      const { permit, webhookEndpointId } = await permitOnEndpoint(id, context);
      const rotated = await rotateWebhookSecret(context.db, permit, { webhookEndpointId, idempotencyKey }, context);
      if (rotated.replayed) context.quota.giveBack();
      return rotated;
    },
  }),
);

const DeleteWebhookEndpointInput = builder.inputType('DeleteWebhookEndpointInput', {
  description: 'What deleteWebhookEndpoint needs.',
  fields: (t) => ({ webhookEndpointId: t.id({ required: true, description: 'The endpoint to delete.' }) }),
});

const DeleteWebhookEndpointPayload = builder
  .objectRef<{ webhookEndpointId: string }>('DeleteWebhookEndpointPayload')
  .implement({
    description: 'The webhook endpoint is no more, nor are its deliveries.',
    fields: (t) => ({
      webhookEndpointId: t.id({ description: 'The id it had.', resolve: ({ webhookEndpointId: id }) => id }),
    }),
  });

builder.mutationField('deleteWebhookEndpoint', (t) =>
  t.field({
    type: DeleteWebhookEndpointPayload,
    description: 'Ends a webhook endpoint with its deliveries and their log.',
    args: { input: t.arg({ type: DeleteWebhookEndpointInput, required: true, description: 'The endpoint.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input }, context) => {
      const { permit, webhookEndpointId } = await permitOnEndpoint(input.webhookEndpointId, context);
      await deleteWebhookEndpoint(context.db, permit, { webhookEndpointId });
      return { webhookEndpointId: input.webhookEndpointId };
    },
  }),
);
