import type { FeedReader, LogHead } from '#core/events/feed-reader';
import { Follower, type Pace } from '#core/events/follower';

/** Rows kept for all followers of a workspace; one that is further behind reads the database itself. */
const RING_ROWS_MAX = 1_000;
const READ_ROWS = 200;

/** Who wants the newest alone is told at once, and then no sooner than this: four times a second. */
const PACE_MS = 250;

/** So long the state that one follower began with does for others too, unless something newer is known of. */
const HEAD_MS = 100;

interface TailOptions<Row> {
  reader: Pick<FeedReader<Row & { seq: bigint }>, 'rowsAfter'>;
  onError: (error: unknown) => void;
}

/** The end of one of a workspace's logs as this process knows it, read once for all who follow it here. */
export class Tail<Row extends { seq: bigint }, Head extends LogHead = LogHead> {
  /** Whether those who follow have nothing to wait for. */
  hasEnded = false;
  #isGone = false;
  readonly #workspaceId: string;
  readonly #reader: Pick<FeedReader<Row>, 'rowsAfter'>;
  readonly #onError: (error: unknown) => void;
  readonly #followers = new Set<Follower>();
  /** Of these, who wants the newest alone. */
  #pacedCount = 0;
  /** Contiguous, the newest last. */
  #ring: Row[] = [];
  /** Latest seq anyone has told of. */
  #knownSeq: bigint | null = null;
  /** Up to where those who want the newest alone have been told. */
  #pacedSeq: bigint | null = null;
  #pause: NodeJS.Timeout | null = null;
  /** The newest that was read, and when. */
  #head: { head: Head; readAt: number } | null = null;
  #reading: Promise<void> | null = null;
  /** A reading of rows before the ring: a crowd that comes back with cursors of its own waits for one another's. */
  #catchingUp: Promise<unknown> | null = null;

  constructor(workspaceId: string, { reader, onError }: TailOptions<Row>) {
    this.#workspaceId = workspaceId;
    this.#reader = reader;
    this.#onError = onError;
  }

