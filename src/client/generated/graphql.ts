/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Whether a key works. */
export type ApiKeyState =
  /** Works. */
  | 'ACTIVE'
  /** Switched off for now. */
  | 'DISABLED'
  /** Its expiry has passed. */
  | 'EXPIRED'
  /** Ended for ever. */
  | 'REVOKED';

/** The window in which a cap counts what a key spends. In UTC. */
export type CapPeriod =
  /** From midnight to midnight. */
  | 'DAY'
  /** A calendar month. */
  | 'MONTH'
  /** All that it ever spends. */
  | 'TOTAL'
  /** From Monday to Sunday. */
  | 'WEEK';

/** Why a call was declined. */
export type DeclineReason =
  /** The balance did not cover the price. */
  | 'INSUFFICIENT_CREDITS'
  /** The call would have broken a cap of the key. */
  | 'KEY_LIMIT_EXCEEDED';

/** What a key is for. */
export type Environment =
  /** Spends credits. */
  | 'LIVE'
  /** Verified and logged with its price like a live one, and charged 0. */
  | 'TEST';

/** Every code an error can carry. Codes are permanent. */
export type ErrorCode =
  /** Whoever has this address is in the workspace already. */
  | 'ALREADY_MEMBER'
  /** The object is in a state that rules this out. */
  | 'CONFLICT'
  /** Top-level: the credential is known and may not do this. */
  | 'FORBIDDEN'
  /** The hold is over: captured, released or expired. */
  | 'HOLD_NOT_OPEN'
  /** The idempotency key was used before with another input. */
  | 'IDEMPOTENCY_CONFLICT'
  /** The balance does not cover the price; nothing was taken. */
  | 'INSUFFICIENT_CREDITS'
  /** The invitation is older than seven days; it can be sent again. */
  | 'INVITATION_EXPIRED'
  /** The call would break a cap of its key; nothing was taken. */
  | 'KEY_LIMIT_EXCEEDED'
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

/** What grantCredits needs. */
export type GrantCreditsInput = {
  /** How many. */
  credits: string | number;
  /** When what remains of it expires; left out: never. */
  expiresAt?: string | null | undefined;
  /** Your own unique text for this request: repeating it grants nothing twice. */
  idempotencyKey: string;
  /** Smaller is spent first. Left out: by source, what would lapse before what was paid for. */
  priority?: number | null | undefined;
  /** Why, for the ledger; at most 200 characters. */
  reason?: string | null | undefined;
  /** Where they come from. */
  source?: GrantSource | null | undefined;
  /** The workspace that gets the credits. */
  workspaceId: string;
};

/** Where credits came from. Sets the default order in which they are spent. */
export type GrantSource =
  /** A correction by the operator. */
  | 'ADJUSTMENT'
  /** The plan's allowance for a period. */
  | 'ALLOWANCE'
  /** Given away. */
  | 'PROMOTION'
  /** Bought. */
  | 'PURCHASE'
  /** Given to try the product. */
  | 'TRIAL';

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
  /** With an operator token only: the IP address that the customer called from, for the key's list of addresses. Needed when the key has such a list. */
  clientAddress?: string | null | undefined;
  /** The final price, instead of the operation's; no discount applies. */
  credits?: string | number | null | undefined;
  /** Your own unique text for this call: repeating it charges nothing twice. 1 to 255 printable ASCII characters. */
  idempotencyKey: string;
  /** Duration of the call in milliseconds. Not part of what an idempotency key stands for: a retry may measure another. */
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

/** What revokeApiKey needs. */
export type RevokeApiKeyInput = {
  /** The key to end. */
  apiKeyId: string;
};

/** What setOperation needs. */
export type SetOperationInput = {
  /** What the operation does; left out, it stays as it was. */
  description?: string | null | undefined;
  /** Lower-case words joined by dots, such as "search.people". */
  name: string;
  /** Credits for one unit. */
  price: string | number;
};

