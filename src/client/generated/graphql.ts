/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Why a call was declined. */
export type DeclineReason =
  /** The balance did not cover the price. */
  | 'INSUFFICIENT_CREDITS'
  /** The key had spent its cap. */
  | 'KEY_LIMIT_EXCEEDED';

/** What a key is for. */
export type Environment =
  /** Spends credits. */
  | 'LIVE'
  /** Verified and logged with its price like a live one, and charged 0. */
  | 'TEST';

/** Every code an error can carry. Codes are permanent. */
export type ErrorCode =
  /** The object is in a state that rules this out. */
  | 'CONFLICT'
  /** Top-level: the credential is known and may not do this. */
  | 'FORBIDDEN'
  /** The idempotency key was used before with another input. */
  | 'IDEMPOTENCY_CONFLICT'
  /** The balance does not cover the price; nothing was taken. */
  | 'INSUFFICIENT_CREDITS'
  /** The object does not exist for this caller. */
  | 'NOT_FOUND'
  /** Top-level: too many requests; retry later. */
  | 'RATE_LIMITED'
  /** Top-level: no credential, or one that is unknown, expired or revoked. */
  | 'UNAUTHENTICATED'
  /** Top-level: the outcome is unknown; retry with the same idempotency key. */
  | 'UNAVAILABLE'
  /** A value can never be accepted; path and message say which and why. */
  | 'VALIDATION_FAILED';

/** How a metered call ended. Only SUCCEEDED is ever charged. */
export type Outcome =
  /** The credits did not allow it; nothing was taken. */
  | 'DECLINED'
  /** The work failed; logged and charged 0. */
  | 'FAILED'
  /** The work was done. */
  | 'SUCCEEDED';

/** One metered call. */
export type RecordUsageInput = {
  /** With an operator token only: the customer's API key, verified and debited in this one request. */
  apiKey?: string | null | undefined;
  /** The final price, instead of the operation's; no discount applies. */
  credits?: string | number | null | undefined;
  /** Your own unique text for this call: repeating it charges nothing twice. 1 to 255 printable ASCII characters. */
  idempotencyKey: string;
  /** Duration of the call in milliseconds. */
  latencyMs?: number | null | undefined;
  /** Your own facts about the call, at most 4096 bytes of JSON. */
  metadata?: Record<string, unknown> | null | undefined;
  /** The priced operation. May be left out when credits is given. */
  operation?: string | null | undefined;
  /** How the call ended; left out: SUCCEEDED. */
  outcome?: ReportedOutcome | null | undefined;
  /** Your own label for grouping, at most 64 characters. */
  tag?: string | null | undefined;
  /** How many units; left out: 1. */
  units?: string | number | null | undefined;
};

/** How a call ended, as its caller reports it. */
export type ReportedOutcome =
  /** The work failed; logged and charged 0. */
  | 'FAILED'
  /** The work was done; charged. */
  | 'SUCCEEDED';

/** Which calls to list; all conditions must hold. */
export type UsageFilter = {
  /** Only calls of this key. */
  apiKeyId?: string | number | null | undefined;
  /** Only calls of this operation. */
  operation?: string | null | undefined;
  /** Only calls that ended so. */
  outcome?: Outcome | null | undefined;
};

export type BalanceFieldsFragment = { available: string, held: string, total: string, seq: string };

export type UsageEntryFieldsFragment = { id: string, seq: string, createdAt: string, operation: string | null, units: string | null, basePrice: string | null, discountPercent: number, price: string, credits: string, outcome: Outcome, declineReason: DeclineReason | null, environment: Environment, latencyMs: number | null, tag: string | null, metadata: Record<string, unknown> | null, availableAfter: string };

export type RecordUsageMutationVariables = Exact<{
  input: RecordUsageInput;
}>;


export type RecordUsageMutation = { recordUsage:
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'InsufficientCredits', required: string, available: string, seq: string, replayed: boolean, code: ErrorCode, message: string, path: Array<string>, balance: BalanceFieldsFragment, usageEntry: UsageEntryFieldsFragment }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RecordUsagePayload', credits: string, seq: string, replayed: boolean, balance: BalanceFieldsFragment, usageEntry: UsageEntryFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type UsageQueryVariables = Exact<{
  workspaceId?: string | number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: UsageFilter | null | undefined;
}>;


export type UsageQuery = { workspace: { usage: { edges: Array<{ node: UsageEntryFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const BalanceFieldsFragmentDoc = new TypedDocumentString(`
    fragment BalanceFields on Balance {
  available
  held
  total
  seq
}
    `, {"fragmentName":"BalanceFields"}) as unknown as TypedDocumentString<BalanceFieldsFragment, unknown>;
export const UsageEntryFieldsFragmentDoc = new TypedDocumentString(`
    fragment UsageEntryFields on UsageEntry {
  id
  seq
  createdAt
  operation
  units
  basePrice
  discountPercent
  price
  credits
  outcome
  declineReason
  environment
  latencyMs
  tag
  metadata
  availableAfter
}
    `, {"fragmentName":"UsageEntryFields"}) as unknown as TypedDocumentString<UsageEntryFieldsFragment, unknown>;
export const RecordUsageDocument = new TypedDocumentString(`
    mutation RecordUsage($input: RecordUsageInput!) {
  recordUsage(input: $input) {
    __typename
    ... on RecordUsagePayload {
      credits
      seq
      replayed
      balance {
        ...BalanceFields
      }
      usageEntry {
        ...UsageEntryFields
      }
    }
    ... on InsufficientCredits {
      required
      available
      seq
      replayed
      balance {
        ...BalanceFields
      }
      usageEntry {
        ...UsageEntryFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    fragment BalanceFields on Balance {
  available
  held
  total
  seq
}
fragment UsageEntryFields on UsageEntry {
  id
  seq
  createdAt
  operation
  units
  basePrice
  discountPercent
  price
  credits
  outcome
  declineReason
  environment
  latencyMs
  tag
  metadata
  availableAfter
}`) as unknown as TypedDocumentString<RecordUsageMutation, RecordUsageMutationVariables>;
export const UsageDocument = new TypedDocumentString(`
    query Usage($workspaceId: ID, $first: Int, $after: String, $filter: UsageFilter) {
  workspace(id: $workspaceId) {
    usage(first: $first, after: $after, filter: $filter) {
      edges {
        node {
          ...UsageEntryFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment UsageEntryFields on UsageEntry {
  id
  seq
  createdAt
  operation
  units
  basePrice
  discountPercent
  price
  credits
  outcome
  declineReason
  environment
  latencyMs
  tag
  metadata
  availableAfter
}`) as unknown as TypedDocumentString<UsageQuery, UsageQueryVariables>;