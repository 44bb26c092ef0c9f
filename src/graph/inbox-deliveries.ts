import { visibleTo } from '#core/access/visibility';
import { encodeId } from '#core/ids';
import { textOf } from '#core/inboxes/bodies';
import { deliveryState, listDeliveries } from '#core/inboxes/deliveries';
import type { KeptHeader } from '#core/inboxes/headers';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';

/** A body is up to a mebibyte: a page has few of them, or none. */
const BODY_COST = 100;

const DeliveryStateEnum = builder.enumType('DeliveryState', {
  description: 'What a delivery waits for.',
  values: {
    PENDING: { description: 'For somebody to deal with it.' },
    CLAIMED: { description: 'For the worker that has it, until its time is over.' },
    ACKNOWLEDGED: { description: 'For nothing: somebody dealt with it.' },
  },
});

const SignatureStateEnum = builder.enumType('SignatureState', {
  description: 'What was found out about who sent something.',
  values: {
    VERIFIED: {
      description: 'The provider signed it, with the secret of this inbox and, where it says when, just then.',
    },
    FAILED: { description: 'No right signature came with it: anybody may have sent it. Never claimed, never charged.' },
    UNCHECKED: { description: 'The inbox checks no signatures: somebody sent it who knows the address.' },
  },
});

const DeliveryChargeEnum = builder.enumType('DeliveryCharge', {
  description: 'What became of the price of an event, which is that of the operation inbox.received.',
  values: {
    NONE: { description: 'It costs nothing: there is no price, it is a duplicate, or its signature failed.' },
    DUE: { description: 'It is about to be charged.' },
    CHARGED: { description: 'It was charged, once.' },
    UNPAID: { description: 'The balance did not cover it; nothing was taken, and nothing will be.' },
  },
});

const InboxHeader = builder.objectRef<KeptHeader>('InboxHeader').implement({
  description: 'A header of a delivery.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, as it was spelled.' }),
    value: t.exposeString('value', {
      nullable: true,
      description: 'Its value; null for one that carries a secret, such as Authorization or Cookie, which is not kept.',
    }),
  }),
});

export const InboxDeliveryType = builder.prismaNode('InboxDelivery', {
  description: 'What was sent to an inbox once, byte for byte.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, inbox: { workspace: visibleTo(actor) } }),
  select: { id: true, number: true, workspaceId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'inboxes:read', workspaceId } }),
  fields: (t) => ({
    number: t.field({
      type: 'Seq',
      description: 'Its number in its inbox, in the order they were stored, without gaps.',
      select: { number: true },
      resolve: ({ number }) => number,
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it came.' }),
    state: t.field({
      type: DeliveryStateEnum,
      description: 'What it waits for now.',
      select: { acknowledgedAt: true, claimedUntil: true },
      resolve: (delivery) => deliveryState(delivery, new Date()),
    }),
    claimedUntil: t.expose('claimedUntil', {
      type: 'DateTime',
      nullable: true,
      description:
        'Until when the last claim lasts, or lasted; null for one that was never claimed or is acknowledged.',
    }),
    acknowledgedAt: t.expose('acknowledgedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was first acknowledged; null until then.',
    }),
    signature: t.expose('signature', { type: SignatureStateEnum, description: 'What is known of who sent it.' }),
    eventId: t.exposeString('eventId', {
      nullable: true,
      description: "The provider's own name for the event; null unless the signature was verified.",
    }),
    duplicateOf: t.id({
      nullable: true,
      description: 'Id of the first delivery of the same event, when this is another; it may be deleted by now.',
      select: { duplicateOfId: true },
      resolve: ({ duplicateOfId }) => duplicateOfId && encodeId('InboxDelivery', duplicateOfId),
    }),
    headers: t.field({
      type: [InboxHeader],
      description: 'The headers, in the order they came; what carries a secret without its value.',
      select: { headers: true },
      resolve: ({ headers }) => headers as unknown as KeptHeader[],
    }),
    contentType: t.exposeString('contentType', { nullable: true, description: 'The Content-Type that was sent.' }),
    size: t.int({
      description: 'Length of the body and the headers together, in bytes, as it counts towards the room of the plan.',
      select: { storedBytes: true },
      resolve: ({ storedBytes }) => storedBytes,
    }),
    text: t.string({
      nullable: true,
      complexity: BODY_COST,
      description: 'The body as text; null when it is not UTF-8, as a compressed one, which nobody unpacks here.',
      select: { body: true },
      resolve: ({ body }) => textOf(body),
    }),
    base64: t.string({
      complexity: BODY_COST,
      description: 'The body in base64: the very bytes, over which the signature was made.',
      select: { body: true },
      resolve: ({ body }) => Buffer.from(body).toString('base64'),
    }),
    sourceAddress: t.exposeString('sourceAddress', { nullable: true, description: 'Network address that sent it.' }),
    charge: t.expose('charge', { type: DeliveryChargeEnum, description: 'What became of its price.' }),
    chargeSeq: t.field({
      type: 'Seq',
      nullable: true,
      description: 'Number of the decision about its price, which stands in the usage log; null without one.',
      select: { chargeSeq: true },
      resolve: ({ chargeSeq }) => chargeSeq,
    }),
    inbox: t.relation('inbox', { description: 'The inbox that it came to.' }),
  }),
});

const InboxDeliveryFilter = builder.inputType('InboxDeliveryFilter', {
  description: 'Which deliveries to list; all conditions must hold.',
  fields: (t) => ({
    isAcknowledged: t.boolean({ description: 'True: only those that somebody dealt with; false: only the others.' }),
    signature: t.field({ type: SignatureStateEnum, description: 'Only those whose signature was found so.' }),
    isDuplicate: t.boolean({ description: 'True: only duplicates; false: only the others.' }),
    eventId: t.string({ description: "Only those of this event, by the provider's own name for it." }),
    since: t.field({ type: 'DateTime', description: 'From this moment on.' }),
    until: t.field({ type: 'DateTime', description: 'Before this moment.' }),
  }),
});

builder.prismaObjectFields('Inbox', (t) => ({
  deliveries: t.connection(
    {
      type: InboxDeliveryType,
      description: 'What came, newest first. Acknowledged, duplicate and failed ones are deleted some time later.',
      args: { filter: t.arg({ type: InboxDeliveryFilter, description: 'Which deliveries.' }) },
      resolve: async ({ id: inboxId, workspaceId }, { filter, ...page }, context, info) =>
        listDeliveries(context.db, await context.access.permit('inboxes:read', workspaceId), {
          ...page,
          inboxId,
          filter,
          query: connectionQuery(context, info, 'InboxDelivery'),
        }),
    },
    { name: 'InboxDeliveriesConnection', description: 'A page of deliveries.' },
    { name: 'InboxDeliveriesEdge', description: 'A delivery in a page.' },
  ),
}));
