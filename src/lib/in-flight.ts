/** Reads that are under way: who asks the same meanwhile waits for the same answer. Nothing is kept afterwards. */
export class InFlight {
  readonly #reads = new Map<string, Promise<unknown>>();

  /** @param name Of the question; the same name must always mean the same type of answer. */
  share<T>(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.#reads.get(name);
    if (known) return known as Promise<T>;
    const reading = read().finally(() => this.#reads.delete(name));
    this.#reads.set(name, reading);
    return reading;
  }
}
