/**
 * The closed family of refusals. `code` is public and permanent. What a client branches on is a member of a result
 * union; UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED and UNAVAILABLE are top-level. Anything else is a bug and is masked.
 */
export type UnionErrorCode =
  | 'NOT_FOUND'
  | 'VALIDATION_FAILED'
  | 'CONFLICT'
  | 'IDEMPOTENCY_CONFLICT'
  | 'ALREADY_MEMBER'
  | 'INVITATION_EXPIRED'
  | 'INSUFFICIENT_CREDITS'
  | 'KEY_LIMIT_EXCEEDED'
  | 'HOLD_NOT_OPEN';

export type TopLevelErrorCode = 'UNAUTHENTICATED' | 'FORBIDDEN' | 'RATE_LIMITED' | 'UNAVAILABLE';

export type ErrorCode = UnionErrorCode | TopLevelErrorCode;

export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
  /**
   * Path to the offending field from the mutation's arguments: ["input", "name"]. Empty when no one field is to blame.
   * Not `path`: GraphQL takes an error with a list of that name for its own, and leaves out where in the answer it arose.
   */
  readonly inputPath: readonly string[];

  constructor(message: string, path: readonly string[] = []) {
    super(message);
    this.name = new.target.name;
    this.inputPath = path;
  }

  /** The same refusal about another place of the input. */
  at(path: readonly string[]): this {
    const moved = Object.create(Object.getPrototypeOf(this) as object, Object.getOwnPropertyDescriptors(this)) as this;
    return Object.assign(moved, { inputPath: path });
  }
}

/** No such object for this caller: absent and foreign look alike. */
export class NotFound extends DomainError {
  readonly code = 'NOT_FOUND';
}

/** A value that can never be accepted; the message names the field's rule and the fix. */
export class ValidationFailed extends DomainError {
  readonly code = 'VALIDATION_FAILED';
}

/** The object is in a state that rules this out. */
export class Conflict extends DomainError {
  readonly code = 'CONFLICT';
}

/** Who is invited is in the workspace already. */
export class AlreadyMember extends DomainError {
  readonly code = 'ALREADY_MEMBER';

  constructor() {
    super('Whoever has this address is a member already: change their role instead.', ['input', 'email']);
  }
}

/** The right person came too late. */
export class InvitationExpired extends DomainError {
  readonly code = 'INVITATION_EXPIRED';

  constructor() {
    super('This invitation has expired: ask for it to be sent again.', ['input', 'token']);
  }
}

/** This idempotency key was used for another request. */
export class IdempotencyConflict extends DomainError {
  readonly code = 'IDEMPOTENCY_CONFLICT';

  constructor() {
    super('This idempotency key was already used with another input. Send a new key for a new request.', [
      'input',
      'idempotencyKey',
    ]);
  }
}

export class Unauthenticated extends DomainError {
  readonly code = 'UNAUTHENTICATED';
}

/** Its time came, nobody took it away: a client that can get another credential may come back at once. */
export class CredentialExpired extends Unauthenticated {}

export class Forbidden extends DomainError {
  readonly code = 'FORBIDDEN';
}

/** Too many requests; nothing was done. */
export class RateLimited extends DomainError {
  readonly code = 'RATE_LIMITED';
  /** Whole seconds to wait, at least 1. */
  readonly retryAfter: number;
  /** How the quota stands, for who may know. */
  readonly standing: { limit: number; remaining: number; resetSeconds: number } | undefined;

  constructor(retryAfter: number, standing?: RateLimited['standing']) {
    super(`Too many requests: retry after ${Math.max(1, retryAfter)} seconds.`);
    this.retryAfter = Math.max(1, retryAfter);
    this.standing = standing;
  }
}

/** The outcome of a write is unknown, or it was refused before any decision; the same idempotency key settles it. */
export class Unavailable extends DomainError {
  readonly code = 'UNAVAILABLE';

  constructor(
    message = 'The database did not answer in time. Retry with the same idempotency key: it settles the outcome.',
  ) {
    super(message);
  }
}
