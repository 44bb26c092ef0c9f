import type { ActivityPosition } from '#core/events/activity-position';
import type { EventRow } from '#core/events/event-feed-reader';
import { type Feeds, type FeedStep, REPLAY_ROWS_MAX } from '#core/events/feed';
import type { FeedHead, FeedReader, LogHead } from '#core/events/feed-reader';
import { onceReachable } from '#core/outage';
import type { Event } from '#generated/prisma/client';
import { InFlight } from '#lib/in-flight';
import { merged } from '#lib/merged';

/** A row of the ledger as far as it matters here. */
interface Decision {
  seq: bigint;
  createdAt: Date;
}

/** Where the decisions among the rows of the ledger are read: all but plain calls, of which there are too many to replay. */
export interface DecisionReader<Row extends Decision> {
  isDecision(row: Row): boolean;
  /**
   * Numbers of the decisions after one seq and up to another, at most `limit`; null when the ledger no longer has what
   * came right after.
   */
  seqsBetween(workspaceId: string, range: { after: bigint; end: bigint; limit: number }): Promise<bigint[] | null>;
  /** The decisions of these numbers, in order. */
  rowsOf(workspaceId: string, seqs: readonly bigint[]): Promise<Row[]>;
}

/** Something that happened, and where it leaves who follows. One object for all followers whom it leaves at one place. */
export type Happening<Row> = ({ event: Event; decision: null } | { event: null; decision: Row }) & {
  position: ActivityPosition;
};

/** How following began: the state of the credits then, and the position from which everything follows. */
export interface ActivityStart {
  head: FeedHead;
  position: ActivityPosition;
}

export type ActivityStep<Row> = ActivityPlace &
  (
    | { kind: 'snapshot' | 'reset'; start: ActivityStart }
    | { kind: 'happening'; happening: Happening<Row> }
    /** Nothing that is told; following may have come further by it. */
    | { kind: 'quiet' }
  );

/** How far a follower has come with a step. */
interface ActivityPlace {
  /** Following again after this misses nothing and repeats nothing. */
  position: ActivityPosition;
  /** Whether nothing more was known of in either log. */
  isCaughtUp: boolean;
}

type Live<Row> = { log: 'events'; step: FeedStep<EventRow, LogHead> } | { log: 'ledger'; step: FeedStep<Row> };

const READ_ROWS = 200;

export interface ActivityOptions<Row extends Decision> {
  events: Feeds<EventRow, LogHead>;
  ledger: Feeds<Row>;
  past: Past<Row>;
}

/** Where what lies back is read. */
interface Past<Row extends Decision> {
  events: Pick<FeedReader<EventRow, LogHead>, 'rowsAfter'>;
  decisions: DecisionReader<Row>;
}

/**
 * What happens in a workspace: its events, and the decisions about its credits that are no plain calls. Two logs, each
 * with an order of its own and none between them, so a place is a pair of numbers; each log is told whole and in order.
 */
export class ActivityFeeds<Row extends Decision> {
  readonly #events: Feeds<EventRow, LogHead>;
  readonly #ledger: Feeds<Row>;
  readonly #past: Past<Row>;
  readonly #reads = new InFlight();
  readonly #shared = new WeakMap<object, Map<string, object>>();

  constructor({ events, ledger, past }: ActivityOptions<Row>) {
    this.#events = events;
    this.#ledger = ledger;
    this.#past = past;
  }

