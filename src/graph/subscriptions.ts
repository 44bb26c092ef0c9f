import type { Action } from '#core/access/policy';
import { DomainError } from '#core/errors';
import type { FeedStep } from '#core/events/feed';
import type { FeedHead } from '#core/events/feed-reader';
import { usageMatcher } from '#core/usage/log';
import type { LedgerEntry } from '#generated/prisma/client';
import { balanceAfter, BalanceType, type BalanceView } from '#graph/balance';
import { builder } from '#graph/builder';
import type { Context } from '#graph/context';
import { storedFilter, UsageFilter } from '#graph/usage';
import { UsageEntry } from '#graph/usage-entry';
import { workspaceOrOwn } from '#graph/workspaces';
import { cancellable } from '#lib/cancellable';

interface Snapshot {
  type: 'FeedSnapshot' | 'FeedReset';
  head: FeedHead;
}
interface BalanceChanged {
  type: 'BalanceChange';
  balance: BalanceView;
  createdAt: Date;
}
interface UsageRecorded {
  type: 'UsageChange';
  entry: LedgerEntry;
}
/** An event with the context to run it in: nothing that an earlier event remembered holds for this one. */
export interface FreshEvent<Event = unknown> {
  event: Event;
  context: Context;
}

/** The last thing a subscriber hears when its rights ended: an error, then completion. */
interface Ended {
  type: 'Ended';
  error: DomainError;
}

const FeedSnapshot = builder.objectRef<Snapshot>('FeedSnapshot').implement({
  description: 'The state when the stream began; every change after `seq` follows.',
  fields: (t) => ({
    seq: t.field({
      type: 'Seq',
      description: 'Number of the last decision it includes.',
      resolve: ({ head }) => head.seq,
    }),
    balance: t.field({
      type: BalanceType,
      description: 'The balance; FORBIDDEN for a credential that may not read it.',
      resolve: ({ head }) => head,
    }),
  }),
});

const FeedReset = builder.objectRef<Snapshot>('FeedReset').implement({
  description: 'What follows `after` can no longer be replayed, or was never there: begin again from this state.',
  fields: (t) => ({
    seq: t.field({
      type: 'Seq',
      description: 'Number of the last decision this state includes.',
      resolve: ({ head }) => head.seq,
    }),
    balance: t.field({
      type: BalanceType,
      description: 'The balance; FORBIDDEN for a credential that may not read it.',
      resolve: ({ head }) => head,
    }),
  }),
});

const BalanceChange = builder.objectRef<BalanceChanged>('BalanceChange').implement({
  description: 'The balance changed. Under load only the newest state is sent.',
  fields: (t) => ({
    seq: t.field({
      type: 'Seq',
      description: 'Number of the decision that led here.',
      resolve: ({ balance }) => balance.seq,
    }),
    balance: t.field({ type: BalanceType, description: 'The balance after it.', resolve: ({ balance }) => balance }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was decided.' }),
  }),
});

const UsageChange = builder.objectRef<UsageRecorded>('UsageChange').implement({
  description: 'A metered call was logged.',
  fields: (t) => ({
    seq: t.field({ type: 'Seq', description: 'Number of the decision.', resolve: ({ entry }) => entry.seq }),
    usageEntry: t.field({ type: UsageEntry, description: 'The call.', resolve: ({ entry }) => entry }),
  }),
});

const BalanceChangedEvent = builder.unionType('BalanceChangedEvent', {
  description: 'What balanceChanged sends.',
  types: [FeedSnapshot, BalanceChange, FeedReset],
  resolveType: ({ type }) => type,
});

const UsageRecordedEvent = builder.unionType('UsageRecordedEvent', {
  description: 'What usageRecorded sends.',
  types: [FeedSnapshot, UsageChange, FeedReset],
  resolveType: ({ type }) => type,
});

const AFTER =
  'Seq of the last event you saw: what came after it is replayed first. Left out: the stream begins with the state now.';
const WORKSPACE = 'The workspace to follow; may be left out with an API key.';

builder.subscriptionField('balanceChanged', (t) =>
  t.field({
    type: BalanceChangedEvent,
    description: 'The live balance: its state first, then every change in order of seq.',
    args: { workspaceId: t.arg.id({ description: WORKSPACE }), after: t.arg({ type: 'Seq', description: AFTER }) },
    subscribe: (_root, { workspaceId, after }, context) =>
      follow({ action: 'balance:read', workspaceId, after }, context, balanceEvents),
    resolve: ({ event }) => unlessEnded(event),
  }),
);

builder.subscriptionField('usageRecorded', (t) =>
  t.field({
    type: UsageRecordedEvent,
    description: 'The live usage log: every metered call in order of seq, none twice, none left out.',
    args: {
      workspaceId: t.arg.id({ description: WORKSPACE }),
      after: t.arg({ type: 'Seq', description: AFTER }),
      filter: t.arg({ type: UsageFilter, description: 'Which calls to send; left out: all.' }),
    },
    subscribe: (_root, { workspaceId, after, filter }, context) => {
      const isWanted = usageMatcher(filter && storedFilter(filter));
      return follow({ action: 'usage:read', workspaceId, after }, context, (step) => usageEvents(step, isWanted));
    },
    resolve: ({ event }) => unlessEnded(event),
  }),
);

interface Following {
  action: Action;
  workspaceId: string | null | undefined;
  after: bigint | null | undefined;
}

/** The events of one subscriber. Its credential and rights are read anew before each, however long it stays. */
async function follow<Event>(
  { action, workspaceId: id, after }: Following,
  context: Context,
  eventsOf: (step: FeedStep<LedgerEntry>) => Event[],
): Promise<AsyncIterable<FreshEvent<Event | Ended>>> {
  const workspaceId = workspaceOrOwn(id, context.actor, ['workspaceId']);
  const authorised = async (): Promise<Context> => {
    const fresh = await context.refresh();
    await fresh.access.permit(action, workspaceId, ['workspaceId']);
    return fresh;
  };
  await context.access.permit(action, workspaceId, ['workspaceId']);
  return cancellable(async function* (signal) {
    try {
      for await (const step of context.feeds.follow(workspaceId, after ?? null, signal)) {
        if (step.kind === 'access') await authorised();
        for (const event of eventsOf(step)) yield { event, context: await authorised() };
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      yield { event: { type: 'Ended', error } as const, context };
    }
  });
}

function balanceEvents(step: FeedStep<LedgerEntry>): (Snapshot | BalanceChanged)[] {
  if (step.kind === 'access') return [];
  if (step.kind !== 'rows') return [{ type: step.kind === 'reset' ? 'FeedReset' : 'FeedSnapshot', head: step.head }];
  // Failures and declines move no credits; of the rest only the newest state matters.
  const newest = step.rows.findLast(({ credits }) => credits > 0n);
  if (!newest) return [];
  return [{ type: 'BalanceChange', balance: balanceAfter(newest), createdAt: newest.createdAt }];
}

function usageEvents(
  step: FeedStep<LedgerEntry>,
  isWanted: (entry: LedgerEntry) => boolean,
): (Snapshot | UsageRecorded)[] {
  if (step.kind === 'access') return [];
  if (step.kind !== 'rows') return [{ type: step.kind === 'reset' ? 'FeedReset' : 'FeedSnapshot', head: step.head }];
  return step.rows.filter(isWanted).map((entry) => ({ type: 'UsageChange', entry }));
}

function unlessEnded<Event extends { type: string }>(event: Event | Ended): Event {
  if ('error' in event) throw event.error;
  return event;
}
