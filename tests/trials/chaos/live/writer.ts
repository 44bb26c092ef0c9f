import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../isolation/random.ts';
import type { TestWorkspace } from '../../../world/world.ts';
import type { Row } from '../../history.ts';
import type { Send } from '../../load.ts';
import { sendOverHttp } from '../../sends.ts';

const noGrants: Send = () => Promise.reject(new Error('Nobody grants here.'));

const IN_FLIGHT_MAX = 64;

interface WriterOptions {
  workspaces: readonly TestWorkspace[];
  urls: readonly string[];
  /** Calls a second, over all workspaces. */
  rate: number;
  random: Random;
}

/** Records calls at a steady rate; one that stays unanswered is sent again with its key, to any node, until it is. */
export class Writer {
  /** Attempts that came back without an answer. */
  unanswered = 0;
  readonly #options: WriterOptions;
  readonly #sends: readonly Send[];
  /** By the workspace, then by the call's name: the seq that its caller was told. */
  readonly #told: readonly Map<string, number>[];
  readonly #inFlight = new Set<Promise<void>>();
  #begun = 0;
  #stopped = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    const { workspaces, urls, random } = options;
    this.#sends = workspaces.map((workspace) => sendOverHttp(() => random.pick(urls), workspace, noGrants));
    this.#told = workspaces.map(() => new Map());
  }

  /** Calls so far. */
  get count(): number {
    return this.#begun;
  }

  /** Writes until `stop()`; returns when all that was begun is answered. */
  async run(): Promise<void> {
    const startedAt = performance.now();
    while (!this.#stopped) {
      const due = ((performance.now() - startedAt) / 1_000) * this.#options.rate;
      while (this.#begun < due && this.#inFlight.size < IN_FLIGHT_MAX) this.#begin(this.#begun++);
      await sleep(5);
    }
    await Promise.all(this.#inFlight);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** What callers were told, held against a workspace's ledger: each call once, under the number its caller knows. */
  violations(index: number, ledger: readonly Row[]): string[] {
    const told = this.#told[index] ?? new Map<string, number>();
    const calls = ledger.filter(({ kind }) => kind === 'USAGE');
    const wrong = calls.filter(({ name, seq }) => told.get(name ?? '') !== seq);
    const found = wrong.map(({ name, seq }) => `${name} is ${seq}, its caller was told ${told.get(name ?? '')}`);
    if (calls.length !== told.size) found.push(`${told.size} calls were answered, ${calls.length} are in the ledger`);
    return found;
  }

  #begin(number: number): void {
    const work = this.#record(number).finally(() => this.#inFlight.delete(work));
    this.#inFlight.add(work);
  }

  async #record(number: number): Promise<void> {
    const index = number % this.#sends.length;
    const name = `call-${number}`;
    // What costs nothing moves no balance: that stream then has numbers to pass over.
    const credits = number % 7 === 0 ? 0n : 1n;
    for (;;) {
      const answer = await this.#sends[index]?.(name, { kind: 'DEBIT', credits });
      if (typeof answer === 'object') {
        this.#told[index]?.set(name, answer.seq);
        return;
      }
      this.unanswered++;
      await sleep(50 + this.#options.random.below(100));
    }
  }
}