  /** Follows a workspace from now, or from `after` on, until the signal aborts. What is replayed comes by its time. */
  async *follow(
    workspaceId: string,
    after: ActivityPosition | null,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<ActivityStep<Row>, void> {
    let isBroken = yield* this.#followOnce(workspaceId, { after, isBroken: false, signal });
    while (isBroken) isBroken = yield* this.#followOnce(workspaceId, { after: null, isBroken, signal });
  }

  /** @returns whether it ended because a log broke off: then everything begins again. */
  async *#followOnce(
    workspaceId: string,
    { after, isBroken, signal }: { after: ActivityPosition | null; isBroken: boolean; signal: AbortSignal },
  ): AsyncGenerator<ActivityStep<Row>, boolean> {
    const leaving = new AbortController();
    const leave = (): void => leaving.abort();
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    // Both are followed before anything is replayed, so nothing falls between the two.
    const events = this.#events.follow(workspaceId, null, { signal: leaving.signal });
    const ledger = this.#ledger.follow(workspaceId, null, { signal: leaving.signal });
    try {
      const [{ value: eventsStart }, { value: ledgerStart }] = await Promise.all([events.next(), ledger.next()]);
      if (eventsStart?.kind !== 'snapshot' || ledgerStart?.kind !== 'snapshot') return false;
      const { head } = ledgerStart;
      const now = { number: eventsStart.head.seq, seq: head.seq };
      const isWanted = (): boolean => !signal.aborted;
      const missed = after && (await onceReachable(() => this.#missed(workspaceId, after, now), isWanted));
      if (missed) yield* this.#replay(workspaceId, { ...missed, isWanted });
      else {
        const kind = isBroken || after ? 'reset' : 'snapshot';
        yield { kind, start: this.#startAt(head, now), position: now, isCaughtUp: false };
      }
      const isCaughtUp = eventsStart.isCaughtUp && ledgerStart.isCaughtUp;
      yield { kind: 'quiet', position: now, isCaughtUp };
      return yield* this.#live(now, merged<Live<Row>>([tagged('events', events), tagged('ledger', ledger)]));
    } catch (error) {
      // Whoever has left waits for no database.
      if (!signal.aborted) throw error;
      return false;
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
      await Promise.all([events.return(), ledger.return()]);
    }
  }

  async *#live(start: ActivityPosition, steps: AsyncIterable<Live<Row>>): AsyncGenerator<ActivityStep<Row>, boolean> {
    let position = start;
    const isCaughtUp = { events: true, ledger: true };
    for await (const { log, step } of steps) {
      if (step.kind !== 'rows') return true;
      if (log === 'events') {
        for (const event of step.rows) {
          position = { number: event.seq, seq: position.seq };
          yield this.#told({ event, decision: null, position });
        }
      } else {
        for (const decision of step.rows) {
          position = { number: position.number, seq: decision.seq };
          if (this.#past.decisions.isDecision(decision)) yield this.#told({ event: null, decision, position });
        }
      }
      isCaughtUp[log] = step.isCaughtUp;
      yield { kind: 'quiet', position, isCaughtUp: isCaughtUp.events && isCaughtUp.ledger };
    }
    return false;
  }

  /** What lies between a position and now, or null when it cannot be replayed. */
  async #missed(workspaceId: string, after: ActivityPosition, now: ActivityPosition): Promise<Missed | null> {
    if (after.number > now.number || after.seq > now.seq) return null;
    if (now.number - after.number > REPLAY_ROWS_MAX) return null;
    const range = { after: after.seq, end: now.seq, limit: Number(REPLAY_ROWS_MAX) + 1 };
    const seqs = await this.#reads.share(`seqs ${workspaceId} ${after.seq} ${now.seq}`, async () =>
      after.seq === now.seq ? [] : this.#past.decisions.seqsBetween(workspaceId, range),
    );
    return seqs === null || seqs.length >= range.limit ? null : { after, now, seqs };
  }

  /** Both logs by time; where that cannot tell, events first. */
  async *#replay(
    workspaceId: string,
    { after, now, seqs, isWanted }: Missed & { isWanted: () => boolean },
  ): AsyncGenerator<ActivityStep<Row>, void> {
    const events = this.#eventsBetween(workspaceId, { after: after.number, end: now.number, isWanted });
    const decisions = this.#decisionsOf(workspaceId, { seqs, isWanted });
    let position = after;
    let [event, decision] = [await events.next(), await decisions.next()];
    while (!event.done || !decision.done) {
      if (!event.done && (decision.done || event.value.createdAt <= decision.value.createdAt)) {
        position = { number: event.value.seq, seq: position.seq };
        yield this.#told({ event: event.value, decision: null, position });
        event = await events.next();
      } else if (!decision.done) {
        position = { number: position.number, seq: decision.value.seq };
        yield this.#told({ event: null, decision: decision.value, position });
        decision = await decisions.next();
      }
    }
  }

  async *#eventsBetween(
    workspaceId: string,
    { after, end, isWanted }: { after: bigint; end: bigint; isWanted: () => boolean },
  ): AsyncGenerator<EventRow, void> {
    for (let from = after; from < end;) {
      const limit = Math.min(READ_ROWS, Number(end - from));
      const read = (): Promise<EventRow[]> => this.#past.events.rowsAfter(workspaceId, from, limit);
      const name = `events ${workspaceId} ${from} ${limit}`;
      const rows = await onceReachable(() => this.#reads.share(name, read), isWanted);
      const last = rows.at(-1);
      if (!last) return;
      yield* rows;
      from = last.seq;
    }
  }

  async *#decisionsOf(
    workspaceId: string,
    { seqs, isWanted }: { seqs: readonly bigint[]; isWanted: () => boolean },
  ): AsyncGenerator<Row, void> {
    for (let start = 0; start < seqs.length; start += READ_ROWS) {
      const page = seqs.slice(start, start + READ_ROWS);
      const read = (): Promise<Row[]> => this.#past.decisions.rowsOf(workspaceId, page);
      const name = `decisions ${workspaceId} ${page[0]} ${page.at(-1)}`;
      yield* await onceReachable(() => this.#reads.share(name, read), isWanted);
    }
  }

  #told(made: Happening<Row>): ActivityStep<Row> {
    const happening = this.#same(made.event ?? made.decision, made);
    return { kind: 'happening', happening, position: happening.position, isCaughtUp: false };
  }

  #startAt(head: FeedHead, position: ActivityPosition): ActivityStart {
    return this.#same(head, { head, position });
  }

  /** What was made before of the same thing at the same position, so that all who are sent it are sent one object. */
  #same<T extends { position: ActivityPosition }>(thing: object, made: T): T {
    const known = this.#shared.get(thing) ?? new Map<string, object>();
    this.#shared.set(thing, known);
    const name = `${made.position.number} ${made.position.seq}`;
    const before = known.get(name) as T | undefined;
    if (!before) known.set(name, made);
    return before ?? made;
  }
}

interface Missed {
  after: ActivityPosition;
  now: ActivityPosition;
  /** Numbers of the decisions among the rows of the ledger. */
  seqs: readonly bigint[];
}

async function* tagged<Log extends string, Step>(
  log: Log,
  steps: AsyncIterable<Step>,
): AsyncGenerator<{ log: Log; step: Step }, void> {
  for await (const step of steps) yield { log, step };
}
