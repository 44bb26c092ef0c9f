interface Limits {
  idsPerRead?: number;
  /** One that hangs must not keep all others waiting. */
  readsAtOnce?: number;
}

interface Reading<Found> {
  ids: Set<string>;
  found: Promise<ReadonlyMap<string, Found>>;
}

/**
 * Reads by id, a few queries at once; what is asked for meanwhile is asked for together in the next. A crowd that comes
 * back at once costs a few queries, however many ask for each id.
 */
export class GroupedReads<Found> {
  readonly #read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>;
  readonly #limits: Required<Limits>;
  readonly #waiting: (() => void)[] = [];
  #underway = 0;
  /** What gathers ids and has not begun. */
  #next: Reading<Found> | null = null;

  constructor(
    read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
    { idsPerRead = 1_000, readsAtOnce = 2 }: Limits = {},
  ) {
    this.#read = read;
    this.#limits = { idsPerRead, readsAtOnce };
  }

  /** What an id stands for, read after this was called; undefined when there is nothing. All who wait get the same object. */
  async of(id: string): Promise<Found | undefined> {
    if (!this.#next || this.#next.ids.size >= this.#limits.idsPerRead) this.#next = this.#plan();
    this.#next.ids.add(id);
    return (await this.#next.found).get(id);
  }

  #plan(): Reading<Found> {
    const ids = new Set<string>();
    return { ids, found: this.#readInTurn(ids) };
  }

  async #readInTurn(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Found>> {
    await this.#place();
    if (this.#next?.ids === ids) this.#next = null;
    try {
      return await this.#read([...ids]);
    } finally {
      this.#leave();
    }
  }

  /** Resolves when there is a place for one more, which is taken with it. */
  async #place(): Promise<void> {
    if (this.#underway < this.#limits.readsAtOnce) this.#underway++;
    else await new Promise<void>((begin) => this.#waiting.push(begin));
  }

  /** Whoever waits takes the place over. */
  #leave(): void {
    const begin = this.#waiting.shift();
    if (begin) begin();
    else this.#underway--;
  }
}
