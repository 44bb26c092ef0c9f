import { IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeId, encodeId } from '#core/ids';
import { acknowledgeDeliveries, claimDeliveries, type TakenDeliveries } from '#core/inboxes/claims';
import { findDeliveries } from '#core/inboxes/deliveries';
import { builder } from '#graph/builder';
import { InboxDeliveryType } from '#graph/inbox-deliveries';
import { permitOnInbox } from '#graph/inbox-permits';

const ClaimDeliveriesInput = builder.inputType('ClaimDeliveriesInput', {
  description: 'What claimDeliveries needs.',
  fields: (t) => ({
    inboxId: t.id({ required: true, description: 'The inbox to take from.' }),
    count: t.int({ description: 'How many at most, 1 to 20; left out: 10. Large bodies come in smaller numbers.' }),
    seconds: t.int({ description: 'How long they are nobody else’s, 1 to 43200; left out: 60.' }),
    idempotencyKey: t.string({
      required: true,
      description:
        'Your own unique text for this claim: while it lasts, repeating it answers with the same deliveries.',
    }),
  }),
});

const AcknowledgeDeliveriesInput = builder.inputType('AcknowledgeDeliveriesInput', {
  description: 'What acknowledgeDeliveries needs.',
  fields: (t) => ({
    inboxId: t.id({ required: true, description: 'The inbox that they came to.' }),
    deliveryIds: t.idList({ required: true, description: 'The deliveries, 1 to 100.' }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it changes nothing.',
    }),
  }),
});

const replayed = 'Whether this is the stored answer to an earlier request with the same idempotency key.';

const ClaimDeliveriesPayload = builder.objectRef<TakenDeliveries>('ClaimDeliveriesPayload').implement({
  description: 'Deliveries are yours for a while.',
  fields: (t) => ({
    deliveries: t.prismaField({
      type: [InboxDeliveryType],
      // As many as there can be, but of bodies 4 MiB at most.
      complexity: { field: 1, multiplier: 20 },
      description: 'What you got, the oldest first; empty when nothing waits.',
      resolve: (query, { deliveryIds }, _args, { db }) => findDeliveries(db, deliveryIds, query),
    }),
    replayed: t.exposeBoolean('replayed', { description: replayed }),
  }),
});

const AcknowledgeDeliveriesPayload = builder.objectRef<TakenDeliveries>('AcknowledgeDeliveriesPayload').implement({
  description: 'The deliveries are acknowledged.',
  fields: (t) => ({
    // Ids and not the deliveries: a hundred bodies are more than an answer holds.
    deliveryIds: t.idList({
      description: 'All that were named, each once.',
      resolve: ({ deliveryIds }) => deliveryIds.map((id) => encodeId('InboxDelivery', id)),
    }),
    replayed: t.exposeBoolean('replayed', { description: replayed }),
  }),
});

builder.mutationField('claimDeliveries', (t) =>
  t.field({
    type: ClaimDeliveriesPayload,
    description:
      'Lends the oldest deliveries that wait to one worker, so that no two work on the same. What is not acknowledged in time goes to whoever claims next. Duplicates and those whose signature failed are left out.',
    args: { input: t.arg({ type: ClaimDeliveriesInput, required: true, description: 'How many, for how long.' }) },
    errors: { types: [NotFound, ValidationFailed] },
    resolve: async (_root, { input }, context) => {
      const { permit, inboxId } = await permitOnInbox('inboxes:write', input.inboxId, context);
      return claimDeliveries(context.db, permit, { ...input, inboxId });
    },
  }),
);

builder.mutationField('acknowledgeDeliveries', (t) =>
  t.field({
    type: AcknowledgeDeliveriesPayload,
    description:
      'Notes that deliveries were dealt with, all of them or none. One that was acknowledged before stays as it was.',
    args: { input: t.arg({ type: AcknowledgeDeliveriesInput, required: true, description: 'Which deliveries.' }) },
    errors: { types: [NotFound, ValidationFailed, IdempotencyConflict] },
    resolve: async (_root, { input }, context) => {
      const { permit, inboxId } = await permitOnInbox('inboxes:write', input.inboxId, context);
      const deliveryIds = input.deliveryIds.map((id) => {
        const deliveryId = decodeId('InboxDelivery', id);
        if (deliveryId === null) throw new NotFound('No such delivery in this inbox.', ['input', 'deliveryIds']);
        return deliveryId;
      });
      return acknowledgeDeliveries(context.db, permit, { ...input, inboxId, deliveryIds });
    },
  }),
);
