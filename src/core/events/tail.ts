import type { FeedHead, FeedReader } from '#core/events/feed-reader';

/** Rows kept for all followers of a workspace; one that is further behind reads the database itself. */
const RING_ROWS_MAX = 1_000;
const READ_ROWS = 200;

/** The end of one workspace's ledger as this process knows it, read once for all who follow it here. */
export class Tail<Row extends { seq: bigint }> {
  followers = 0;
  /** Counts the times that followers had to check their rights: its own number, since sessions end too. */
  accessVersion = 0;
  readonly #workspaceId: string;
  readonly #reader: Pick<FeedReader<Row>, 'rowsAfter'>;
  readonly #onError: (error: unknown) => void;
  /** Contiguous, the newest last. */
  #ring: Row[] = [];
  /** Latest seq anyone has told of. */
  #knownSeq: bigint | null = null;
  #knownAccessVersion: number | null = null;
  #reading: Promise<void> | null = null;
  readonly #waiters = new Set<() => void>();

  constructor(workspaceId: string, reader: Pick<FeedReader<Row>, 'rowsAfter'>, onError: (error: unknown) => void) {
    this.#workspaceId = workspaceId;
    this.#reader = reader;
    this.#onError = onError;
  }

  /** @returns whether somebody may have lost a right since the last head. */
  noteHead({ seq, accessVersion }: FeedHead): boolean {
    const hasAccessChanged = this.#knownAccessVersion !== null && accessVersion !== this.#knownAccessVersion;
    this.#knownAccessVersion = accessVersion;
    this.noteSeq(seq);
    return hasAccessChanged;
  }

  noteSeq(seq: bigint): void {
    const previous = this.#knownSeq;
    if (previous !== null && seq <= previous) return;
    this.#knownSeq = seq;
    // The first head is where following begins: rows before it are read only by those who ask for them.
    if (previous === null || this.#reading) return;
    const from = this.#ring.at(-1)?.seq ?? previous;
    if (from < seq) this.#reading = this.#read(from);
  }

  noteAccess(): void {
    this.accessVersion++;
    this.#wake();
  }

  /** The next rows after a cursor, from memory where they are there. */
  async rowsAfter(cursor: bigint): Promise<readonly Row[]> {
    if (this.#knownSeq !== null && cursor >= this.#knownSeq) return [];
    // What is being read for all is waited for: a crowd that was busy when the news came must not read it one by one.
    if (!this.#kept(cursor)) await this.#reading;
    const kept = this.#kept(cursor);
    if (kept) return kept;
    const known = this.#knownSeq;
    const rows = await this.#reader.rowsAfter(this.#workspaceId, cursor, READ_ROWS);
    // Told of rows that are not there: believe the database, or followers would ask again without end.
    if (rows.length === 0 && this.#knownSeq === known) this.#knownSeq = cursor;
    return rows;
  }

  #kept(cursor: bigint): readonly Row[] | null {
    const [oldest] = this.#ring;
    const newest = this.#ring.at(-1);
    if (!oldest || !newest || cursor < oldest.seq - 1n || cursor >= newest.seq) return null;
    const start = Number(cursor - oldest.seq + 1n);
    return this.#ring.slice(start, start + READ_ROWS);
  }

  /** Resolves when there may be rows after the cursor, rights may have changed, or the signal aborts. */
  wait({
    cursor,
    accessVersion,
    signal,
  }: {
    cursor: bigint;
    accessVersion: number;
    signal: AbortSignal;
  }): Promise<void> {
    return new Promise((resolve) => {
      const isReady = (): boolean =>
        signal.aborted || this.accessVersion !== accessVersion || (this.#knownSeq !== null && this.#knownSeq > cursor);
      const settle = (): void => {
        if (!isReady()) return;
        this.#waiters.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.#waiters.add(settle);
      signal.addEventListener('abort', settle);
      settle();
    });
  }

  /** Reads what is new once, however many follow and however many hints come meanwhile. `start` is before the known seq. */
  async #read(start: bigint): Promise<void> {
    try {
      for (let from = start; this.#knownSeq !== null && from < this.#knownSeq;) {
        const rows = await this.#reader.rowsAfter(this.#workspaceId, from, READ_ROWS);
        const last = rows.at(-1);
        if (!last) break;
        const isContiguous = rows[0]?.seq === from + 1n;
        this.#ring = [...(isContiguous ? this.#ring : []), ...rows].slice(-RING_ROWS_MAX);
        from = last.seq;
        this.#wake();
      }
    } catch (error) {
      // Followers read for themselves, or wait for the next hint or poll.
      this.#onError(error);
    } finally {
      this.#reading = null;
      this.#wake();
    }
  }

  #wake(): void {
    for (const settle of this.#waiters) settle();
  }
}
