import type { ActivityPosition } from '#core/events/activity-position';
import type { EventRow } from '#core/events/event-feed-reader';
import { type Feeds, type FeedStep, REPLAY_ROWS_MAX } from '#core/events/feed';
import type { FeedHead, FeedReader, LogHead } from '#core/events/feed-reader';
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

export type ActivityStep<Row> =
  | { kind: 'snapshot' | 'reset'; start: ActivityStart }
  | { kind: 'happening'; happening: Happening<Row> }
  | { kind: 'access' };

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
      const missed = after && (await this.#missed(workspaceId, after, now));
      if (missed) yield* this.#replay(workspaceId, missed);
      else yield { kind: isBroken || after ? 'reset' : 'snapshot', start: this.#startAt(head, now) };
      return yield* this.#live(now, merged<Live<Row>>([tagged('events', events), tagged('ledger', ledger)]));
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
      await Promise.all([events.return(), ledger.return()]);
    }
  }

  async *#live(start: ActivityPosition, steps: AsyncIterable<Live<Row>>): AsyncGenerator<ActivityStep<Row>, boolean> {
    let position = start;
    for await (const { log, step } of steps) {
      if (step.kind === 'access') yield { kind: 'access' };
      else if (step.kind !== 'rows') return true;
      else if (log === 'events') {
        for (const event of step.rows) {
          position = { number: event.seq, seq: position.seq };
          yield { kind: 'happening', happening: this.#happening({ event, decision: null, position }) };
        }
      } else {
        for (const decision of step.rows) {
          position = { number: position.number, seq: decision.seq };
          if (this.#past.decisions.isDecision(decision))
            yield { kind: 'happening', happening: this.#happening({ event: null, decision, position }) };
        }
      }
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
  async *#replay(workspaceId: string, { after, now, seqs }: Missed): AsyncGenerator<ActivityStep<Row>, void> {
    const events = this.#eventsBetween(workspaceId, after.number, now.number);
    const decisions = this.#decisionsOf(workspaceId, seqs);
    let position = after;
    let [event, decision] = [await events.next(), await decisions.next()];
    while (!event.done || !decision.done) {
      if (!event.done && (decision.done || event.value.createdAt <= decision.value.createdAt)) {
        position = { number: event.value.seq, seq: position.seq };
        yield { kind: 'happening', happening: this.#happening({ event: event.value, decision: null, position }) };
        event = await events.next();
      } else if (!decision.done) {
        position = { number: position.number, seq: decision.value.seq };
        yield { kind: 'happening', happening: this.#happening({ event: null, decision: decision.value, position }) };
        decision = await decisions.next();
      }
    }
  }

  async *#eventsBetween(workspaceId: string, after: bigint, end: bigint): AsyncGenerator<EventRow, void> {
    for (let from = after; from < end;) {
      const limit = Math.min(READ_ROWS, Number(end - from));
      const rows = await this.#reads.share(`events ${workspaceId} ${from} ${limit}`, () =>
        this.#past.events.rowsAfter(workspaceId, from, limit),
      );
      const last = rows.at(-1);
      if (!last) return;
      yield* rows;
      from = last.seq;
    }
  }

  async *#decisionsOf(workspaceId: string, seqs: readonly bigint[]): AsyncGenerator<Row, void> {
    for (let start = 0; start < seqs.length; start += READ_ROWS) {
      const page = seqs.slice(start, start + READ_ROWS);
      yield* await this.#reads.share(`decisions ${workspaceId} ${page[0]} ${page.at(-1)}`, () =>
        this.#past.decisions.rowsOf(workspaceId, page),
      );
    }
  }

  #happening(happening: Happening<Row>): Happening<Row> {
    return this.#same(happening.event ?? happening.decision, happening);
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
