import type { Action } from '#core/access/policy';
import type { FeedStep } from '#core/events/feed';
import type { FeedHead } from '#core/events/feed-reader';
import type { Pace } from '#core/events/follower';
import { usageMatcher } from '#core/usage/log';
import type { LedgerEntry } from '#generated/prisma/client';
import { balanceAfter, BalanceType, type BalanceView } from '#graph/balance';
import { builder } from '#graph/builder';
import type { Context } from '#graph/context';
import {
  type Ended,
  follow,
  type Happened,
  type LiveEvent,
  type LiveStep,
  type LiveStream,
  unlessEnded,
  WORKSPACE,
} from '#graph/live-streams';
import { readSeq, resumedFrom } from '#graph/resumption';
import { storedFilter, UsageFilter } from '#graph/usage';
import { UsageEntry } from '#graph/usage-entry';
import { workspaceOrOwn } from '#graph/workspaces';

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
/** How a stream says how far it came although it had nothing to tell. */
interface Bookmark {
  type: 'FeedBookmark';
  seq: bigint;
}

/** After so many decisions of which none was told: well before what lies back can no longer be replayed. */
const BOOKMARK_ROWS = 1_000n;

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

const FeedBookmark = builder.objectRef<Bookmark>('FeedBookmark').implement({
  description:
    'Nothing to tell: the stream has come so far. Sent after a thousand decisions that it does not tell, and where it has caught up with nothing to tell, so that coming back with `after` goes on from here.',
  fields: (t) => ({
    seq: t.field({ type: 'Seq', description: 'Number of the last decision passed over.', resolve: ({ seq }) => seq }),
  }),
});

const BalanceChangedEvent = builder.unionType('BalanceChangedEvent', {
  description: 'What balanceChanged sends.',
  types: [FeedSnapshot, BalanceChange, FeedReset],
  resolveType: ({ type }) => type,
});

const UsageRecordedEvent = builder.unionType('UsageRecordedEvent', {
  description: 'What usageRecorded sends.',
  types: [FeedSnapshot, UsageChange, FeedBookmark, FeedReset],
  resolveType: ({ type }) => type,
});

const AFTER =
  'Seq of the last event you saw: what came after it is replayed first. Left out: the stream begins with the state now.';
builder.subscriptionField('balanceChanged', (t) =>
  t.field({
    type: BalanceChangedEvent,
    description: 'The live balance: its state first, then every change in order of seq.',
    args: { workspaceId: t.arg.id({ description: WORKSPACE }), after: t.arg({ type: 'Seq', description: AFTER }) },
    subscribe: (_root, { workspaceId, after }, context) =>
      followLedger({ action: 'balance:read', workspaceId, after, pace: 'NEWEST' }, context, {
        eventsOf: balanceEvents,
        markOf: balanceChange,
      }),
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
      return followLedger({ action: 'usage:read', workspaceId, after, pace: 'EACH' }, context, {
        eventsOf: (step) => usageEvents(step, isWanted),
        markOf: ({ seq }) => ({ type: 'FeedBookmark', seq }) satisfies Bookmark,
      });
    },
    resolve: ({ event }) => unlessEnded(event as Snapshot | UsageRecorded | Bookmark | Ended),
  }),
);

interface LedgerFollowing {
  action: Action;
  workspaceId: string | null | undefined;
  after: bigint | null | undefined;
  pace: Pace;
}

function followLedger(
  { action, workspaceId: id, after = null, pace }: LedgerFollowing,
  context: Context,
  telling: Telling,
): Promise<LiveStream> {
  const workspaceId = workspaceOrOwn(id, context.actor, ['workspaceId']);
  const start = resumedFrom(context, readSeq) ?? after;
  const steps = (signal: AbortSignal, from?: string): AsyncIterable<LiveStep> => {
    const cursor = from === undefined ? start : BigInt(from);
    return marked(context.feeds.follow(workspaceId, cursor, { signal, pace }), { start: cursor, ...telling });
  };
  return follow({ action, workspaceId, steps }, context, (step) => step);
}

type LedgerStep = FeedStep<LedgerEntry>;

/** What a stream makes of the ledger. */
interface Telling {
  eventsOf: (step: LedgerStep) => LiveEvent[];
  /** How it says that it has come as far as an entry that it does not tell. */
  markOf: (entry: LedgerEntry) => { type: string };
}

/**
 * The steps of the ledger as a stream tells them. Where it has long had nothing to tell, or catches up with nothing, it
 * says how far it came: who comes back must not have to go through all of that again, nor find that it is gone.
 */
async function* marked(
  steps: AsyncIterable<LedgerStep>,
  { start, eventsOf, markOf }: { start: bigint | null } & Telling,
): AsyncGenerator<LiveStep, void> {
  let toldSeq = start;
  let hasCaughtUp = false;
  for await (const step of steps) {
    const { seq, isCaughtUp } = step;
    let events: readonly LiveEvent[] = eventsOf(step);
    if (events.length === 0 && toldSeq !== null && 'rows' in step) {
      const [newest, passed] = [step.rows.at(-1), seq - toldSeq];
      const isDue = passed >= BOOKMARK_ROWS || (passed > 0n && isCaughtUp && !hasCaughtUp);
      if (newest && isDue) events = [{ event: markOf(newest), origin: newest, cursor: String(seq), seq }];
    }
    hasCaughtUp ||= isCaughtUp;
    if (events.length > 0) toldSeq = seq;
    yield { events, cursor: String(seq), seq, isCaughtUp };
  }
}

function balanceEvents(step: LedgerStep): Happened<Snapshot | BalanceChanged>[] {
  if (step.kind !== 'rows') return [stateOf(step)];
  // Failures and declines move no credits; of the rest only the newest state matters.
  const newest = step.rows.findLast(({ credits }) => credits > 0n);
  if (!newest) return [];
  const skipped = step.rows.filter(({ credits }) => credits > 0n).length - 1;
  return [{ event: balanceChange(newest), origin: newest, cursor: String(newest.seq), seq: newest.seq, skipped }];
}

function balanceChange(entry: LedgerEntry): BalanceChanged {
  return { type: 'BalanceChange', balance: balanceAfter(entry), createdAt: entry.createdAt };
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
