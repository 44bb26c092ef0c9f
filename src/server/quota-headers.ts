import type { Standing } from '#core/quotas/quotas';

const WINDOW_SECONDS = 60;

/**
 * How a quota stands: as draft-ietf-httpapi-ratelimit-headers has it, and as most clients know it.
 */
export function quotaHeaders({ limit, remaining, resetSeconds }: Standing): Record<string, string> {
  return {
    'RateLimit-Policy': `"requests";q=${limit};w=${WINDOW_SECONDS}`,
    RateLimit: `"requests";r=${remaining};t=${resetSeconds}`,
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(resetSeconds),
  };
}
