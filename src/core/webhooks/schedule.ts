const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits after each failed attempt, as the specification of Standard Webhooks proposes: ten attempts in about three days. */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;

/** Failures of one moment must not all come back in one moment. */
const JITTER = 0.1;

/** What a receiver may ask us to wait at most: an absurd Retry-After would end the deliveries without a word. */
const RETRY_AFTER_MAX_MS = 24 * HOUR_MS;

/**
 * When to try again after so many failed attempts, or null when there were enough. Never earlier than the receiver asked,
 * within 24 hours.
 */
export function nextAttemptAt(
  attempts: number,
  { at, retryAfter, random = Math.random }: { at: Date; retryAfter: string | undefined; random?: () => number },
): Date | null {
  const wait = WAITS_MS[attempts - 1];
  if (wait === undefined) return null;
  const jittered = wait * (1 - JITTER + 2 * JITTER * random());
  return new Date(at.getTime() + Math.max(jittered, retryAfterMs(retryAfter, at)));
}

/** What a Retry-After header asks for, in milliseconds from then: seconds or a date; 0 for what is neither. */
function retryAfterMs(header: string | undefined, at: Date): number {
  const text = header?.trim() ?? '';
  const asked = /^\d{1,15}$/.test(text) ? Number(text) * SECOND_MS : Date.parse(text) - at.getTime();
  return Number.isNaN(asked) ? 0 : Math.min(Math.max(0, asked), RETRY_AFTER_MAX_MS);
}