/** Which calls; all conditions must hold. */
export type UsageFilter = {
  /** Only calls of this key. */
  apiKeyId?: string | null | undefined;
  /** Only calls of keys that this member created. */
  memberId?: string | null | undefined;
  /** Only calls of this operation. */
  operation?: string | null | undefined;
  /** Only calls that ended so. */
  outcome?: Outcome | null | undefined;
  /** Only calls from this time on. */
  since?: string | null | undefined;
  /** Only calls with this label. */
  tag?: string | null | undefined;
  /** Only calls before this time. */
  until?: string | null | undefined;
};

export type ApiKeyFieldsFragment = { id: string, name: string, environment: Environment, scopes: Array<string>, state: ApiKeyState, prefix: string, lastFour: string, createdAt: string, expiresAt: string | null, revokedAt: string | null };

export type ApiKeyQueryVariables = Exact<{ [key: string]: never; }>;


export type ApiKeyQuery = { apiKey: ApiKeyFieldsFragment | null };

export type ApiKeysQueryVariables = Exact<{
  workspaceId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ApiKeysQuery = { workspace: { apiKeys: { edges: Array<{ node: ApiKeyFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type RevokeApiKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeApiKeyMutation = { revokeApiKey:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RevokeApiKeyPayload', apiKey: ApiKeyFieldsFragment }
   };

export type BalanceFieldsFragment = { available: string, held: string, total: string, seq: string };

export type BalanceQueryVariables = Exact<{
  workspaceId?: string | null | undefined;
}>;


export type BalanceQuery = { workspace: { balance: BalanceFieldsFragment } | null };

export type BalanceChangedSubscriptionVariables = Exact<{
  workspaceId?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type BalanceChangedSubscription = { balanceChanged:
    | { __typename: 'BalanceChange', seq: string, createdAt: string, balance: BalanceFieldsFragment }
    | { __typename: 'FeedReset', seq: string, balance: BalanceFieldsFragment }
    | { __typename: 'FeedSnapshot', seq: string, balance: BalanceFieldsFragment }
   };

export type GrantCreditsMutationVariables = Exact<{
  input: GrantCreditsInput;
}>;


export type GrantCreditsMutation = { grantCredits:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'GrantCreditsPayload', seq: string, replayed: boolean, balance: BalanceFieldsFragment, grant: { id: string, source: GrantSource, priority: number, amount: string, remaining: string, reason: string | null, createdAt: string } }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type OperationFieldsFragment = { name: string, description: string, price: string, updatedAt: string };

export type OperationsQueryVariables = Exact<{ [key: string]: never; }>;


export type OperationsQuery = { operations: Array<OperationFieldsFragment> };

export type SetOperationMutationVariables = Exact<{
  input: SetOperationInput;
}>;


export type SetOperationMutation = { setOperation:
    | { __typename: 'SetOperationPayload', operation: OperationFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type UsageEntryFieldsFragment = { id: string, seq: string, createdAt: string, operation: string | null, units: string | null, basePrice: string | null, discountPercent: number, price: string, credits: string, outcome: Outcome, declineReason: DeclineReason | null, environment: Environment, latencyMs: number | null, tag: string | null, metadata: Record<string, unknown> | null, availableAfter: string, apiKey: { id: string, name: string, lastFour: string } | null };

export type RecordUsageMutationVariables = Exact<{
  input: RecordUsageInput;
}>;


export type RecordUsageMutation = { recordUsage:
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'InsufficientCredits', required: string, available: string, seq: string, replayed: boolean, code: ErrorCode, message: string, path: Array<string>, balance: BalanceFieldsFragment }
    | { __typename: 'KeyLimitExceeded', period: CapPeriod, cap: string, spent: string, resetsAt: string | null, required: string, seq: string, replayed: boolean, code: ErrorCode, message: string, path: Array<string>, balance: BalanceFieldsFragment }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RecordUsagePayload', credits: string, seq: string, replayed: boolean, balance: BalanceFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type UsageQueryVariables = Exact<{
  workspaceId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: UsageFilter | null | undefined;
}>;


export type UsageQuery = { workspace: { usage: { edges: Array<{ node: UsageEntryFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type UsageRecordedSubscriptionVariables = Exact<{
  workspaceId?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type UsageRecordedSubscription = { usageRecorded:
    | { __typename: 'FeedBookmark', seq: string }
    | { __typename: 'FeedReset', seq: string }
    | { __typename: 'FeedSnapshot', seq: string }
    | { __typename: 'UsageChange', seq: string, usageEntry: UsageEntryFieldsFragment }
   };

export type WorkspaceFieldsFragment = { id: string, name: string, slug: string, createdAt: string };

export type WorkspaceQueryVariables = Exact<{
  id?: string | null | undefined;
  slug?: string | null | undefined;
}>;


export type WorkspaceQuery = { workspace: WorkspaceFieldsFragment | null };

export type WorkspacesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  search?: string | null | undefined;
}>;


export type WorkspacesQuery = { workspaces: { edges: Array<{ node: WorkspaceFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

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
export const ApiKeyFieldsFragmentDoc = new TypedDocumentString(`
    fragment ApiKeyFields on ApiKey {
  id
  name
  environment
  scopes
  state
  prefix
  lastFour
  createdAt
  expiresAt
  revokedAt
}
    `, {"fragmentName":"ApiKeyFields"}) as unknown as TypedDocumentString<ApiKeyFieldsFragment, unknown>;
export const BalanceFieldsFragmentDoc = new TypedDocumentString(`
    fragment BalanceFields on Balance {
  available
  held
  total
  seq
}
    `, {"fragmentName":"BalanceFields"}) as unknown as TypedDocumentString<BalanceFieldsFragment, unknown>;
export const OperationFieldsFragmentDoc = new TypedDocumentString(`
    fragment OperationFields on Operation {
  name
  description
  price
  updatedAt
}
    `, {"fragmentName":"OperationFields"}) as unknown as TypedDocumentString<OperationFieldsFragment, unknown>;
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
  apiKey {
    id
    name
    lastFour
  }
}
    `, {"fragmentName":"UsageEntryFields"}) as unknown as TypedDocumentString<UsageEntryFieldsFragment, unknown>;
export const WorkspaceFieldsFragmentDoc = new TypedDocumentString(`
    fragment WorkspaceFields on Workspace {
  id
  name
  slug
  createdAt
}
    `, {"fragmentName":"WorkspaceFields"}) as unknown as TypedDocumentString<WorkspaceFieldsFragment, unknown>;
export const ApiKeyDocument = new TypedDocumentString(`
    query ApiKey {
  apiKey {
    ...ApiKeyFields
  }
}
    fragment ApiKeyFields on ApiKey {
  id
  name
  environment
  scopes
  state
  prefix
  lastFour
  createdAt
  expiresAt
  revokedAt
}`) as unknown as TypedDocumentString<ApiKeyQuery, ApiKeyQueryVariables>;
export const ApiKeysDocument = new TypedDocumentString(`
    query ApiKeys($workspaceId: ID, $first: Int, $after: String) {
  workspace(id: $workspaceId) {
    apiKeys(first: $first, after: $after) {
      edges {
        node {
          ...ApiKeyFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment ApiKeyFields on ApiKey {
  id
  name
  environment
  scopes
  state
  prefix
  lastFour
  createdAt
  expiresAt
  revokedAt
}`) as unknown as TypedDocumentString<ApiKeysQuery, ApiKeysQueryVariables>;
export const RevokeApiKeyDocument = new TypedDocumentString(`
    mutation RevokeApiKey($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) {
    __typename
    ... on RevokeApiKeyPayload {
      apiKey {
        ...ApiKeyFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    fragment ApiKeyFields on ApiKey {
  id
  name
  environment
  scopes
  state
  prefix
  lastFour
  createdAt
  expiresAt
  revokedAt
}`) as unknown as TypedDocumentString<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>;
export const BalanceDocument = new TypedDocumentString(`
    query Balance($workspaceId: ID) {
  workspace(id: $workspaceId) {
    balance {
      ...BalanceFields
    }
  }
}
    fragment BalanceFields on Balance {
  available
  held
  total
  seq
}`) as unknown as TypedDocumentString<BalanceQuery, BalanceQueryVariables>;
export const BalanceChangedDocument = new TypedDocumentString(`
    subscription BalanceChanged($workspaceId: ID, $after: Seq) {
  balanceChanged(workspaceId: $workspaceId, after: $after) {
    __typename
    ... on FeedSnapshot {
      seq
      balance {
        ...BalanceFields
      }
    }
    ... on FeedReset {
      seq
      balance {
        ...BalanceFields
      }
    }
    ... on BalanceChange {
      seq
      createdAt
      balance {
        ...BalanceFields
      }
    }
  }
}
    fragment BalanceFields on Balance {
  available
  held
  total
  seq
}`) as unknown as TypedDocumentString<BalanceChangedSubscription, BalanceChangedSubscriptionVariables>;
export const GrantCreditsDocument = new TypedDocumentString(`
    mutation GrantCredits($input: GrantCreditsInput!) {
  grantCredits(input: $input) {
    __typename
    ... on GrantCreditsPayload {
      seq
      replayed
      balance {
        ...BalanceFields
      }
      grant {
        id
        source
        priority
        amount
        remaining
        reason
        createdAt
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
}`) as unknown as TypedDocumentString<GrantCreditsMutation, GrantCreditsMutationVariables>;
export const OperationsDocument = new TypedDocumentString(`
    query Operations {
  operations {
    ...OperationFields
  }
}
    fragment OperationFields on Operation {
  name
  description
  price
  updatedAt
}`) as unknown as TypedDocumentString<OperationsQuery, OperationsQueryVariables>;
export const SetOperationDocument = new TypedDocumentString(`
    mutation SetOperation($input: SetOperationInput!) {
  setOperation(input: $input) {
    __typename
    ... on SetOperationPayload {
      operation {
        ...OperationFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    fragment OperationFields on Operation {
  name
  description
  price
  updatedAt
}`) as unknown as TypedDocumentString<SetOperationMutation, SetOperationMutationVariables>;
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
    }
    ... on InsufficientCredits {
      required
      available
      seq
      replayed
      balance {
        ...BalanceFields
      }
    }
    ... on KeyLimitExceeded {
      period
      cap
      spent
      resetsAt
      required
      seq
      replayed
      balance {
        ...BalanceFields
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
  apiKey {
    id
    name
    lastFour
  }
}`) as unknown as TypedDocumentString<UsageQuery, UsageQueryVariables>;
export const UsageRecordedDocument = new TypedDocumentString(`
    subscription UsageRecorded($workspaceId: ID, $after: Seq) {
  usageRecorded(workspaceId: $workspaceId, after: $after) {
    __typename
    ... on FeedSnapshot {
      seq
    }
    ... on FeedBookmark {
      seq
    }
    ... on FeedReset {
      seq
    }
    ... on UsageChange {
      seq
      usageEntry {
        ...UsageEntryFields
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
  apiKey {
    id
    name
    lastFour
  }
}`) as unknown as TypedDocumentString<UsageRecordedSubscription, UsageRecordedSubscriptionVariables>;
export const WorkspaceDocument = new TypedDocumentString(`
    query Workspace($id: ID, $slug: String) {
  workspace(id: $id, slug: $slug) {
    ...WorkspaceFields
  }
}
    fragment WorkspaceFields on Workspace {
  id
  name
  slug
  createdAt
}`) as unknown as TypedDocumentString<WorkspaceQuery, WorkspaceQueryVariables>;
export const WorkspacesDocument = new TypedDocumentString(`
    query Workspaces($first: Int, $after: String, $search: String) {
  workspaces(first: $first, after: $after, search: $search) {
    edges {
      node {
        ...WorkspaceFields
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment WorkspaceFields on Workspace {
  id
  name
  slug
  createdAt
}`) as unknown as TypedDocumentString<WorkspacesQuery, WorkspacesQueryVariables>;