  join(pace: Pace): Follower {
    const follower = new Follower(pace);
    this.#followers.add(follower);
    // Nobody was paced, so nobody has kept count. Where somebody is, what they have not been told must still be news.
    if (pace === 'NEWEST' && this.#pacedCount++ === 0 && this.#pause === null) this.#pacedSeq = this.#knownSeq;
    return follower;
  }

  /** @returns whether nobody follows any more. */
  leave(follower: Follower): boolean {
    if (this.#followers.delete(follower) && follower.pace === 'NEWEST') this.#pacedCount--;
    return this.#followers.size === 0;
  }

  noteHead(head: Head): void {
    this.#isGone = false;
    if (!this.#head || head.seq >= this.#head.head.seq) this.#head = { head, readAt: performance.now() };
    this.noteSeq(head.seq);
  }

  /** There is nothing to follow any more. @returns whether that is news; then its followers have until the next time. */
  noteGone(): boolean {
    const isNews = !this.#isGone;
    this.#isGone = true;
    if (!isNews) this.hasEnded = true;
    if (!isNews) for (const follower of this.#followers) follower.wake();
    return isNews;
  }

  /** Whose log it is, as far as its state was ever read. */
  get workspaceId(): string | null {
    return this.#head?.head.workspaceId ?? null;
  }

  /** The state as it was read a moment ago; null when it must be read. */
  recentHead(): Head | null {
    if (!this.#head || performance.now() - this.#head.readAt > HEAD_MS) return null;
    return this.#head.head.seq >= (this.#knownSeq ?? 0n) ? this.#head.head : null;
  }

  /** A state that shows that the log reached this seq; null when it must be read. */
  headSince(seq: bigint): Head | null {
    return this.#head && this.#head.head.seq >= seq ? this.#head.head : null;
  }

  noteSeq(seq: bigint): void {
    const previous = this.#knownSeq;
    if (previous !== null && seq <= previous) return;
    this.#knownSeq = seq;
    // The first head is where following begins: rows before it are read only by those who ask for them.
    if (previous === null) this.#pacedSeq = seq;
    if (previous === null || this.#reading) return;
    const from = this.#ring.at(-1)?.seq ?? previous;
    if (from < seq) this.#reading = this.#read(from);
  }

  /** Rows that are committed. Taken only where they follow right on what is known, and no reading may bring them too. */
  take(rows: readonly Row[]): void {
    const [first] = rows;
    const last = rows.at(-1);
    const end = this.#ring.at(-1)?.seq ?? this.#knownSeq;
    if (!first || !last || this.#reading || end === null || end !== this.#knownSeq || first.seq !== end + 1n) return;
    this.#ring = [...this.#ring, ...rows].slice(-RING_ROWS_MAX);
    this.#knownSeq = last.seq;
    this.#tell('EACH');
    if (this.#pause === null) this.#tellNewest();
  }

  /** Whether a follower at this cursor has something to do. */
  hasNews({ pace }: Follower, cursor: bigint): boolean {
    const end = this.#endFor(pace);
    return end !== null && end > cursor;
  }

  /** The next rows after a cursor, from memory where they are there. */
  async rowsAfter(cursor: bigint, pace: Pace): Promise<readonly Row[]> {
    const end = this.#endFor(pace);
    if (end !== null && cursor >= end) return [];
    // What is being read for all is waited for: a crowd that was busy when the news came must not read it one by one.
    if (!this.#has(cursor)) await this.#reading;
    const isNear = this.#knownSeq !== null && this.#knownSeq - cursor <= RING_ROWS_MAX;
    if (isNear) while (!this.#has(cursor) && this.#catchingUp) await this.#catchingUp;
    if (this.#has(cursor)) return this.#kept(cursor, pace);
    const reading = this.#readBefore(cursor, isNear);
    if (!isNear) return reading;
    this.#catchingUp = reading.catch(() => undefined).finally(() => (this.#catchingUp = null));
    return reading;
  }

  #endFor(pace: Pace): bigint | null {
    return pace === 'EACH' ? this.#knownSeq : this.#pacedSeq;
  }

  #has(cursor: bigint): boolean {
    const [oldest] = this.#ring;
    const newest = this.#ring.at(-1);
    return oldest !== undefined && newest !== undefined && cursor >= oldest.seq - 1n && cursor < newest.seq;
  }

  #kept(cursor: bigint, pace: Pace): readonly Row[] {
    const oldest = this.#ring[0]?.seq ?? 0n;
    const start = Number(cursor - oldest + 1n);
    if (pace === 'EACH') return this.#ring.slice(start, start + READ_ROWS);
    // All that are told together end at the same row, so that what one is sent does for all.
    return this.#ring.slice(start, Number((this.#pacedSeq ?? oldest) - oldest + 1n));
  }

  /** What the ring no longer has, or never had; joined to it where it fits. */
  async #readBefore(cursor: bigint, isNear: boolean): Promise<readonly Row[]> {
    const known = this.#knownSeq;
    const missing = (this.#ring[0]?.seq ?? (known ?? cursor) + 1n) - cursor - 1n;
    const rows = await this.#reader.rowsAfter(
      this.#workspaceId,
      cursor,
      isNear && missing > 0n ? Number(missing) : READ_ROWS,
    );
    // Told of rows that are not there: believe the database, or followers would ask again without end.
    if (rows.length === 0 && this.#knownSeq === known) {
      this.#knownSeq = cursor;
      this.#pacedSeq = cursor;
    }
    if (isNear) this.#putBefore(rows, cursor);
    return rows;
  }

  #putBefore(rows: readonly Row[], cursor: bigint): void {
    const [oldest] = this.#ring;
    const older = oldest ? rows.filter(({ seq }) => seq < oldest.seq) : rows;
    const isContiguous = older[0]?.seq === cursor + 1n && (!oldest || older.at(-1)?.seq === oldest.seq - 1n);
    if (isContiguous && older.length + this.#ring.length <= RING_ROWS_MAX) this.#ring = [...older, ...this.#ring];
  }

  /** Joins on what the ring does not have: one who caught up may have brought some of these while they were read. */
  #putAfter(rows: readonly Row[]): void {
    const end = this.#ring.at(-1)?.seq;
    const newer = end === undefined ? rows : rows.filter(({ seq }) => seq > end);
    const [first] = newer;
    if (!first) return;
    const isContiguous = end === first.seq - 1n;
    this.#ring = [...(isContiguous ? this.#ring : []), ...newer].slice(-RING_ROWS_MAX);
  }

  /** Reads what is new once, however many follow and however many hints come meanwhile. `start` is before the known seq. */
  async #read(start: bigint): Promise<void> {
    try {
      for (let from = start; this.#knownSeq !== null && from < this.#knownSeq;) {
        const rows = await this.#reader.rowsAfter(this.#workspaceId, from, READ_ROWS);
        const last = rows.at(-1);
        if (!last) break;
        this.#putAfter(rows);
        from = this.#ring.at(-1)?.seq ?? last.seq;
        this.#tell('EACH');
        if (this.#pause === null) this.#tellNewest();
      }
    } catch (error) {
      // Followers read for themselves, or wait for the next hint or poll.
      this.#onError(error);
    } finally {
      this.#reading = null;
      this.#tell('EACH');
      if (this.#pause === null) this.#tellNewest();
    }
  }

  #tell(pace: Pace): void {
    for (const follower of this.#followers) if (follower.pace === pace) follower.wake();
  }

  /** Tells those who want the newest alone, all at once, and again after a pause if there was more. */
  #tellNewest(): void {
    this.#pause = null;
    // While news is still being read, what is there already: the rest would follow at once.
    const newest = (this.#reading && this.#ring.at(-1)?.seq) ?? this.#knownSeq;
    if (newest === null || (this.#pacedSeq !== null && newest <= this.#pacedSeq)) return;
    this.#pacedSeq = newest;
    this.#tell('NEWEST');
    this.#pause = setTimeout(() => this.#tellNewest(), PACE_MS).unref();
  }
}
