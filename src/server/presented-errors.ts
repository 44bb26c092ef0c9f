import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { DomainError, type ErrorCode, RateLimited, Unavailable } from '#core/errors';
import { isUnreachable } from '#core/outage';
import { UnacceptableValue } from '#graph/scalars';

const INTERNAL = 'INTERNAL_SERVER_ERROR';

const HTTP_STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

/**
 * What a client may see of an error: refusals by their code, mistakes in the operation as GraphQL words them, and of
 * everything else only that it happened. The one translation for all transports.
 */
export function presentError(error: unknown): GraphQLError {
  const cause = rootCause(error);
  const refusal = isUnreachable(cause) ? new Unavailable() : cause;
  const place =
    error instanceof GraphQLError
      ? {
          nodes: error.nodes ?? null,
          source: error.source ?? null,
          positions: error.positions ?? null,
          path: error.path ?? null,
        }
      : {};
  if (refusal instanceof DomainError) {
    const status = HTTP_STATUS[refusal.code];
    return new GraphQLError(refusal.message, {
      ...place,
      originalError: refusal,
      extensions: {
        code: refusal.code,
        ...(refusal.inputPath.length > 0 && { path: refusal.inputPath }),
        ...(status !== undefined && {
          http: { status, headers: headersOf(refusal) },
        }),
        ...(refusal instanceof RateLimited && { retryAfter: refusal.retryAfter }),
      },
    });
  }
  const mistake = cause instanceof UnacceptableValue ? error : cause;
  if (mistake instanceof GraphQLError) {
    // Only the executor's own refusals, such as a variable of the wrong shape, come without a code.
    const extensions = { ...mistake.extensions, code: mistake.extensions['code'] ?? 'BAD_USER_INPUT' };
    return new GraphQLError(mistake.message, { ...place, originalError: mistake, extensions });
  }
  return new GraphQLError('Something went wrong on our side. Quote the request id when you report it.', {
    ...place,
    originalError: cause instanceof Error ? cause : new Error(String(cause)),
    extensions: { code: INTERNAL, unexpected: true },
  });
}

function headersOf(refusal: DomainError): Record<string, string> {
  if (refusal instanceof RateLimited) return { 'Retry-After': String(refusal.retryAfter) };
  return refusal.code === 'UNAUTHENTICATED' ? { 'WWW-Authenticate': 'Bearer' } : {};
}

/** Puts the request id into what was masked, and logs that once under the same id. */
export function stampRequestId(error: GraphQLError, { requestId, log }: { requestId: string; log: Logger }): void {
  // Refusals and mistakes are the client's own.
  if (error.extensions['code'] !== INTERNAL || 'requestId' in error.extensions) return;
  error.extensions['requestId'] = requestId;
  log.error({ err: error.originalError ?? error, requestId, path: error.path }, 'operation failed');
}

/** Whether any of it failed because the database was away. */
export function isOutage({ errors = [] }: ExecutionResult): boolean {
  return errors.map(rootCause).some((cause) => cause instanceof Unavailable || isUnreachable(cause));
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}
