import type { Quota } from '#core/access/actor';
import { RateLimited } from '#core/errors';
import type { Counted, WindowCounter } from '#core/quotas/counter';
import { usedAt, waitFor, WINDOW_MS, windowOf } from '#core/quotas/window';

/** What a request took of its quotas. */
export interface Taken {
  standing: Standing;
  /** Takes it back, or so much of it: what was asked for had been answered before. Once; repeating it changes nothing. */
  giveBack(cost?: number): void;
}

/** How the quota that is nearest to its end stands. */
export interface Standing {
  limit: number;
  remaining: number;
  /** Seconds until the window of the clock ends. */
  resetSeconds: number;
}

/** Requests in 60 seconds, counted together for all keys of a workspace and for each key that has a limit of its own. */
export class Quotas {
  readonly #counter: WindowCounter;
  readonly #nodes: () => number;
  readonly #clock: () => number;

  /** @param options.nodes How many processes serve: where they do not count together, each takes its share. */
  constructor(options: { counter: WindowCounter; nodes: () => number; clock?: () => number }) {
    this.#counter = options.counter;
    this.#nodes = options.nodes;
    this.#clock = options.clock ?? Date.now;
  }

  /** Counts `cost` in every bucket, or in none. @throws RateLimited with the seconds to wait. */
  async take(quotas: readonly Quota[], cost = 1): Promise<Taken> {
    const at = this.#clock();
    const window = windowOf(at);
    const add = (amount: number): Promise<Counted[]> =>
      Promise.all(quotas.map(({ bucket }) => this.#counter.add(bucket, window, amount)));
    const counted = await add(cost);
    const judged = quotas.map((quota, index) => this.#judge(quota, { counted: counted[index], cost, at }));
    const waitMs = Math.max(0, ...judged.map((judgement) => judgement.waitMs));
    const standing = judged.map((judgement) => judgement.standing).toSorted((a, b) => a.remaining - b.remaining)[0];
    let isGivenBack = false;
    const giveBack = (back = cost): void => {
      if (!isGivenBack && back > 0) void add(-back);
      isGivenBack = true;
    };
    if (waitMs === 0) return { standing: standing ?? UNLIMITED, giveBack };
    giveBack();
    throw new RateLimited(Math.ceil(waitMs / 1_000), standing);
  }

  #judge(
    { perMinute }: Quota,
    { counted, cost, at }: { counted: Counted | undefined; cost: number; at: number },
  ): { waitMs: number; standing: Standing } {
    const { current, previous, isShared } = counted ?? { current: 0, previous: 0, isShared: true };
    const limit = isShared ? perMinute : Math.max(1, Math.floor(perMinute / this.#nodes()));
    const used = usedAt({ current, previous }, at);
    const waitMs = used <= limit ? 0 : Math.max(1, waitFor({ current: current - cost, previous }, { limit, cost, at }));
    const resetSeconds = Math.ceil((WINDOW_MS - (at % WINDOW_MS)) / 1_000);
    return { waitMs, standing: { limit, remaining: Math.max(0, Math.floor(limit - used)), resetSeconds } };
  }
}

const UNLIMITED: Standing = { limit: Number.MAX_SAFE_INTEGER, remaining: Number.MAX_SAFE_INTEGER, resetSeconds: 0 };
