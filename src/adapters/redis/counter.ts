import { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { startHeartbeat } from '#adapters/redis/heartbeat';
import type { WindowCounter } from '#core/quotas/counter';

const KEPT_SECONDS = 120;
/** A request waits no longer for its count: it is counted here instead. */
const COMMAND_TIMEOUT_MS = 250;
const PREVIOUS_KNOWN_MAX = 50_000;

/**
 * Counts of all processes together. While Redis is away each counts alone, through `alone`, and says so.
 * @param options.onError Told when Redis is lost, once for each time that it is.
 */
export function openRedisCounter(
  url: string,
  { alone, onError }: { alone: WindowCounter; onError: (error: unknown) => void },
): WindowCounter {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    retryStrategy: (times) => Math.min(times * 200, 2_000),
  });
  let isThere = true;
  let lastError: unknown;
  const stopBeating = startHeartbeat(redis, (error) => (lastError = error));
  redis.on('error', (error) => (lastError = error));
  redis.on('ready', () => (isThere = true));
  redis.on('close', () => {
    if (isThere) onError(new Error('Redis is away: each process counts requests alone.', { cause: lastError }));
    isThere = false;
  });
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: 'commonpurse:requests',
    points: Number.MAX_SAFE_INTEGER,
    duration: KEPT_SECONDS,
  });
  // A window that is over changes only by what is given back: read once.
  const known = new LRUCache<string, number>({ max: PREVIOUS_KNOWN_MAX, ttl: KEPT_SECONDS * 1_000 });
  const countOf = async (key: string): Promise<number> => (await limiter.get(key))?.consumedPoints ?? 0;
  const previousOf = async (key: string): Promise<number> => {
    const previous = known.get(key) ?? (await countOf(key));
    known.set(key, previous);
    return previous;
  };
  return {
    async add(bucket, window, cost) {
      const key = `${bucket}:${window}`;
      try {
        const [current, previous] = await Promise.all([
          cost === 0 ? countOf(key) : limiter.penalty(key, cost).then(({ consumedPoints }) => consumedPoints),
          previousOf(`${bucket}:${window - 1}`),
        ]);
        return { current, previous, isShared: true };
      } catch {
        // Told of above; a limit must not become an outage.
        return alone.add(bucket, window, cost);
      }
    },
    async close() {
      isThere = false;
      stopBeating();
      redis.disconnect();
      await alone.close();
    },
  };
}
