import type { Access } from '#core/access/access';
import type { Action } from '#core/access/policy';
import type { DomainError } from '#core/errors';
import type { FeedStep } from '#core/events/feed';
import type { FeedHead } from '#core/events/feed-reader';
import type { Pace } from '#core/events/follower';
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
/** What a stream hears, and all that it takes to run it for one subscriber or for many. */
export interface LiveEvent {
  event: { type: string };
  /** One object for all who are sent this event: with the same rights and document they are sent the very same. */
  origin: object;
  recheck: () => Promise<Access>;
  /**
   * The context to run it in: nothing that an earlier event remembered holds for this one.
   * @throws DomainError when the right to hear it is gone.
   */
  contextFor: (access: Access) => Promise<Context>;
}

interface Happened<Event> {
  event: Event;
  origin: object;
}

/** The last thing a subscriber hears when its rights ended: an error, then completion. */
export interface Ended {
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
      follow({ action: 'balance:read', workspaceId, after, pace: 'NEWEST' }, context, balanceEvents),
    resolve: ({ event }) => unlessEnded(event as Snapshot | BalanceChanged | Ended),
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
      return follow({ action: 'usage:read', workspaceId, after, pace: 'EACH' }, context, (step) =>
        usageEvents(step, isWanted),
      );
    },
    resolve: ({ event }) => unlessEnded(event as Snapshot | UsageRecorded | Ended),
  }),
);

interface Following {
  action: Action;
  workspaceId: string | null | undefined;
  after: bigint | null | undefined;
  pace: Pace;
}

/** The events of one subscriber. Its credential and rights are read anew for each, however long it stays. */
async function follow<Event extends { type: string }>(
  { action, workspaceId: id, after, pace }: Following,
  context: Context,
  eventsOf: (step: FeedStep<LedgerEntry>) => Happened<Event>[],
): Promise<AsyncIterable<LiveEvent>> {
  const workspaceId = workspaceOrOwn(id, context.actor, ['workspaceId']);
  const recheck = (): Promise<Access> => context.recheck();
  const contextFor = async (access: Access): Promise<Context> => {
    await access.permit(action, workspaceId, ['workspaceId']);
    return context.within(access);
  };
  await context.access.permit(action, workspaceId, ['workspaceId']);
  return cancellable(async function* (signal) {
    for await (const step of context.feeds.follow(workspaceId, after ?? null, { signal, pace })) {
      if (step.kind === 'access') await contextFor(await recheck());
      for (const { event, origin } of eventsOf(step)) yield { event, origin, recheck, contextFor };
    }
  });
}

function balanceEvents(step: FeedStep<LedgerEntry>): Happened<Snapshot | BalanceChanged>[] {
  if (step.kind === 'access') return [];
  if (step.kind !== 'rows') return [stateOf(step)];
  // Failures and declines move no credits; of the rest only the newest state matters.
  const newest = step.rows.findLast(({ credits }) => credits > 0n);
  if (!newest) return [];
  const event = { type: 'BalanceChange', balance: balanceAfter(newest), createdAt: newest.createdAt } as const;
  return [{ event, origin: newest }];
}

function usageEvents(
  step: FeedStep<LedgerEntry>,
  isWanted: (entry: LedgerEntry) => boolean,
): Happened<Snapshot | UsageRecorded>[] {
  if (step.kind === 'access') return [];
  if (step.kind !== 'rows') return [stateOf(step)];
  return step.rows.filter(isWanted).map((entry) => ({ event: { type: 'UsageChange', entry }, origin: entry }));
}

function stateOf({ kind, head }: Extract<FeedStep<LedgerEntry>, { head: FeedHead }>): Happened<Snapshot> {
  return { event: { type: kind === 'reset' ? 'FeedReset' : 'FeedSnapshot', head }, origin: head };
}

function unlessEnded<Event extends { type: string }>(event: Event | Ended): Event {
  if ('error' in event) throw event.error;
  return event;
}
