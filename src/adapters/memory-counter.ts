import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { WindowCounter } from '#core/quotas/counter';

/** Two windows: the older one still weighs in. */
const KEPT_SECONDS = 120;

/** Counts of one process. What is not asked for any more is forgotten after two minutes. */
export function openMemoryCounter(): WindowCounter {
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: KEPT_SECONDS });
  const countOf = async (key: string): Promise<number> => (await limiter.get(key))?.consumedPoints ?? 0;
  return {
    async add(bucket, window, cost) {
      const key = `${bucket}:${window}`;
      const current = cost === 0 ? await countOf(key) : (await limiter.penalty(key, cost)).consumedPoints;
      return { current, previous: await countOf(`${bucket}:${window - 1}`), isShared: false };
    },
    async close() {},
  };
}
