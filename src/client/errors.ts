import type { ErrorCode } from './generated/graphql.ts';

/**
 * The API's permanent codes, and UNEXPECTED for every answer that carries none of them: a masked fault, a document that
 * does not fit the schema, a page of some proxy. UNAVAILABLE also stands for a server that could not be reached.
 */
export type CommonpurseErrorCode = ErrorCode | 'UNEXPECTED';

interface Details {
  path?: readonly string[] | undefined;
  requestId?: string | null | undefined;
  retryAfterMs?: number | null | undefined;
  cause?: unknown;
}

/** The one error that this SDK throws, except for the reason of an AbortSignal that you aborted yourself. */
export class CommonpurseError extends Error {
  override readonly name = 'CommonpurseError';
  readonly code: CommonpurseErrorCode;
  /** Path to the offending input field, such as ["input", "name"]; empty when no one field is to blame. */
  readonly path: readonly string[];
  /** Quote it when you report a fault; null when no server answered. */
  readonly requestId: string | null;
  /** How long the server asked to wait; null when it did not say. */
  readonly retryAfterMs: number | null;
  /** The key that the failed mutation went out with: sending it again settles an unknown outcome. Null for reads. */
  idempotencyKey: string | null = null;

  constructor(code: CommonpurseErrorCode, message: string, { path, requestId, retryAfterMs, cause }: Details = {}) {
    super(message, { cause });
    this.code = code;
    this.path = path ?? [];
    this.requestId = requestId ?? null;
    this.retryAfterMs = retryAfterMs ?? null;
  }

  /** Whether the very same request may succeed later. */
  get isTransient(): boolean {
    return this.code === 'UNAVAILABLE' || this.code === 'RATE_LIMITED';
  }
}

/** A member of `errors` in an answer. */
export interface ResponseError {
  message: string;
  extensions?: { code?: unknown; path?: unknown; requestId?: unknown } | undefined;
}

/** What a top-level error of the API means. */
export function errorOfResponse(error: ResponseError, details: Details = {}): CommonpurseError {
  const { code, path, requestId } = error.extensions ?? {};
  return new CommonpurseError(codeOf(code), error.message, {
    cause: error,
    ...details,
    ...(Array.isArray(path) && { path: path.map(String) }),
    ...(typeof requestId === 'string' && { requestId }),
  });
}

/** The payload of a mutation's result. @throws CommonpurseError for its refusals. */
export function payloadOf<Result extends { __typename: string }>(result: Result): Exclude<Result, Refusal> {
  if (isRefusal(result)) throw new CommonpurseError(result.code, result.message, { path: result.path });
  return result as Exclude<Result, Refusal>;
}

export interface Refusal {
  code: ErrorCode;
  message: string;
  path: string[];
}

function isRefusal(result: object): result is Refusal {
  return 'code' in result;
}

/** A record, so that the compiler asks for every code of the schema. */
const ERROR_CODES: Record<ErrorCode, true> = {
  ALREADY_MEMBER: true,
  CONFLICT: true,
  FORBIDDEN: true,
  IDEMPOTENCY_CONFLICT: true,
  INSUFFICIENT_CREDITS: true,
  INVITATION_EXPIRED: true,
  HOLD_NOT_OPEN: true,
  KEY_LIMIT_EXCEEDED: true,
  NOT_FOUND: true,
  RATE_LIMITED: true,
  UNAUTHENTICATED: true,
  UNAVAILABLE: true,
  VALIDATION_FAILED: true,
};

function codeOf(code: unknown): CommonpurseErrorCode {
  // How GraphQL itself refuses a value, before any rule of ours has seen it.
  if (code === 'BAD_USER_INPUT') return 'VALIDATION_FAILED';
  return isErrorCode(code) ? code : 'UNEXPECTED';
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}
