import { AccessVersions } from '#core/events/access-versions';
import { type Bus, endOf, type Hint, isNews, logOf, type News } from '#core/events/bus';
import { type FeedHead, type FeedReader, type LogHead, logIdOf } from '#core/events/feed-reader';
import type { Pace } from '#core/events/follower';
import { Tail } from '#core/events/tail';
import { onceReachable } from '#core/outage';
import { GroupedReads } from '#lib/grouped-reads';

export type FeedStep<Row, Head = FeedHead> = FeedPlace &
  (
    | /** The state now; everything after it follows. */
      { kind: 'snapshot'; head: Head }
    /** What was asked for can no longer be replayed, or never was: the state now, and everything after it follows. */
    | { kind: 'reset'; head: Head }
    /** The next rows, contiguous with what came before; none where a follower begins that has missed none. */
    | { kind: 'rows'; rows: readonly Row[] }
  );

/** How far a follower has come with a step. */
interface FeedPlace {
  /** Following again after this misses nothing and repeats nothing. */
  seq: bigint;
  /** Whether nothing more is known of at its pace. */
  isCaughtUp: boolean;
}

/** A subscriber that is further behind is told to start over from the state now. */
export const REPLAY_ROWS_MAX = 10_000n;

const POLL_INTERVAL_MS = 1_000;
const POLL_BATCH = 1_000;

export interface FeedsOptions<Row extends { seq: bigint }, Head extends LogHead> {
  bus: Bus;
  reader: FeedReader<Row, Head>;
  /** The kind of hint that tells of the log's growth. */
  news?: News['kind'];
  /** Shared by the feeds of all kinds of logs. */
  versions?: AccessVersions;
  onError: (error: unknown) => void;
}

/**
 * The live feeds of this process over one kind of log, one per watched workspace. Subscribers pull: nothing is buffered for one that does
 * not read, it goes on from the database when it does.
 */
export class Feeds<Row extends { seq: bigint } = { seq: bigint }, Head extends LogHead = FeedHead> {
  readonly #bus: Bus;
  readonly #reader: FeedReader<Row, Head>;
  readonly #news: News['kind'];
  readonly #versions: AccessVersions;
  readonly #onError: (error: unknown) => void;
  readonly #heads: GroupedReads<Head>;
  readonly #tails = new Map<string, Tail<Row, Head>>();
  readonly #unsubscribe: () => void;
  readonly #poll: NodeJS.Timeout;
  #isPolling = false;

