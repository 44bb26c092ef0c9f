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
      /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Can't reach database/.test(
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
