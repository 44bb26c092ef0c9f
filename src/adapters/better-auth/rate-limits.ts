import { LRUCache } from 'lru-cache';

const PATHS = [
  '/sign-in/*',
  '/sign-up/*',
  '/two-factor/*',
  '/change-password',
  '/verify-password',
  '/request-password-reset',
  '/reset-password',
  '/send-verification-email',
];

/** Guesses are counted by path and by the address that our edge found, one minute at a time, by each server for itself. */
export function rateLimits(attemptsPerMinute: number) {
  const rule = { window: 60, max: attemptsPerMinute };
  return {
    enabled: true,
    customStorage: openCounts(),
    window: 60,
    max: attemptsPerMinute * 30,
    customRules: Object.fromEntries(PATHS.map((path) => [path, rule])),
  };
}

/** Addresses and paths that are counted at once; beyond that the one that asked longest ago is forgotten. */
const COUNTED_MAX = 100_000;

/** Counts of one server. The library's own are those of the whole process, whoever else runs in it. */
function openCounts() {
  const counts = new LRUCache<string, { count: number }>({ max: COUNTED_MAX });
  return {
    async consume(key: string, { window, max }: { window: number; max: number }) {
      const known = counts.get(key);
      if (!known) counts.set(key, { count: 1 }, { ttl: window * 1_000 });
      else if (known.count >= max)
        return { allowed: false, retryAfter: Math.ceil(counts.getRemainingTTL(key) / 1_000) };
      else known.count++;
      return { allowed: true, retryAfter: null };
    },
  };
}
