/**
 * The types of refusals. Without them the cache would have to guess whether `... on UserError` matches, and guess wrong for
 * the answers of mutations, which it does not keep. A test holds them against the schema.
 */
export const USER_ERRORS = [
  'AlreadyMember',
  'Conflict',
  'HoldNotOpen',
  'IdempotencyConflict',
  'InsufficientCredits',
  'InvitationExpired',
  'KeyLimitExceeded',
  'NotFound',
  'Unauthenticated',
  'Unavailable',
  'ValidationFailed',
];
