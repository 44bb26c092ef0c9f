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
import { readSeq, resumedFrom } from '#graph/resumption';
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
/** What a stream hears. */
export interface LiveEvent {
  event: { type: string };
  /** What a client gives as `after` to go on behind it. */
  cursor: string;
  /** The number behind it, of a stream whose events have one order for all. */
  seq?: bigint;
  /** How many states before it were left out, since only the newest matters. */
  skipped?: number;
  /** One object for all who are sent this event: with the same rights and document they are sent the very same. */
  origin: object;
}

/** What a stream hears at once. */
export interface LiveStep {
  events: readonly LiveEvent[];
  /** Following again after this misses nothing and repeats nothing. */
  seq: bigint;
  /** Whether nothing more is known of; never, where events have no one order for all. */
  isCaughtUp: boolean;
}

/** A stream, and all that it takes to run its events for one subscriber or for many. */
export interface LiveStream extends AsyncIterable<LiveEvent> {
  /**
   * Follows from where the subscriber asked to begin, or from a number that a step gave, as often as it is asked to; rights
   * are checked again whenever somebody may have lost one.
   */
  steps: (after?: bigint) => AsyncIterableIterator<LiveStep, void>;
  recheck: () => Promise<Access>;
  /**
   * The context to run an event in: nothing that an earlier event remembered holds for it.
   * @throws DomainError when the right to hear it is gone.
   */
  contextFor: (access: Access) => Promise<Context>;
}

/** An event of a stream before it is for anybody. */
export interface Happened<Event> extends Omit<LiveEvent, 'event'> {
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

interface Following<Step> {
  action: Action;
  workspaceId: string;
  /** From where the subscriber asked to begin, or from a number that a step gave. */
  steps: (signal: AbortSignal, after?: bigint) => AsyncIterable<Step>;
}

/** A step of any feed; one without a place is of a feed whose followers have no one order. */
type AnyStep = { kind: string } & Partial<Omit<LiveStep, 'events'>>;

/** A subscriber's stream. Its credential and rights are read anew for each event, however long it stays. */
export async function follow<Step extends AnyStep, Event extends { type: string }>(
  { action, workspaceId, steps }: Following<Step>,
  context: Context,
  eventsOf: (step: Exclude<Step, { kind: 'access' }>) => Happened<Event>[],
): Promise<LiveStream> {
  const recheck = (): Promise<Access> => context.recheck();
  const contextFor = async (access: Access): Promise<Context> => {
    await access.permit(action, workspaceId, ['workspaceId']);
    return context.within(access);
  };
  await context.access.permit(action, workspaceId, ['workspaceId']);
  const liveSteps = (after?: bigint): AsyncIterableIterator<LiveStep, void> =>
    cancellable(async function* (signal) {
      for await (const step of steps(signal, after)) {
        const { seq = 0n, isCaughtUp = false } = step;
        if (step.kind === 'access') await contextFor(await recheck());
        const events = step.kind === 'access' ? [] : eventsOf(step as Exclude<Step, { kind: 'access' }>);
        yield { events, seq, isCaughtUp };
      }
    });
  return { steps: liveSteps, recheck, contextFor, [Symbol.asyncIterator]: () => eventsIn(liveSteps()) };
}

/** The events of a stream one by one, for whoever pulls them. */
function eventsIn(steps: AsyncIterableIterator<LiveStep, void>): AsyncIterator<LiveEvent, void> {
  let left: Iterator<LiveEvent> = [][Symbol.iterator]();
  return {
    async next() {
      for (;;) {
        const event = left.next();
        if (!event.done) return event;
        const step = await steps.next();
        if (step.done) return { done: true, value: undefined };
        left = step.value.events[Symbol.iterator]();
      }
    },
    return: async () => {
      await steps.return?.();
      return { done: true, value: undefined };
    },
  };
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
): Promise<LiveStream> {
  const workspaceId = workspaceOrOwn(id, context.actor, ['workspaceId']);
  const cursor = resumedFrom(context, readSeq) ?? after;
  const steps = (signal: AbortSignal, from = cursor): AsyncIterable<FeedStep<LedgerEntry>> =>
    context.feeds.follow(workspaceId, from, { signal, pace });
  return follow({ action, workspaceId, steps }, context, eventsOf);
}

type LedgerStep = Exclude<FeedStep<LedgerEntry>, { kind: 'access' }>;

function balanceEvents(step: LedgerStep): Happened<Snapshot | BalanceChanged>[] {
  if (step.kind !== 'rows') return [stateOf(step)];
  // Failures and declines move no credits; of the rest only the newest state matters.
  const newest = step.rows.findLast(({ credits }) => credits > 0n);
  if (!newest) return [];
  const event = { type: 'BalanceChange', balance: balanceAfter(newest), createdAt: newest.createdAt } as const;
  const skipped = step.rows.filter(({ credits }) => credits > 0n).length - 1;
  return [{ event, origin: newest, cursor: String(newest.seq), seq: newest.seq, skipped }];
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
    seq: entry.seq,
  }));
}

function stateOf({ kind, head }: Extract<LedgerStep, { head: FeedHead }>): Happened<Snapshot> {
  const cursor = String(head.seq);
  const type = kind === 'reset' ? 'FeedReset' : 'FeedSnapshot';
  return { event: { type, head, cursor }, origin: head, cursor, seq: head.seq };
}

/** What a stream's event resolves to. @throws DomainError when it is its last word. */
export function unlessEnded<Event extends { type: string }>(event: Event | Ended): Event {
  if ('error' in event) throw event.error;
  return event;
}
