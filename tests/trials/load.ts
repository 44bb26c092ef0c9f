import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../isolation/random.ts';
import { type Attempt, isDefinite } from './history.ts';
import type { Request } from './model.ts';

/** Sends one call to the system on trial. Never throws: what came of it is the answer. */
export type Send = (name: string, request: Request) => Promise<Attempt['answer']>;

const SETTLE_MS = 60_000;
/** Keys that are tried again come from so many of the last, so that they are often still in flight. */
const RECENT = 200;

/** Callers that ask for whatever comes to their mind, and write down what they saw. */
export class Load {
  readonly attempts: Attempt[] = [];
  readonly #requests = new Map<string, Request[]>();
  readonly #names: string[] = [];
  readonly #settled = new Set<string>();
  readonly #send: Send;
  readonly #random: Random;
  #stopped = false;

  constructor(send: Send, random: Random) {
    this.#send = send;
    this.#random = random;
  }

  /** Operations with different keys so far. */
  get operations(): number {
    return this.#names.length;
  }

  /** Calls until `stop()`, or until there are so many operations. */
  async run({ callers, operationsMax = Infinity }: { callers: number; operationsMax?: number }): Promise<void> {
    this.#stopped = false;
    const work = async (): Promise<void> => {
      while (!this.#stopped && this.#names.length < operationsMax) {
        const { name, request } = this.#choose();
        const answer = await this.#call(name, request);
        // Somebody whose server is away does not hammer at it.
        if (answer === 'UNKNOWN') await sleep(20);
      }
    };
    await Promise.all(Array.from({ length: callers }, work));
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Asks again for everything whose outcome is unknown, with its key, until it is known. @returns How many calls that took. */
  async settle(): Promise<number> {
    const before = this.attempts.length;
    const deadline = performance.now() + SETTLE_MS;
    for (;;) {
      const open = this.#names.filter((name) => !this.#settled.has(name));
      if (open.length === 0 || performance.now() > deadline) return this.attempts.length - before;
      for (let start = 0; start < open.length; start += 64) {
        await Promise.all(open.slice(start, start + 64).map((name) => this.#retry(name)));
      }
      await sleep(20);
    }
  }

  /** With each request that was made with the key: which of them it stands for is what is unknown. */
  async #retry(name: string): Promise<void> {
    for (const request of this.#requests.get(name) ?? []) await this.#call(name, request);
  }

  async #call(name: string, request: Request): Promise<Attempt['answer']> {
    const invokedAt = performance.now();
    const answer = await this.#send(name, request);
    this.attempts.push({ name, request, invokedAt, returnedAt: performance.now(), answer });
    if (isDefinite(answer) || answer === 'REFUSED') this.#settled.add(name);
    return answer;
  }

  #choose(): { name: string; request: Request } {
    const recent = this.#names.at(-1 - this.#random.below(Math.min(RECENT, this.#names.length || 1)));
    const requests = recent === undefined ? undefined : this.#requests.get(recent);
    if (recent !== undefined && requests?.[0] && this.#random.chance(0.08)) {
      const [request] = requests;
      if (this.#random.chance(0.75)) return { name: recent, request };
      const other = { ...request, credits: request.credits + 1n };
      requests.push(other);
      return { name: recent, request: other };
    }
    const name = `op-${this.#names.length}`;
    const request = this.#newRequest();
    this.#names.push(name);
    this.#requests.set(name, [request]);
    return { name, request };
  }

  /** About as much comes in as goes out, so that the balance is often nearly empty. */
  #newRequest(): Request {
    const random = this.#random;
    if (!random.chance(0.02)) return { kind: 'DEBIT', credits: BigInt(random.below(random.chance(0.1) ? 60 : 8)) };
    const expiresAt = random.chance(0.4) ? Date.now() + 200 + random.below(2_000) : null;
    return { kind: 'GRANT', credits: BigInt(1 + random.below(640)), priority: random.below(3), expiresAt };
  }
}
