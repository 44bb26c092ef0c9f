import type { FeedStep } from '#core/events/feed';
import { findDelivery } from '#core/inboxes/deliveries';
import type { InboxHead, InboxRow } from '#core/inboxes/feed-reader';
import { findInbox } from '#core/inboxes/inboxes';
import { builder } from '#graph/builder';
import { permitOnInbox } from '#graph/inbox-permits';
import { type Ended, follow, type Happened, type LiveStep, unlessEnded } from '#graph/live-streams';
import { readSeq, resumedFrom } from '#graph/resumption';

interface InboxState {
  type: 'InboxSnapshot' | 'InboxReset';
  head: InboxHead;
}
interface DeliveryReceived {
  type: 'DeliveryReceived';
  row: InboxRow;
}

const stateType = (name: InboxState['type'], description: string) =>
  builder.objectRef<InboxState>(name).implement({
    description,
    fields: (t) => ({
      number: t.field({
        type: 'Seq',
        description: 'Number of the last delivery it includes; give it as `after` to go on from here.',
        resolve: ({ head }) => head.seq,
      }),
      inbox: t.prismaField({
        type: 'Inbox',
        description: 'The inbox.',
        resolve: (query, { head }, _args, { db }) => findInbox(db, head.logId, query),
      }),
    }),
  });

const InboxSnapshot = stateType('InboxSnapshot', 'Where the stream began; every delivery after `number` follows.');
const InboxReset = stateType(
  'InboxReset',
  'What follows `after` can no longer be replayed, or was never there: list the deliveries anew and go on from here.',
);

const DeliveryReceivedType = builder.objectRef<DeliveryReceived>('DeliveryReceived').implement({
  description: 'A delivery came.',
  fields: (t) => ({
    number: t.field({
      type: 'Seq',
      description: 'Its number in the inbox; give it as `after` to go on behind it.',
      resolve: ({ row }) => row.seq,
    }),
    delivery: t.prismaField({
      type: 'InboxDelivery',
      nullable: true,
      description: 'What came, as it is now; null when it was deleted meanwhile.',
      resolve: (query, { row }, _args, { db }) => findDelivery(db, row.id, query),
    }),
  }),
});

const InboxReceivedEvent = builder.unionType('InboxReceivedEvent', {
  description: 'What inboxReceived sends.',
  types: [InboxSnapshot, DeliveryReceivedType, InboxReset],
  resolveType: ({ type }) => type,
});

builder.subscriptionField('inboxReceived', (t) =>
  t.field({
    type: InboxReceivedEvent,
    description:
      'The live inbox: every delivery in order of its number, none twice, none left out. Duplicates and those whose signature failed are told too.',
    args: {
      inboxId: t.arg.id({ required: true, description: 'The inbox to follow.' }),
      after: t.arg({
        type: 'Seq',
        description:
          'Number of the last delivery you saw: what came after it is replayed first. Left out: the stream begins now.',
      }),
    },
    subscribe: async (_root, { inboxId: id, after = null }, context) => {
      const { inboxId, permit } = await permitOnInbox('inboxes:read', id, context, ['inboxId']);
      const { action, workspaceId } = permit;
      const cursor = resumedFrom(context, readSeq) ?? after;
      const steps = (signal: AbortSignal, from?: string) =>
        context.inboxFeeds.follow(inboxId, from === undefined ? cursor : BigInt(from), { signal });
      return follow({ action, workspaceId, steps }, context, stepOf);
    },
    resolve: ({ event }) => unlessEnded(event as InboxState | DeliveryReceived | Ended),
  }),
);

type InboxStep = FeedStep<InboxRow, InboxHead>;

function stepOf(step: InboxStep): LiveStep {
  const { seq, isCaughtUp } = step;
  return { events: eventsOf(step), cursor: String(seq), seq, isCaughtUp };
}

function eventsOf(step: InboxStep): Happened<InboxState | DeliveryReceived>[] {
  if (step.kind === 'rows') {
    return step.rows.map((row) => ({
      event: { type: 'DeliveryReceived', row },
      origin: row,
      cursor: String(row.seq),
      seq: row.seq,
    }));
  }
  const { kind, head } = step;
  const type = kind === 'reset' ? 'InboxReset' : 'InboxSnapshot';
  return [{ event: { type, head }, origin: head, cursor: String(head.seq), seq: head.seq }];
}
