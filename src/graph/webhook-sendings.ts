import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeId } from '#core/ids';
import {
  findDelivery,
  findWorkspaceOfDelivery,
  replayDeliveries,
  resendDelivery,
  sendTestWebhook,
} from '#core/webhooks/deliveries';
import { builder } from '#graph/builder';
import { permitOnEndpoint } from '#graph/webhook-changes';
import { WebhookDeliveryType, WebhookEventType } from '#graph/webhooks';

const SendTestWebhookInput = builder.inputType('SendTestWebhookInput', {
  description: 'What sendTestWebhook needs.',
  fields: (t) => ({
    webhookEndpointId: t.id({ required: true, description: 'The endpoint to try.' }),
    eventType: t.field({ type: WebhookEventType, required: true, description: 'The type whose example is sent.' }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it sends nothing twice.',
    }),
  }),
});

const SendTestWebhookPayload = builder
  .objectRef<{ deliveryId: string; replayed: boolean }>('SendTestWebhookPayload')
  .implement({
    description: 'A test is on its way.',
    fields: (t) => ({
      delivery: t.prismaField({
        type: WebhookDeliveryType,
        description: 'The delivery: ask for it again to see its attempts.',
        resolve: (query, { deliveryId }, _args, { db }) => findDelivery(db, deliveryId, query),
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
      }),
    }),
  });

builder.mutationField('sendTestWebhook', (t) =>
  t.field({
    type: SendTestWebhookPayload,
    description: 'Sends the example of a type to an endpoint, signed as everything else is.',
    args: { input: t.arg({ type: SendTestWebhookInput, required: true, description: 'What to send where.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input: { webhookEndpointId: id, ...rest } }, context) => {
      const { permit, webhookEndpointId } = await permitOnEndpoint(id, context);
      const sent = await sendTestWebhook(context.db, permit, { ...rest, webhookEndpointId });
      if (sent.replayed) context.quota.giveBack();
      return sent;
    },
  }),
);

const ResendDeliveryInput = builder.inputType('ResendDeliveryInput', {
  description: 'What resendDelivery needs.',
  fields: (t) => ({ deliveryId: t.id({ required: true, description: 'The delivery to send again.' }) }),
});

const ResendDeliveryPayload = builder.objectRef<{ deliveryId: string }>('ResendDeliveryPayload').implement({
  description: 'The delivery is on its way again.',
  fields: (t) => ({
    delivery: t.prismaField({
      type: WebhookDeliveryType,
      description: 'The delivery, PENDING again.',
      resolve: (query, { deliveryId }, _args, { db }) => findDelivery(db, deliveryId, query),
    }),
  }),
});

builder.mutationField('resendDelivery', (t) =>
  t.field({
    type: ResendDeliveryPayload,
    description: 'Sends a delivery again, with the same id and body, and ten attempts of its own.',
    args: { input: t.arg({ type: ResendDeliveryInput, required: true, description: 'The delivery.' }) },
    errors: { types: [NotFound, Conflict] },
    resolve: async (_root, { input }, { db, access }) => {
      access.requireSomebody();
      const deliveryId = decodeId('WebhookDelivery', input.deliveryId);
      const workspaceId = deliveryId && (await findWorkspaceOfDelivery(db, access.actor, deliveryId));
      if (!deliveryId || !workspaceId) throw new NotFound('No such delivery.', ['input', 'deliveryId']);
      await resendDelivery(db, await access.permit('webhooks:write', workspaceId), { deliveryId });
      return { deliveryId };
    },
  }),
);

const ReplayDeliveriesInput = builder.inputType('ReplayDeliveriesInput', {
  description: 'What replayDeliveries needs.',
  fields: (t) => ({
    webhookEndpointId: t.id({ required: true, description: 'The endpoint to send to again.' }),
    since: t.field({ type: 'DateTime', required: true, description: 'What happened from this moment on.' }),
    includeSucceeded: t.boolean({
      description: 'True: also what it took already. Left out: only what failed or was parked.',
    }),
  }),
});

const ReplayDeliveriesPayload = builder
  .objectRef<{ count: number; nextSince: Date | null }>('ReplayDeliveriesPayload')
  .implement({
    description: 'What was missed is on its way.',
    fields: (t) => ({
      count: t.exposeInt('count', { description: 'How many deliveries are sent again.' }),
      complete: t.boolean({
        description: 'Whether that is all; if not, the oldest 10000 are sent: call again with `nextSince`.',
        resolve: ({ nextSince }) => nextSince === null,
      }),
      nextSince: t.expose('nextSince', {
        type: 'DateTime',
        nullable: true,
        description: 'The moment to name as `since` to go on from there; null when that is all.',
      }),
    }),
  });

builder.mutationField('replayDeliveries', (t) =>
  t.field({
    type: ReplayDeliveriesPayload,
    description: 'Sends again what happened since a moment, in its order, with the ids it had.',
    args: { input: t.arg({ type: ReplayDeliveriesInput, required: true, description: 'What to send again.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict] },
    resolve: async (_root, { input: { webhookEndpointId: id, since, includeSucceeded } }, context) => {
      const { permit, webhookEndpointId } = await permitOnEndpoint(id, context);
      const asked = { webhookEndpointId, since, includeSucceeded: includeSucceeded ?? false };
      return replayDeliveries(context.db, permit, asked);
    },
  }),
);
