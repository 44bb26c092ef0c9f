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

/** The state that a stream begins with. */
export interface Snapshot {
  type: 'FeedSnapshot' | 'FeedReset';
  head: FeedHead;
  cursor: string;
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
  /** What a client gives as `after` to go on behind it. */
  cursor: string;
  /** One object for all who are sent this event: with the same rights and document they are sent the very same. */
  origin: object;
  recheck: () => Promise<Access>;
  /**
   * The context to run it in: nothing that an earlier event remembered holds for this one.
   * @throws DomainError when the right to hear it is gone.
   */
  contextFor: (access: Access) => Promise<Context>;
}

/** An event of a stream before it is for anybody. */
export interface Happened<Event> extends Pick<LiveEvent, 'cursor' | 'origin'> {
  event: Event;
}

/** The last thing a subscriber hears when its rights ended: an error, then completion. */
export interface Ended {
  type: 'Ended';
  error: DomainError;
}

const CURSOR = 'What to give as `after` to go on from here.';

export const FeedSnapshot = builder.objectRef<Snapshot>('FeedSnapshot').implement({
  description: 'The state when the stream began; every change after `seq` follows.',
  fields: (t) => ({
    seq: t.field({
      type: 'Seq',
      description: 'Number of the last decision it includes.',
      resolve: ({ head }) => head.seq,
    }),
    cursor: t.exposeString('cursor', { description: CURSOR }),
    balance: t.field({
      type: BalanceType,
      description: 'The balance; FORBIDDEN for a credential that may not read it.',
      resolve: ({ head }) => head,
    }),
  }),
});

export const FeedReset = builder.objectRef<Snapshot>('FeedReset').implement({
  description: 'What follows `after` can no longer be replayed, or was never there: begin again from this state.',
  fields: (t) => ({
    seq: t.field({
      type: 'Seq',
      description: 'Number of the last decision this state includes.',
      resolve: ({ head }) => head.seq,
    }),
    cursor: t.exposeString('cursor', { description: CURSOR }),
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
/** What every stream says of its argument. */
export const WORKSPACE = 'The workspace to follow; may be left out with an API key.';

builder.subscriptionField('balanceChanged', (t) =>
  t.field({
    type: BalanceChangedEvent,
    description: 'The live balance: its state first, then every change in order of seq.',
    args: { workspaceId: t.arg.id({ description: WORKSPACE }), after: t.arg({ type: 'Seq', description: AFTER }) },
    subscribe: (_root, { workspaceId, after }, context) =>
      followLedger({ action: 'balance:read', workspaceId, after, pace: 'NEWEST' }, context, balanceEvents),
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
      return followLedger({ action: 'usage:read', workspaceId, after, pace: 'EACH' }, context, (step) =>
        usageEvents(step, isWanted),
      );
    },
    resolve: ({ event }) => unlessEnded(event as Snapshot | UsageRecorded | Ended),
  }),
);

interface Following<Step extends { kind: string }> {
  action: Action;
  workspaceId: string;
  steps: (signal: AbortSignal) => AsyncIterable<Step>;
}

/** The events of one subscriber. Its credential and rights are read anew for each, however long it stays. */
export async function follow<Step extends { kind: string }, Event extends { type: string }>(
  { action, workspaceId, steps }: Following<Step>,
  context: Context,
  eventsOf: (step: Exclude<Step, { kind: 'access' }>) => Happened<Event>[],
): Promise<AsyncIterable<LiveEvent>> {
  const recheck = (): Promise<Access> => context.recheck();
  const contextFor = async (access: Access): Promise<Context> => {
    await access.permit(action, workspaceId, ['workspaceId']);
    return context.within(access);
  };
  await context.access.permit(action, workspaceId, ['workspaceId']);
  return cancellable(async function* (signal) {
    for await (const step of steps(signal)) {
      if (step.kind === 'access') await contextFor(await recheck());
      else
        for (const happened of eventsOf(step as Exclude<Step, { kind: 'access' }>))
          yield { ...happened, recheck, contextFor };
    }
  });
}

interface LedgerFollowing {
  action: Action;
  workspaceId: string | null | undefined;
  after: bigint | null | undefined;
  pace: Pace;
}

function followLedger<Event extends { type: string }>(
  { action, workspaceId: id, after = null, pace }: LedgerFollowing,
  context: Context,
  eventsOf: (step: LedgerStep) => Happened<Event>[],
): Promise<AsyncIterable<LiveEvent>> {
  const workspaceId = workspaceOrOwn(id, context.actor, ['workspaceId']);
  const steps = (signal: AbortSignal): AsyncIterable<FeedStep<LedgerEntry>> =>
    context.feeds.follow(workspaceId, after, { signal, pace });
  return follow({ action, workspaceId, steps }, context, eventsOf);
}

type LedgerStep = Exclude<FeedStep<LedgerEntry>, { kind: 'access' }>;

function balanceEvents(step: LedgerStep): Happened<Snapshot | BalanceChanged>[] {
  if (step.kind !== 'rows') return [stateOf(step)];
  // Failures and declines move no credits; of the rest only the newest state matters.
  const newest = step.rows.findLast(({ credits }) => credits > 0n);
  if (!newest) return [];
  const event = { type: 'BalanceChange', balance: balanceAfter(newest), createdAt: newest.createdAt } as const;
  return [{ event, origin: newest, cursor: String(newest.seq) }];
}

function usageEvents(
  step: LedgerStep,
  isWanted: (entry: LedgerEntry) => boolean,
): Happened<Snapshot | UsageRecorded>[] {
  if (step.kind !== 'rows') return [stateOf(step)];
  return step.rows.filter(isWanted).map((entry) => ({
    event: { type: 'UsageChange', entry },
    origin: entry,
    cursor: String(entry.seq),
  }));
}

function stateOf({ kind, head }: Extract<LedgerStep, { head: FeedHead }>): Happened<Snapshot> {
  const cursor = String(head.seq);
  return { event: { type: kind === 'reset' ? 'FeedReset' : 'FeedSnapshot', head, cursor }, origin: head, cursor };
}

/** What a stream's event resolves to. @throws DomainError when it is its last word. */
export function unlessEnded<Event extends { type: string }>(event: Event | Ended): Event {
  if ('error' in event) throw event.error;
  return event;
}