  constructor({ bus, reader, news = 'credits', versions = new AccessVersions(), onError }: FeedsOptions<Row, Head>) {
    this.#versions = versions;
    this.#bus = bus;
    this.#news = news;
    this.#reader = reader;
    this.#heads = new GroupedReads(
      async (ids) => new Map((await reader.heads(ids)).map((head) => [logIdOf(head), head])),
    );
    this.#onError = onError;
    this.#unsubscribe = bus.subscribe((hint) => this.#onHint(hint));
    // Makes up for hints that never came; one query for all watched workspaces.
    this.#poll = setInterval(() => void this.#pollHeads(), POLL_INTERVAL_MS).unref();
  }

  /**
   * Follows a workspace from its state now, or from `after` on, until the signal aborts. The first step comes at once and
   * says where it begins. At the pace NEWEST rows come together, at most four times a second, and the last always comes.
   * While the database is away nothing comes; afterwards it goes on from where it was.
   */
  async *follow(
    workspaceId: string,
    after: bigint | null,
    { signal, pace = 'EACH' }: { signal: AbortSignal; pace?: Pace },
  ): AsyncGenerator<FeedStep<Row, Head>, void> {
    // Watching begins before the state is read, so nothing falls between the two.
    const tail = this.#tailOf(workspaceId);
    const follower = tail.join(pace);
    const wake = (): void => follower.wake();
    signal.addEventListener('abort', wake);
    const isWanted = (): boolean => !signal.aborted;
    try {
      const head = await onceReachable(() => this.#headFor(tail, { workspaceId, after }), isWanted);
      if (!head) return;
      let cursor = after ?? head.seq;
      const place = (): FeedPlace => ({ seq: cursor, isCaughtUp: !tail.hasNews(follower, cursor) });
      if (after === null) yield { kind: 'snapshot', head, ...place() };
      else if (after > head.seq || after < (head.startSeq ?? 0n) || head.seq - after > REPLAY_ROWS_MAX) {
        cursor = head.seq;
        yield { kind: 'reset', head, ...place() };
      } else if (!tail.hasNews(follower, cursor)) yield { kind: 'rows', rows: [], ...place() };
      while (!signal.aborted && !tail.hasEnded) {
        if (!tail.hasNews(follower, cursor)) {
          await follower.sleep();
          continue;
        }
        const rows = await onceReachable(() => tail.rowsAfter(cursor, pace), isWanted);
        const next = rows[0];
        if (next && next.seq !== cursor + 1n) {
          const now = await onceReachable(() => this.#heads.of(workspaceId), isWanted);
          if (!now) return;
          cursor = now.seq;
          yield { kind: 'reset', head: now, ...place() };
        } else if (next) {
          cursor = rows.at(-1)?.seq ?? cursor;
          yield { kind: 'rows', rows, ...place() };
        }
      }
    } catch (error) {
      // Whoever has left waits for no database.
      if (isWanted()) throw error;
    } finally {
      signal.removeEventListener('abort', wake);
      if (tail.leave(follower) && this.#tails.get(workspaceId) === tail) this.#tails.delete(workspaceId);
    }
  }

  /**
   * Rows of a log that were committed in this process, contiguous, the newest last: followers have them without a read.
   * What does not join on to what is known is passed over, and read by its number like everything else.
   */
  offer(logId: string, rows: readonly Row[]): void {
    this.#tails.get(logId)?.take(rows);
  }

  /** How many workspaces somebody follows here. */
  get watchedCount(): number {
    return this.#tails.size;
  }

  close(): void {
    clearInterval(this.#poll);
    this.#unsubscribe();
  }

  #onHint(hint: Hint): void {
    if (isNews(hint) && hint.kind === this.#news) this.#tails.get(logOf(hint))?.noteSeq(endOf(hint));
    else if (hint.kind === 'lost') void this.#pollHeads();
  }

  /**
   * The end of the log as a follower needs it to begin. Where others follow already, what is known does: a crowd that
   * comes back to a workspace, or opens it together, asks the database once.
   */
  async #headFor(
    tail: Tail<Row, Head>,
    { workspaceId, after }: { workspaceId: string; after: bigint | null },
  ): Promise<Head | undefined> {
    const known = after === null ? tail.recentHead() : tail.headSince(after);
    if (known) return known;
    const head = await this.#heads.of(workspaceId);
    if (head) this.#noteHead(head);
    return head;
  }

  /**
   * A right that was taken away elsewhere is told to everyone here: caches and sockets must hear of it, not the streams
   * alone. Other nodes look for themselves: each would tell all of them what all of them found.
   */
  #noteHead(head: Head): void {
    this.#tails.get(logIdOf(head))?.noteHead(head);
    if (this.#versions.note(head)) this.#bus.publishHere({ kind: 'access', workspaceId: head.workspaceId });
  }

  /**
   * A log without a head is of a workspace that was deleted elsewhere: its followers find out when they ask about their
   * rights, and who may see even that is let go at the next poll.
   */
  #noteGone(logId: string): void {
    const tail = this.#tails.get(logId);
    if (tail?.noteGone() && tail.workspaceId) this.#bus.publishHere({ kind: 'access', workspaceId: tail.workspaceId });
  }

  async #pollHeads(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    try {
      const ids = [...this.#tails.keys()];
      for (let start = 0; start < ids.length; start += POLL_BATCH) {
        const asked = ids.slice(start, start + POLL_BATCH);
        const heads = await this.#reader.heads(asked);
        for (const head of heads) this.#noteHead(head);
        const found = new Set(heads.map(logIdOf));
        for (const logId of asked) if (!found.has(logId)) this.#noteGone(logId);
      }
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#isPolling = false;
    }
  }

  #tailOf(workspaceId: string): Tail<Row, Head> {
    const known = this.#tails.get(workspaceId);
    if (known) return known;
    const tail = new Tail<Row, Head>(workspaceId, { reader: this.#reader, onError: this.#onError });
    this.#tails.set(workspaceId, tail);
    return tail;
  }
}
