/** Refused because too many wait already; the work was not begun. */
export class QueueFull extends Error {
  override name = 'QueueFull';
}

/** Runs work one at a time per key, first come first served; different keys do not wait for each other. */
export class KeyedQueue {
  readonly #waitingMax: number;
  readonly #tails = new Map<string, { last: Promise<unknown>; waiting: number }>();

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** The work's own outcome. @throws QueueFull when `waitingMax` wait for this key. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const tail = this.#tails.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (tail.waiting >= this.#waitingMax) throw new QueueFull(`${tail.waiting} wait already`);
    this.#tails.set(key, tail);
    tail.waiting++;
    const turn = tail.last.then(work);
    // The next in line goes on whatever became of this one.
    tail.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      tail.waiting--;
      if (tail.waiting === 0) this.#tails.delete(key);
    }
  }
}
