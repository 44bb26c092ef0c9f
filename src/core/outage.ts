import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '#core/errors';

// https://www.prisma.io/docs/orm/reference/error-reference: connection refused, timed out, closed; pool and transaction time-outs.
const UNREACHABLE_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);
const UNREACHABLE_CAUSES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  '57P01',
  '57P02',
  '57P03',
  '55P03',
  '57014',
  '53300',
]);

/** Whether an error says that the database is away, not that the request was wrong. */
export function isUnreachable(error: unknown): boolean {
  for (let cause: unknown = error, depth = 0; cause instanceof Object && depth < 5; depth++) {
    const { code, originalCode } = cause as { code?: unknown; originalCode?: unknown };
    if (typeof code === 'string' && (UNREACHABLE_CODES.has(code) || UNREACHABLE_CAUSES.has(code))) return true;
    if (typeof originalCode === 'string' && UNREACHABLE_CAUSES.has(originalCode)) return true;
    if (
      cause instanceof Error &&
      /Connection terminated|is not queryable|Query read timeout|timeout exceeded when trying to connect|Can't reach database/.test(
        cause.message,
      )
    )
      return true;
    cause =
      (cause as { cause?: unknown; meta?: { driverAdapterError?: unknown } }).cause ??
      (cause as { meta?: { driverAdapterError?: unknown } }).meta?.driverAdapterError;
  }
  return false;
}

const RETRY_MS = 100;
const RETRY_MS_MAX = 1_000;

/**
 * What reading gives, once the database is there to be read: tried again, at most once a second after a while, for as
 * long as somebody wants it. Every other error is passed on at once; whoever stops wanting it gets the last one.
 */
export async function onceReachable<T>(read: () => Promise<T>, isWanted: () => boolean): Promise<T> {
  for (let delayMs = RETRY_MS; ; delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)) {
    try {
      return await read();
    } catch (error) {
      if (!isWanted() || !(error instanceof Unavailable || isUnreachable(error))) throw error;
    }
    // Spread, so that all who wait do not come back in one moment.
    await sleep(delayMs * (0.5 + Math.random() / 2), undefined, { ref: false });
  }
}
