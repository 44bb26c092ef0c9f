/** A served line's past is cut off once it is this long; cutting one by one would copy the rest each time. */
const SERVED_KEPT_MAX = 1_024;

/** Waiting things in lines: first come, first served within a line, and the lines take turns. */
export class FairQueue<T> {
  /** In the order of whose turn it is: a line that was served goes to the end. */
  readonly #lines = new Map<string, { items: T[]; served: number }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(name: string, item: T): void {
    const line = this.#lines.get(name);
    if (line) line.items.push(item);
    else this.#lines.set(name, { items: [item], served: 0 });
    this.#size++;
  }

  /** Takes up to `max`, one from each line in turn. */
  take(max: number): T[] {
    const taken: T[] = [];
    // A map goes on to what is set while it is gone through: the lines come round until they are empty.
    for (const [name, line] of this.#lines) {
      if (taken.length >= max) break;
      this.#lines.delete(name);
      taken.push(...line.items.slice(line.served, line.served + 1));
      line.served++;
      if (line.served === SERVED_KEPT_MAX) {
        line.items.splice(0, SERVED_KEPT_MAX);
        line.served = 0;
      }
      if (line.served < line.items.length) this.#lines.set(name, line);
    }
    this.#size -= taken.length;
    return taken;
  }
}
