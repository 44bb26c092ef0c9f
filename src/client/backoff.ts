/** How failed attempts are repeated. */
export interface RetryOptions {
  /** Attempts in all; 1 never repeats. Default 5. */
  attemptsMax?: number;
  /** Upper bound of the first wait; each further one doubles it. Default 100. */
  delayMinMs?: number;
  /** No wait is longer, and a server that asks for a longer one is not waited for. Default 10,000. */
  delayMaxMs?: number;
}

export type RetryPolicy = Readonly<Required<RetryOptions>>;

const DEFAULTS: RetryPolicy = { attemptsMax: 5, delayMinMs: 100, delayMaxMs: 10_000 };

export function retryPolicyOf(options: RetryOptions = {}): RetryPolicy {
  return { ...DEFAULTS, ...options };
}

/** The wait after the given number of failures, half of it random: clients that failed together do not return together. */
export function backoffMs({ delayMinMs, delayMaxMs }: RetryPolicy, failures: number): number {
  const bound = Math.min(delayMaxMs, delayMinMs * 2 ** Math.min(failures - 1, 30));
  return bound / 2 + (Math.random() * bound) / 2;
}

/** Reads a Retry-After header, in seconds or as a date; null when there is none. */
export function retryAfterMs(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** Waits, but no longer than until the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
