import { HoldNotOpen } from '#core/credits/hold-not-open';
import { InsufficientCredits } from '#core/credits/insufficient-credits';
import { KeyLimitExceeded } from '#core/credits/key-limit-exceeded';
import {
  AlreadyMember,
  Conflict,
  type DomainError,
  type ErrorCode as Code,
  IdempotencyConflict,
  InvitationExpired,
  NotFound,
  Unauthenticated,
  Unavailable,
  ValidationFailed,
} from '#core/errors';
import { balanceAfter, BalanceType } from '#graph/balance';
import { builder } from '#graph/builder';
import { CapPeriodEnum, HoldStateEnum } from '#graph/enums';
import { UsageEntry } from '#graph/usage-entry';

const CODES: Record<Code, { description: string }> = {
  NOT_FOUND: { description: 'The object does not exist for this caller.' },
  VALIDATION_FAILED: { description: 'A value can never be accepted; path and message say which and why.' },
  CONFLICT: { description: 'The object is in a state that rules this out.' },
  IDEMPOTENCY_CONFLICT: { description: 'The idempotency key was used before with another input.' },
  ALREADY_MEMBER: { description: 'Whoever has this address is in the workspace already.' },
  INVITATION_EXPIRED: { description: 'The invitation is older than seven days; it can be sent again.' },
  INSUFFICIENT_CREDITS: { description: 'The balance does not cover the price; nothing was taken.' },
  KEY_LIMIT_EXCEEDED: { description: 'The call would break a cap of its key; nothing was taken.' },
  HOLD_NOT_OPEN: { description: 'The hold is over: captured, released or expired.' },
  UNAUTHENTICATED: { description: 'Top-level: no credential, or one that is unknown, expired or revoked.' },
  FORBIDDEN: { description: 'Top-level: the credential is known and may not do this.' },
  RATE_LIMITED: { description: 'Top-level: too many requests; retry later.' },
  UNAVAILABLE: { description: 'Top-level: the outcome is unknown; retry with the same idempotency key.' },
};

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'Every code an error can carry. Codes are permanent.',
  values: CODES,
});

const UserError = builder.interfaceRef<DomainError>('UserError').implement({
  description:
    'A refusal that the caller can act on. Select it to survive members that are added to a result union later.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCode, description: 'Permanent machine-readable code.' }),
    message: t.exposeString('message', {
      description: 'One sentence for people: what is wrong and how to put it right.',
    }),
    path: t.stringList({
      description: 'Path to the offending input field, such as ["input", "name"]; empty when no one field is to blame.',
      resolve: ({ inputPath }) => [...inputPath],
    }),
  }),
});

builder.objectType(NotFound, {
  name: 'NotFound',
  interfaces: [UserError],
  description: 'The object does not exist for this caller; a foreign object answers the same.',
});
builder.objectType(ValidationFailed, {
  name: 'ValidationFailed',
  interfaces: [UserError],
  description: 'A value can never be accepted.',
});
builder.objectType(Conflict, {
  name: 'Conflict',
  interfaces: [UserError],
  description: 'The object is in a state that rules this out.',
});
builder.objectType(IdempotencyConflict, {
  name: 'IdempotencyConflict',
  interfaces: [UserError],
  description: 'The idempotency key was used before with another input; nothing was done.',
});

builder.objectType(AlreadyMember, {
  name: 'AlreadyMember',
  interfaces: [UserError],
  description: 'Whoever has this address is in the workspace already; no mail was sent.',
});
builder.objectType(InvitationExpired, {
  name: 'InvitationExpired',
  interfaces: [UserError],
  description: 'The invitation is older than seven days. Whoever sent it can send it again.',
});

builder.objectType(InsufficientCredits, {
  name: 'InsufficientCredits',
  interfaces: [UserError],
  description:
    'The balance does not cover the price. Nothing was taken; the declined call is logged and its answer kept under the idempotency key.',
  fields: (t) => ({
    required: t.field({ type: 'Credits', description: 'Price of the call.', resolve: ({ entry }) => entry.price }),
    available: t.field({
      type: 'Credits',
      description: 'What could be spent when it was decided.',
      resolve: ({ entry }) => entry.availableAfter,
    }),
    seq: t.field({ type: 'Seq', description: 'Number of the decision.', resolve: ({ entry }) => entry.seq }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier call with the same idempotency key.',
    }),
    usageEntry: t.field({
      type: UsageEntry,
      nullable: true,
      description: 'The logged call, with outcome DECLINED; null when a hold was declined, which is no call.',
      resolve: ({ entry }) => (entry.kind === 'HOLD' ? null : entry),
    }),
    balance: t.field({
      type: BalanceType,
      description: 'The balance when it was decided.',
      resolve: ({ entry }) => balanceAfter(entry),
    }),
  }),
});

builder.objectType(KeyLimitExceeded, {
  name: 'KeyLimitExceeded',
  interfaces: [UserError],
  description:
    'The call would break a cap of its key, or of the key that made it; of several, the one that resets last is named. Nothing was taken; the declined call is logged and its answer kept under the idempotency key.',
  fields: (t) => ({
    period: t.expose('period', { type: CapPeriodEnum, description: 'Window of the cap.' }),
    cap: t.expose('cap', { type: 'Credits', description: 'The most that may be spent in the window.' }),
    spent: t.expose('spent', { type: 'Credits', description: 'What was spent in the window when it was decided.' }),
    resetsAt: t.expose('resetsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the window ends and the count begins again; null for TOTAL, which never does.',
    }),
    required: t.field({ type: 'Credits', description: 'Price of the call.', resolve: ({ entry }) => entry.price }),
    seq: t.field({ type: 'Seq', description: 'Number of the decision.', resolve: ({ entry }) => entry.seq }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier call with the same idempotency key.',
    }),
    usageEntry: t.field({
      type: UsageEntry,
      nullable: true,
      description: 'The logged call, with outcome DECLINED; null when a hold was declined, which is no call.',
      resolve: ({ entry }) => (entry.kind === 'HOLD' ? null : entry),
    }),
    balance: t.field({
      type: BalanceType,
      description: 'The balance when it was decided.',
      resolve: ({ entry }) => balanceAfter(entry),
    }),
  }),
});

builder.objectType(HoldNotOpen, {
  name: 'HoldNotOpen',
  interfaces: [UserError],
  description: 'The hold is over. What is still due can be charged with recordUsage.',
  fields: (t) => ({ state: t.expose('state', { type: HoldStateEnum, description: 'How it ended.' }) }),
});
builder.objectType(Unavailable, {
  name: 'Unavailable',
  interfaces: [UserError],
  description: 'The outcome of this item is unknown, or nothing was decided: retry it with the same idempotency key.',
});
builder.objectType(Unauthenticated, {
  name: 'Unauthenticated',
  interfaces: [UserError],
  description: 'The API key ended before this item was decided.',
});
