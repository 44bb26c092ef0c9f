const IDS_PER_READ = 1_000;

interface Reading<Found> {
  ids: Set<string>;
  found: Promise<ReadonlyMap<string, Found>>;
}

/**
 * Reads by id, one query after the other; what is asked for meanwhile is asked for together in the next. A crowd that
 * comes back at once costs a few queries, however many ask for each id.
 */
export class GroupedReads<Found> {
  readonly #read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>;
  readonly #idsPerRead: number;
  #last: Promise<unknown> = Promise.resolve();
  #next: Reading<Found> | null = null;

  constructor(
    read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
    { idsPerRead = IDS_PER_READ } = {},
  ) {
    this.#read = read;
    this.#idsPerRead = idsPerRead;
  }

  /** What an id stands for, read after this was called; undefined when there is nothing. All who wait get the same object. */
  async of(id: string): Promise<Found | undefined> {
    if (!this.#next || this.#next.ids.size >= this.#idsPerRead) this.#next = this.#plan();
    this.#next.ids.add(id);
    return (await this.#next.found).get(id);
  }

  #plan(): Reading<Found> {
    const ids = new Set<string>();
    const found = this.#last.then(() => {
      if (this.#next === reading) this.#next = null;
      return this.#read([...ids]);
    });
    const reading = { ids, found };
    this.#last = found.catch(() => undefined);
    return reading;
  }
}
