import { setTimeout as sleep } from 'node:timers/promises';
import { DebitConnection } from './debit-connection.ts';
import { type Distribution, distribution } from './measure.ts';

/** More at once would overflow the listener's backlog. */
const OPENED_AT_ONCE = 100;
const TICK_MS = 5;

export interface Steady {
  debits: number;
  /** Of these, how many a server that was too busy did not take. */
  refused: number;
  /** What was reached of what was wanted, until the last answer. */
  perSecond: number;
  /** From when a debit was due to its answer. */
  times: Distribution;
}

/** Debits at a fixed rate, by turns from each of many keys, over a connection of each. */
export class SteadyDebits {
  readonly #connections: readonly DebitConnection[];
  /** The last call of each connection, which takes one at a time. */
  readonly #last: Promise<unknown>[];
  #turn = 0;

  private constructor(connections: readonly DebitConnection[]) {
    this.#connections = connections;
    this.#last = connections.map(() => Promise.resolve());
  }

  static async open(url: string, secrets: readonly string[]): Promise<SteadyDebits> {
    const connections: DebitConnection[] = [];
    while (connections.length < secrets.length) {
      const some = secrets.slice(connections.length, connections.length + OPENED_AT_ONCE);
      connections.push(...(await Promise.all(some.map((secret) => DebitConnection.open(url, secret)))));
    }
    return new SteadyDebits(connections);
  }

  /** One from each key, so that what is decided from is known. Rejects when any debit is refused. */
  async fromEach(): Promise<void> {
    for (let start = 0; start < this.#connections.length; start += OPENED_AT_ONCE) {
      const some = this.#connections.slice(start, start + OPENED_AT_ONCE);
      await Promise.all(some.map((connection) => connection.recordUsage()));
    }
  }

  async run({ perSecond, seconds }: { perSecond: number; seconds: number }): Promise<Steady> {
    const wanted = Math.max(1, Math.round(perSecond * seconds));
    const timesMs: number[] = [];
    const startedAt = performance.now();
    for (let sent = 0; sent < wanted;) {
      const due = Math.min(wanted, Math.ceil(((performance.now() - startedAt) / 1_000) * perSecond));
      for (; sent < due; sent++) this.#debit(startedAt + (sent * 1_000) / perSecond, timesMs);
      await sleep(TICK_MS);
    }
    await Promise.all(this.#last);
    const elapsedMs = performance.now() - startedAt;
    const reached = (timesMs.length * 1_000) / elapsedMs;
    return { debits: wanted, refused: wanted - timesMs.length, perSecond: reached, times: distribution(timesMs) };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #debit(dueAt: number, timesMs: number[]): void {
    const turn = this.#turn++ % this.#connections.length;
    this.#last[turn] = this.#debitAfter(this.#last[turn], turn).then(
      () => timesMs.push(performance.now() - dueAt),
      () => undefined,
    );
  }

  async #debitAfter(earlier: Promise<unknown> | undefined, turn: number): Promise<void> {
    await earlier;
    await this.#connections[turn]?.recordUsage();
  }
}
