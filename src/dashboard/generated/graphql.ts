/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
import { gql } from '@urql/core';
/** What acceptInvitation needs. */
export type AcceptInvitationInput = {
  /** The end of the link in the mail. */
  token: string;
};

/** What kind of caller changed something. */
export type ActorKind =
  /** An API key of the workspace. */
  | 'API_KEY'
  /** The company that runs this service. */
  | 'OPERATOR'
  /** Nobody: the service itself, such as a job. */
  | 'SYSTEM'
  /** A signed-in user. */
  | 'USER';

/** A cap on what a key spends. */
export type ApiKeyCapInput = {
  /** The most that it may spend in one; above 0. */
  credits: string | number;
  /** The window it is counted in. */
  period: CapPeriod;
};

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

/** Which events to list; all conditions must hold. */
export type AuditLogFilter = {
  /** Only what this user, API key or operator token did. */
  actorId?: string | null | undefined;
  /** From this moment on. */
  since?: string | null | undefined;
  /** Only changes of this object. */
  targetId?: string | null | undefined;
  /** Only events of this type, such as "api_key.revoked". */
  type?: string | null | undefined;
  /** Before this moment. */
  until?: string | null | undefined;
};

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

/** What changeMemberRole needs. */
export type ChangeMemberRoleInput = {
  /** The member, such as "mem_...". */
  memberId: string;
  /** The new role, at most your own. */
  role: Role;
};

/** What createApiKey needs. */
export type CreateApiKeyInput = {
  /** The ranges it may be used from, at most 50, such as "203.0.113.0/24" or "2001:db8::/32"; left out: anywhere. */
  allowedAddresses?: Array<string> | null | undefined;
  /** Its caps, each period at most once; left out: none. */
  caps?: Array<ApiKeyCapInput> | null | undefined;
  /** What the key is for; left out: LIVE, or that of the key that makes it. */
  environment?: Environment | null | undefined;
  /** When it stops working by itself; left out: never. */
  expiresAt?: string | null | undefined;
  /** Your own unique text for this request: repeating it creates nothing twice. */
  idempotencyKey: string;
  /** Name that people see, 1 to 80 characters. */
  name: string;
  /** The most requests in a minute, at most 1000000; left out: no limit below the plan's. */
  requestsPerMinute?: number | null | undefined;
  /** What it may do, of: usage:write, usage:read, holds:write, balance:read, keys:read, keys:write, members:read, audit:read, activity:read, inboxes:read, inboxes:write, alerts:read, alerts:write, webhooks:read, webhooks:write, integrations:read, integrations:write. Left out: usage:write, usage:read, balance:read. */
  scopes?: Array<string> | null | undefined;
  /** The workspace it will belong to for ever; an API key may leave its own out. */
  workspaceId?: string | null | undefined;
};

/** What createWorkspace needs. */
export type CreateWorkspaceInput = {
  /** Your own unique text for this request: repeating it creates nothing twice. */
  idempotencyKey: string;
  /** Name that people see, 1 to 80 characters. */
  name: string;
};

/** Why a call was declined. */
export type DeclineReason =
  /** The balance did not cover the price. */
  | 'INSUFFICIENT_CREDITS'
  /** The call would have broken a cap of the key. */
  | 'KEY_LIMIT_EXCEEDED';

/** What deleteWorkspace needs. */
export type DeleteWorkspaceInput = {
  /** Its name, typed to confirm. */
  name: string;
  /** The workspace to delete. */
  workspaceId: string;
};

/** What a ledger entry was. */
export type EntryKind =
  /** A correction by the operator, up or down. */
  | 'ADJUSTMENT'
  /** A metered call that a hold paid for. */
  | 'CAPTURE'
  /** What was left of a grant when its time came. */
  | 'EXPIRY'
  /** Credits came in. */
  | 'GRANT'
  /** Credits were set aside: from available to held. */
  | 'HOLD'
  /** A call was given back, whole or in part. */
  | 'REFUND'
  /** What a hold still held went back to available. */
  | 'RELEASE'
  /** A metered call: takes from what is available. */
  | 'USAGE'
  /** A grant was ended: what was left of it was taken away. */
  | 'VOID';

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

/** What inviteMember needs. */
export type InviteMemberInput = {
  /** The address to invite; only who signs in with it can accept. */
  email: string;
  /** Your own unique text for this request: repeating it creates nothing twice. */
  idempotencyKey: string;
  /** What they may do, at most your own role. */
  role?: Role | null | undefined;
  /** The workspace to invite to. */
  workspaceId: string;
};

/** What leaveWorkspace needs. */
export type LeaveWorkspaceInput = {
  /** The workspace to leave. */
  workspaceId: string;
};

/** How a metered call ended. Only SUCCEEDED is ever charged. */
export type Outcome =
  /** The credits did not allow it; nothing was taken. */
  | 'DECLINED'
  /** The work failed; logged and charged 0. */
  | 'FAILED'
  /** The work was done. */
  | 'SUCCEEDED';

/** What removeMember needs. */
export type RemoveMemberInput = {
  /** The member, such as "mem_...". */
  memberId: string;
};

/** What renameWorkspace needs. */
export type RenameWorkspaceInput = {
  /** The new name, 1 to 80 characters. */
  name: string;
  /** The workspace to rename. */
  workspaceId: string;
};

/** What resendInvitation needs. */
export type ResendInvitationInput = {
  /** The open invitation. */
  invitationId: string;
};

/** What restoreWorkspace needs. */
export type RestoreWorkspaceInput = {
  /** The deleted workspace. */
  workspaceId: string;
};

/** What revokeApiKey needs. */
export type RevokeApiKeyInput = {
  /** The key to end. */
  apiKeyId: string;
};

/** What revokeInvitation needs. */
export type RevokeInvitationInput = {
  /** The open invitation. */
  invitationId: string;
};

/** What revokeOtherSessions needs. */
export type RevokeOtherSessionsInput = {
  /** The session that stays, usually the current one. */
  keepSessionId: string;
};

/** What revokeSession needs. */
export type RevokeSessionInput = {
  /** The session to end. */
  sessionId: string;
};

/** What a member may do in a workspace. */
export type Role =
  /** Everything but that; may not touch an OWNER. */
  | 'ADMIN'
  /** API keys, webhooks, integrations, alerts; sees everything. */
  | 'MEMBER'
  /** Everything, including deleting and transferring the workspace. */
  | 'OWNER'
  /** Sees everything, changes nothing. */
  | 'VIEWER';

/** What rotateApiKey needs. */
export type RotateApiKeyInput = {
  /** The key that gets a new secret. */
  apiKeyId: string;
  /** Your own unique text for this request: repeating it rotates nothing twice. */
  idempotencyKey: string;
  /** How long the secret until now goes on working. One that still works from an earlier rotation ends at once. */
  overlap?: RotationOverlap | null | undefined;
};

/** How long the old secret goes on working after a rotation. */
export type RotationOverlap =
  /** It ends at once, for a secret that leaked. */
  | 'NONE'
  /** 24 hours. */
  | 'ONE_DAY'
  /** One hour. */
  | 'ONE_HOUR'
  /** Seven days. */
  | 'SEVEN_DAYS';

/** How far a runway is to be trusted. */
export type RunwayConfidence =
  /** There were calls in at least twelve hours of the last day, and the last week went on at about the same rate. */
  | 'HIGH'
  /** There were calls in few hours of the last day: the rate may be chance. */
  | 'LOW'
  /** There were calls in at least four hours of the last day. */
  | 'MEDIUM';

/** From when to when. Widened to whole buckets. */
export type TimeRange = {
  /** Where it begins. */
  since: string;
  /** Where it ends, exclusive; left out: now. */
  until?: string | null | undefined;
};

/** What transferWorkspace needs. */
export type TransferWorkspaceInput = {
  /** The member who becomes OWNER. */
  memberId: string;
  /** The workspace to hand over. */
  workspaceId: string;
};

/** What updateApiKey needs. What is left out stays as it is. */
export type UpdateApiKeyInput = {
  /** All ranges it may be used from, such as "203.0.113.0/24" or "2001:db8::/32"; null for anywhere. */
  allowedAddresses?: Array<string> | null | undefined;
  /** The key to change. */
  apiKeyId: string;
  /** All its caps, each period at most once; null for none. What it spent before counts. */
  caps?: Array<ApiKeyCapInput> | null | undefined;
  /** True: it is refused everywhere, until it is false again. */
  disabled?: boolean | null | undefined;
  /** When it stops working by itself; null for never. */
  expiresAt?: string | null | undefined;
  /** Name that people see, 1 to 80 characters. */
  name?: string | null | undefined;
  /** The most requests in a minute; null for no limit below the plan’s. */
  requestsPerMinute?: number | null | undefined;
  /** All that it may do, of: usage:write, usage:read, holds:write, balance:read, keys:read, keys:write, members:read, audit:read, activity:read, inboxes:read, inboxes:write, alerts:read, alerts:write, webhooks:read, webhooks:write, integrations:read, integrations:write. */
  scopes?: Array<string> | null | undefined;
};

/** How long a bucket of a summary is, as clocks in its time zone show it. */
export type UsageBucket =
  /** From midnight to midnight; 23 or 25 hours where clocks are changed. */
  | 'DAY'
  /** An hour; one that comes twice when clocks are set back is two. */
  | 'HOUR'
  /** A calendar month. */
  | 'MONTH'
  /** Fifteen minutes. */
  | 'QUARTER_HOUR'
  /** From Monday to Sunday. */
  | 'WEEK';

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

/** What calls are put together by. */
export type UsageGrouping =
  /** The API key that made the call. */
  | 'KEY'
  /** The member who created the key. */
  | 'MEMBER'
  /** The priced operation. */
  | 'OPERATION'
  /** How the call ended. */
  | 'OUTCOME'
  /** The caller's own label. A calendar month (UTC) tells 1000 labels apart; further ones come together. */
  | 'TAG';

export type ActivitySubscriptionVariables = Exact<{
  workspaceId: string;
  after?: string | null | undefined;
}>;


export type ActivitySubscription = { activity:
    | { __typename: 'ActivityChange', cursor: string, type: string }
    | { __typename: 'FeedReset', cursor: string }
    | { __typename: 'FeedSnapshot', cursor: string }
   };

export type ApiKeyFieldsFragment = { id: string, name: string, prefix: string, lastFour: string, state: ApiKeyState, environment: Environment, scopes: Array<string>, effectiveScopes: Array<string>, allowedAddresses: Array<string>, requestsPerMinute: number | null, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, revokedAt: string | null, creatorHasLeft: boolean, createdBy: { id: string, user: { id: string, name: string } } | null, parent: { id: string, name: string } | null, caps: Array<{ period: CapPeriod, credits: string, spent: string, remaining: string, resetsAt: string | null }>, previousSecret: { lastFour: string, expiresAt: string | null, lastUsedAt: string | null } | null };

export type ApiKeysQueryVariables = Exact<{
  workspaceId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ApiKeysQuery = { workspace: { id: string, apiKeys: { edges: Array<{ node: ApiKeyFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'CreateApiKeyPayload', secret: string | null, replayed: boolean, apiKey: ApiKeyFieldsFragment }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type UpdateApiKeyMutationVariables = Exact<{
  input: UpdateApiKeyInput;
}>;


export type UpdateApiKeyMutation = { updateApiKey:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'UpdateApiKeyPayload', apiKey: ApiKeyFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type RotateApiKeyMutationVariables = Exact<{
  input: RotateApiKeyInput;
}>;


export type RotateApiKeyMutation = { rotateApiKey:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RotateApiKeyPayload', secret: string | null, replayed: boolean, apiKey: ApiKeyFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type RevokeApiKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeApiKeyMutation = { revokeApiKey:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RevokeApiKeyPayload', apiKey: ApiKeyFieldsFragment }
   };

export type AuditLogQueryVariables = Exact<{
  workspaceId: string;
  filter?: AuditLogFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type AuditLogQuery = { workspace: { id: string, auditLog: { edges: Array<{ node: { id: string, number: string, type: string, createdAt: string, address: string | null, targetId: string | null, before: Record<string, unknown> | null, after: Record<string, unknown> | null, actor: { id: string | null, kind: ActorKind, name: string | null } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type GrantFieldsFragment = { id: string, amount: string, remaining: string, held: string, spent: string, expired: string, source: GrantSource, reason: string | null, createdAt: string, expiresAt: string | null, voidedAt: string | null };

export type BillingQueryVariables = Exact<{
  workspaceId: string;
}>;


export type BillingQuery = { workspace: { id: string, timeZone: string, balance: BalanceFieldsFragment, plan: { name: string, discountPercent: number, monthlyAllowance: string, requestsPerMinute: number }, runway: { hours: number, emptiesAt: string, creditsPerHour: string, confidence: RunwayConfidence } | null } | null };

export type GrantsQueryVariables = Exact<{
  workspaceId: string;
  open?: boolean | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type GrantsQuery = { workspace: { id: string, grants: { edges: Array<{ node: GrantFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type HoldsQueryVariables = Exact<{
  workspaceId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type HoldsQuery = { workspace: { id: string, holds: { edges: Array<{ node: { id: string, amount: string, captured: string, released: string, remaining: string, operation: string | null, tag: string | null, environment: Environment, createdAt: string, expiresAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type EntryFieldsFragment = { seq: string, kind: EntryKind, outcome: Outcome, credits: string, createdAt: string, availableBefore: string, availableAfter: string, heldBefore: string, heldAfter: string, reason: string | null, refSeq: string | null, actorKind: ActorKind, actorId: string | null, usageEntry: { id: string, seq: string, operation: string | null, tag: string | null, apiKey: { id: string, name: string, lastFour: string } | null } | null };

export type LedgerQueryVariables = Exact<{
  workspaceId: string;
  kinds?: Array<EntryKind> | EntryKind | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type LedgerQuery = { workspace: { id: string, ledger: { edges: Array<{ node: EntryFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type LedgerEntryQueryVariables = Exact<{
  workspaceId: string;
  seq: string;
}>;


export type LedgerEntryQuery = { workspace: { id: string, ledgerEntry: (
      { draws: Array<{ credits: string, grant: { id: string, source: GrantSource, reason: string | null, expiresAt: string | null } }>, usageEntry: (
        { basePrice: string | null, discountPercent: number, exactPrice: string, metadata: Record<string, unknown> | null }
        & CallFieldsFragment
      ) | null }
      & EntryFieldsFragment
    ) | null } | null };

export type MemberFieldsFragment = { id: string, role: Role, createdAt: string, user: { id: string, name: string, email: string } };

export type InvitationFieldsFragment = { id: string, email: string, role: Role, createdAt: string, expiresAt: string, invitedBy: { id: string, user: { id: string, name: string } } };

export type MembersQueryVariables = Exact<{
  workspaceId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type MembersQuery = { workspace: { id: string, members: { edges: Array<{ node: MemberFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type InvitationsQueryVariables = Exact<{
  workspaceId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type InvitationsQuery = { workspace: { id: string, invitations: { edges: Array<{ node: InvitationFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type InviteMemberMutationVariables = Exact<{
  input: InviteMemberInput;
}>;


export type InviteMemberMutation = { inviteMember:
    | { __typename: 'AlreadyMember', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'InviteMemberPayload', mailed: boolean, invitation: InvitationFieldsFragment }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type ResendInvitationMutationVariables = Exact<{
  input: ResendInvitationInput;
}>;


export type ResendInvitationMutation = { resendInvitation:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ResendInvitationPayload', mailed: boolean, invitation: InvitationFieldsFragment }
   };

export type RevokeInvitationMutationVariables = Exact<{
  input: RevokeInvitationInput;
}>;


export type RevokeInvitationMutation = { revokeInvitation:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RevokeInvitationPayload', invitation: { id: string } }
   };

export type AcceptInvitationMutationVariables = Exact<{
  input: AcceptInvitationInput;
}>;


export type AcceptInvitationMutation = { acceptInvitation:
    | { __typename: 'AcceptInvitationPayload', workspace: WorkspaceFieldsFragment | null }
    | { __typename: 'InvitationExpired', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
   };

export type ChangeMemberRoleMutationVariables = Exact<{
  input: ChangeMemberRoleInput;
}>;


export type ChangeMemberRoleMutation = { changeMemberRole:
    | { __typename: 'ChangeMemberRolePayload', member: MemberFieldsFragment }
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
   };

export type RemoveMemberMutationVariables = Exact<{
  input: RemoveMemberInput;
}>;


export type RemoveMemberMutation = { removeMember:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RemoveMemberPayload', member: { id: string, removedAt: string | null } }
   };

export type LeaveWorkspaceMutationVariables = Exact<{
  input: LeaveWorkspaceInput;
}>;


export type LeaveWorkspaceMutation = { leaveWorkspace:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'LeaveWorkspacePayload', workspaceId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
   };

export type OverviewQueryVariables = Exact<{
  workspaceId: string;
  timeZone: string;
}>;


export type OverviewQuery = { workspace: { id: string, balance: BalanceFieldsFragment, spending: { today: string, lastSevenDays: string, thisMonth: string }, runway: { hours: number, emptiesAt: string, creditsPerHour: string, confidence: RunwayConfidence } | null } | null };

export type TopKeysQueryVariables = Exact<{
  workspaceId: string;
  range: TimeRange;
  timeZone: string;
}>;


export type TopKeysQuery = { workspace: { id: string, createdAt: string, usageSummary: { since: string, until: string, buckets: Array<string>, total: TotalsFieldsFragment, series: { calls: Array<number>, credits: Array<string> }, groups: Array<{ value: string | null, isOther: boolean, total: TotalsFieldsFragment, series: { calls: Array<number>, credits: Array<string> }, apiKey: { id: string, name: string, prefix: string, lastFour: string, caps: Array<{ period: CapPeriod, credits: string, spent: string }> } | null }> } } | null };

export type FirstStepsQueryVariables = Exact<{
  workspaceId: string;
}>;


export type FirstStepsQuery = { workspace: { id: string, apiKeys: { edges: Array<{ node: { id: string } }> }, usage: { edges: Array<{ node: CallFieldsFragment }> }, grants: { edges: Array<{ node: { id: string } }> }, members: { edges: Array<{ node: { id: string } }> }, invitations: { edges: Array<{ node: { id: string } }> } } | null };

export type SessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionsQuery = { viewer: { id: string, sessions: Array<{ id: string, createdAt: string, expiresAt: string, address: string | null, userAgent: string | null, current: boolean }> | null } | null };

export type RevokeSessionMutationVariables = Exact<{
  input: RevokeSessionInput;
}>;


export type RevokeSessionMutation = { revokeSession:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RevokeSessionPayload', sessionId: string }
   };

export type RevokeOtherSessionsMutationVariables = Exact<{
  input: RevokeOtherSessionsInput;
}>;


export type RevokeOtherSessionsMutation = { revokeOtherSessions:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RevokeOtherSessionsPayload', sessionIds: Array<string> }
   };

export type CallFieldsFragment = { id: string, seq: string, createdAt: string, operation: string | null, units: string | null, credits: string, price: string, outcome: Outcome, declineReason: DeclineReason | null, environment: Environment, latencyMs: number | null, tag: string | null, apiKey: { id: string, name: string, prefix: string, lastFour: string } | null };

export type CallsQueryVariables = Exact<{
  workspaceId: string;
  filter?: UsageFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type CallsQuery = { workspace: { id: string, usage: { edges: Array<{ node: CallFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type UsageRecordedSubscriptionVariables = Exact<{
  workspaceId: string;
  filter?: UsageFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type UsageRecordedSubscription = { usageRecorded:
    | { __typename: 'FeedReset', seq: string }
    | { __typename: 'FeedSnapshot', seq: string }
    | { __typename: 'UsageChange', seq: string, usageEntry: CallFieldsFragment }
   };

export type TotalsFieldsFragment = { calls: number, credits: string, refunded: string, spent: string };

export type UsageSummaryQueryVariables = Exact<{
  workspaceId: string;
  range: TimeRange;
  bucket: UsageBucket;
  groupBy: UsageGrouping;
  timeZone: string;
  environment: Environment;
  filter?: UsageFilter | null | undefined;
}>;


export type UsageSummaryQuery = { workspace: { id: string, createdAt: string, usageSummary: { since: string, until: string, buckets: Array<string>, previousSince: string, total: TotalsFieldsFragment, previous: TotalsFieldsFragment, series: { calls: Array<number>, credits: Array<string> }, groups: Array<{ value: string | null, isOther: boolean, apiKey: { id: string, name: string, lastFour: string } | null, member: { id: string, user: { id: string, name: string } } | null, total: TotalsFieldsFragment, previous: TotalsFieldsFragment, series: { calls: Array<number>, credits: Array<string> } }> } } | null };

export type UsageBeforeQueryVariables = Exact<{
  workspaceId: string;
  range: TimeRange;
  bucket: UsageBucket;
  groupBy: UsageGrouping;
  timeZone: string;
  environment: Environment;
  filter?: UsageFilter | null | undefined;
}>;


export type UsageBeforeQuery = { workspace: { id: string, usageSummary: { since: string, buckets: Array<string>, series: { calls: Array<number>, credits: Array<string> } } } | null };

export type FilterChoicesQueryVariables = Exact<{
  workspaceId: string;
}>;


export type FilterChoicesQuery = { operations: Array<{ name: string }>, workspace: { id: string, apiKeys: { edges: Array<{ node: { id: string, name: string, lastFour: string } }> }, members: { edges: Array<{ node: { id: string, user: { id: string, name: string } } }> } } | null };

export type RenameWorkspaceMutationVariables = Exact<{
  input: RenameWorkspaceInput;
}>;


export type RenameWorkspaceMutation = { renameWorkspace:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RenameWorkspacePayload', workspace: WorkspaceFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type TransferWorkspaceMutationVariables = Exact<{
  input: TransferWorkspaceInput;
}>;


export type TransferWorkspaceMutation = { transferWorkspace:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'TransferWorkspacePayload', workspace: WorkspaceFieldsFragment }
   };

export type DeleteWorkspaceMutationVariables = Exact<{
  input: DeleteWorkspaceInput;
}>;


export type DeleteWorkspaceMutation = { deleteWorkspace:
    | { __typename: 'DeleteWorkspacePayload', deletedWorkspace: { id: string, name: string, erasesAt: string } }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type RestoreWorkspaceMutationVariables = Exact<{
  input: RestoreWorkspaceInput;
}>;


export type RestoreWorkspaceMutation = { restoreWorkspace:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RestoreWorkspacePayload', workspace: WorkspaceFieldsFragment }
   };

export type BalanceFieldsFragment = { available: string, held: string, total: string, seq: string };

export type WorkspaceFieldsFragment = { id: string, name: string, slug: string, viewerRole: Role | null, createdAt: string, lowBalanceThreshold: string | null, balance: BalanceFieldsFragment };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { id: string, name: string, email: string, emailVerified: boolean | null, twoFactorEnabled: boolean | null, workspaces: Array<WorkspaceFieldsFragment>, deletedWorkspaces: Array<{ id: string, name: string, slug: string, deletedAt: string, erasesAt: string }> } | null };

export type WorkspaceBySlugQueryVariables = Exact<{
  slug: string;
}>;


export type WorkspaceBySlugQuery = { workspace: WorkspaceFieldsFragment | null };

export type CreateWorkspaceMutationVariables = Exact<{
  input: CreateWorkspaceInput;
}>;


export type CreateWorkspaceMutation = { createWorkspace:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'CreateWorkspacePayload', workspace: WorkspaceFieldsFragment }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type BalanceChangedSubscriptionVariables = Exact<{
  workspaceId: string;
  after?: string | null | undefined;
}>;


export type BalanceChangedSubscription = { balanceChanged:
    | { __typename: 'BalanceChange', seq: string, balance: BalanceFieldsFragment }
    | { __typename: 'FeedReset', seq: string, balance: BalanceFieldsFragment }
    | { __typename: 'FeedSnapshot', seq: string, balance: BalanceFieldsFragment }
   };

export const ApiKeyFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment ApiKeyFields on ApiKey {
  id
  name
  prefix
  lastFour
  state
  environment
  scopes
  effectiveScopes
  allowedAddresses
  requestsPerMinute
  createdAt
  expiresAt
  lastUsedAt
  revokedAt
  creatorHasLeft
  createdBy {
    id
    user {
      id
      name
    }
  }
  parent {
    id
    name
  }
  caps {
    period
    credits
    spent
    remaining
    resetsAt
  }
  previousSecret {
    lastFour
    expiresAt
    lastUsedAt
  }
}
    ` as unknown as DocumentNode<ApiKeyFieldsFragment, unknown>;
export const GrantFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment GrantFields on CreditGrant {
  id
  amount
  remaining
  held
  spent
  expired
  source
  reason
  createdAt
  expiresAt
  voidedAt
}
    ` as unknown as DocumentNode<GrantFieldsFragment, unknown>;
export const EntryFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment EntryFields on LedgerEntry {
  seq
  kind
  outcome
  credits
  createdAt
  availableBefore
  availableAfter
  heldBefore
  heldAfter
  reason
  refSeq
  actorKind
  actorId
  usageEntry {
    id
    seq
    operation
    tag
    apiKey {
      id
      name
      lastFour
    }
  }
}
    ` as unknown as DocumentNode<EntryFieldsFragment, unknown>;
export const MemberFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment MemberFields on Member {
  id
  role
  createdAt
  user {
    id
    name
    email
  }
}
    ` as unknown as DocumentNode<MemberFieldsFragment, unknown>;
export const InvitationFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment InvitationFields on Invitation {
  id
  email
  role
  createdAt
  expiresAt
  invitedBy {
    id
    user {
      id
      name
    }
  }
}
    ` as unknown as DocumentNode<InvitationFieldsFragment, unknown>;
export const CallFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment CallFields on UsageEntry {
  id
  seq
  createdAt
  operation
  units
  credits
  price
  outcome
  declineReason
  environment
  latencyMs
  tag
  apiKey {
    id
    name
    prefix
    lastFour
  }
}
    ` as unknown as DocumentNode<CallFieldsFragment, unknown>;
export const TotalsFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment TotalsFields on UsageTotals {
  calls
  credits
  refunded
  spent
}
    ` as unknown as DocumentNode<TotalsFieldsFragment, unknown>;
export const BalanceFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment BalanceFields on Balance {
  available
  held
  total
  seq
}
    ` as unknown as DocumentNode<BalanceFieldsFragment, unknown>;
export const WorkspaceFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment WorkspaceFields on Workspace {
  id
  name
  slug
  viewerRole
  createdAt
  balance {
    ...BalanceFields
  }
  lowBalanceThreshold
}
    ` as unknown as DocumentNode<WorkspaceFieldsFragment, unknown>;
export const ActivityDocument = /*#__PURE__*/ gql`
    subscription Activity($workspaceId: ID!, $after: String) {
  activity(workspaceId: $workspaceId, after: $after) {
    __typename
    ... on FeedSnapshot {
      cursor
    }
    ... on ActivityChange {
      cursor
      type
    }
    ... on FeedReset {
      cursor
    }
  }
}
    ` as unknown as DocumentNode<ActivitySubscription, ActivitySubscriptionVariables>;
export const ApiKeysDocument = /*#__PURE__*/ gql`
    query ApiKeys($workspaceId: ID!, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
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
    ${ApiKeyFieldsFragmentDoc}` as unknown as DocumentNode<ApiKeysQuery, ApiKeysQueryVariables>;
export const CreateApiKeyDocument = /*#__PURE__*/ gql`
    mutation CreateApiKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    __typename
    ... on CreateApiKeyPayload {
      secret
      replayed
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
    ${ApiKeyFieldsFragmentDoc}` as unknown as DocumentNode<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const UpdateApiKeyDocument = /*#__PURE__*/ gql`
    mutation UpdateApiKey($input: UpdateApiKeyInput!) {
  updateApiKey(input: $input) {
    __typename
    ... on UpdateApiKeyPayload {
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
    ${ApiKeyFieldsFragmentDoc}` as unknown as DocumentNode<UpdateApiKeyMutation, UpdateApiKeyMutationVariables>;
export const RotateApiKeyDocument = /*#__PURE__*/ gql`
    mutation RotateApiKey($input: RotateApiKeyInput!) {
  rotateApiKey(input: $input) {
    __typename
    ... on RotateApiKeyPayload {
      secret
      replayed
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
    ${ApiKeyFieldsFragmentDoc}` as unknown as DocumentNode<RotateApiKeyMutation, RotateApiKeyMutationVariables>;
export const RevokeApiKeyDocument = /*#__PURE__*/ gql`
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
    ${ApiKeyFieldsFragmentDoc}` as unknown as DocumentNode<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>;
export const AuditLogDocument = /*#__PURE__*/ gql`
    query AuditLog($workspaceId: ID!, $filter: AuditLogFilter, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    auditLog(filter: $filter, first: $first, after: $after) {
      edges {
        node {
          id
          number
          type
          createdAt
          address
          targetId
          before
          after
          actor {
            id
            kind
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ` as unknown as DocumentNode<AuditLogQuery, AuditLogQueryVariables>;
export const BillingDocument = /*#__PURE__*/ gql`
    query Billing($workspaceId: ID!) {
  workspace(id: $workspaceId) {
    id
    balance {
      ...BalanceFields
    }
    plan {
      name
      discountPercent
      monthlyAllowance
      requestsPerMinute
    }
    timeZone
    runway {
      hours
      emptiesAt
      creditsPerHour
      confidence
    }
  }
}
    ${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<BillingQuery, BillingQueryVariables>;
export const GrantsDocument = /*#__PURE__*/ gql`
    query Grants($workspaceId: ID!, $open: Boolean, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    grants(open: $open, first: $first, after: $after) {
      edges {
        node {
          ...GrantFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ${GrantFieldsFragmentDoc}` as unknown as DocumentNode<GrantsQuery, GrantsQueryVariables>;
export const HoldsDocument = /*#__PURE__*/ gql`
    query Holds($workspaceId: ID!, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    holds(state: OPEN, first: $first, after: $after) {
      edges {
        node {
          id
          amount
          captured
          released
          remaining
          operation
          tag
          environment
          createdAt
          expiresAt
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ` as unknown as DocumentNode<HoldsQuery, HoldsQueryVariables>;
export const LedgerDocument = /*#__PURE__*/ gql`
    query Ledger($workspaceId: ID!, $kinds: [EntryKind!], $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    ledger(kinds: $kinds, first: $first, after: $after) {
      edges {
        node {
          ...EntryFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ${EntryFieldsFragmentDoc}` as unknown as DocumentNode<LedgerQuery, LedgerQueryVariables>;
export const LedgerEntryDocument = /*#__PURE__*/ gql`
    query LedgerEntry($workspaceId: ID!, $seq: Seq!) {
  workspace(id: $workspaceId) {
    id
    ledgerEntry(seq: $seq) {
      ...EntryFields
      draws {
        credits
        grant {
          id
          source
          reason
          expiresAt
        }
      }
      usageEntry {
        ...CallFields
        basePrice
        discountPercent
        exactPrice
        metadata
      }
    }
  }
}
    ${EntryFieldsFragmentDoc}
${CallFieldsFragmentDoc}` as unknown as DocumentNode<LedgerEntryQuery, LedgerEntryQueryVariables>;
export const MembersDocument = /*#__PURE__*/ gql`
    query Members($workspaceId: ID!, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    members(first: $first, after: $after) {
      edges {
        node {
          ...MemberFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ${MemberFieldsFragmentDoc}` as unknown as DocumentNode<MembersQuery, MembersQueryVariables>;
export const InvitationsDocument = /*#__PURE__*/ gql`
    query Invitations($workspaceId: ID!, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    invitations(first: $first, after: $after) {
      edges {
        node {
          ...InvitationFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ${InvitationFieldsFragmentDoc}` as unknown as DocumentNode<InvitationsQuery, InvitationsQueryVariables>;
export const InviteMemberDocument = /*#__PURE__*/ gql`
    mutation InviteMember($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    __typename
    ... on InviteMemberPayload {
      mailed
      invitation {
        ...InvitationFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${InvitationFieldsFragmentDoc}` as unknown as DocumentNode<InviteMemberMutation, InviteMemberMutationVariables>;
export const ResendInvitationDocument = /*#__PURE__*/ gql`
    mutation ResendInvitation($input: ResendInvitationInput!) {
  resendInvitation(input: $input) {
    __typename
    ... on ResendInvitationPayload {
      mailed
      invitation {
        ...InvitationFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${InvitationFieldsFragmentDoc}` as unknown as DocumentNode<ResendInvitationMutation, ResendInvitationMutationVariables>;
export const RevokeInvitationDocument = /*#__PURE__*/ gql`
    mutation RevokeInvitation($input: RevokeInvitationInput!) {
  revokeInvitation(input: $input) {
    __typename
    ... on RevokeInvitationPayload {
      invitation {
        id
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<RevokeInvitationMutation, RevokeInvitationMutationVariables>;
export const AcceptInvitationDocument = /*#__PURE__*/ gql`
    mutation AcceptInvitation($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) {
    __typename
    ... on AcceptInvitationPayload {
      workspace {
        ...WorkspaceFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${WorkspaceFieldsFragmentDoc}
${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<AcceptInvitationMutation, AcceptInvitationMutationVariables>;
export const ChangeMemberRoleDocument = /*#__PURE__*/ gql`
    mutation ChangeMemberRole($input: ChangeMemberRoleInput!) {
  changeMemberRole(input: $input) {
    __typename
    ... on ChangeMemberRolePayload {
      member {
        ...MemberFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${MemberFieldsFragmentDoc}` as unknown as DocumentNode<ChangeMemberRoleMutation, ChangeMemberRoleMutationVariables>;
export const RemoveMemberDocument = /*#__PURE__*/ gql`
    mutation RemoveMember($input: RemoveMemberInput!) {
  removeMember(input: $input) {
    __typename
    ... on RemoveMemberPayload {
      member {
        id
        removedAt
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<RemoveMemberMutation, RemoveMemberMutationVariables>;
export const LeaveWorkspaceDocument = /*#__PURE__*/ gql`
    mutation LeaveWorkspace($input: LeaveWorkspaceInput!) {
  leaveWorkspace(input: $input) {
    __typename
    ... on LeaveWorkspacePayload {
      workspaceId
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<LeaveWorkspaceMutation, LeaveWorkspaceMutationVariables>;
export const OverviewDocument = /*#__PURE__*/ gql`
    query Overview($workspaceId: ID!, $timeZone: String!) {
  workspace(id: $workspaceId) {
    id
    balance {
      ...BalanceFields
    }
    spending(timeZone: $timeZone) {
      today
      lastSevenDays
      thisMonth
    }
    runway {
      hours
      emptiesAt
      creditsPerHour
      confidence
    }
  }
}
    ${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<OverviewQuery, OverviewQueryVariables>;
export const TopKeysDocument = /*#__PURE__*/ gql`
    query TopKeys($workspaceId: ID!, $range: TimeRange!, $timeZone: String!) {
  workspace(id: $workspaceId) {
    id
    createdAt
    usageSummary(
      range: $range
      bucket: HOUR
      groupBy: KEY
      timeZone: $timeZone
      top: 5
    ) {
      since
      until
      buckets
      total {
        ...TotalsFields
      }
      series {
        calls
        credits
      }
      groups {
        value
        isOther
        total {
          ...TotalsFields
        }
        series {
          calls
          credits
        }
        apiKey {
          id
          name
          prefix
          lastFour
          caps {
            period
            credits
            spent
          }
        }
      }
    }
  }
}
    ${TotalsFieldsFragmentDoc}` as unknown as DocumentNode<TopKeysQuery, TopKeysQueryVariables>;
export const FirstStepsDocument = /*#__PURE__*/ gql`
    query FirstSteps($workspaceId: ID!) {
  workspace(id: $workspaceId) {
    id
    apiKeys(first: 1) {
      edges {
        node {
          id
        }
      }
    }
    usage(first: 1) {
      edges {
        node {
          ...CallFields
        }
      }
    }
    grants(first: 1) {
      edges {
        node {
          id
        }
      }
    }
    members(first: 2) {
      edges {
        node {
          id
        }
      }
    }
    invitations(first: 1) {
      edges {
        node {
          id
        }
      }
    }
  }
}
    ${CallFieldsFragmentDoc}` as unknown as DocumentNode<FirstStepsQuery, FirstStepsQueryVariables>;
export const SessionsDocument = /*#__PURE__*/ gql`
    query Sessions {
  viewer {
    id
    sessions {
      id
      createdAt
      expiresAt
      address
      userAgent
      current
    }
  }
}
    ` as unknown as DocumentNode<SessionsQuery, SessionsQueryVariables>;
export const RevokeSessionDocument = /*#__PURE__*/ gql`
    mutation RevokeSession($input: RevokeSessionInput!) {
  revokeSession(input: $input) {
    __typename
    ... on RevokeSessionPayload {
      sessionId
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<RevokeSessionMutation, RevokeSessionMutationVariables>;
export const RevokeOtherSessionsDocument = /*#__PURE__*/ gql`
    mutation RevokeOtherSessions($input: RevokeOtherSessionsInput!) {
  revokeOtherSessions(input: $input) {
    __typename
    ... on RevokeOtherSessionsPayload {
      sessionIds
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<RevokeOtherSessionsMutation, RevokeOtherSessionsMutationVariables>;
export const CallsDocument = /*#__PURE__*/ gql`
    query Calls($workspaceId: ID!, $filter: UsageFilter, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    usage(filter: $filter, first: $first, after: $after) {
      edges {
        node {
          ...CallFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ${CallFieldsFragmentDoc}` as unknown as DocumentNode<CallsQuery, CallsQueryVariables>;
export const UsageRecordedDocument = /*#__PURE__*/ gql`
    subscription UsageRecorded($workspaceId: ID!, $filter: UsageFilter, $after: Seq) {
  usageRecorded(workspaceId: $workspaceId, filter: $filter, after: $after) {
    __typename
    ... on FeedSnapshot {
      seq
    }
    ... on FeedReset {
      seq
    }
    ... on UsageChange {
      seq
      usageEntry {
        ...CallFields
      }
    }
  }
}
    ${CallFieldsFragmentDoc}` as unknown as DocumentNode<UsageRecordedSubscription, UsageRecordedSubscriptionVariables>;
export const UsageSummaryDocument = /*#__PURE__*/ gql`
    query UsageSummary($workspaceId: ID!, $range: TimeRange!, $bucket: UsageBucket!, $groupBy: UsageGrouping!, $timeZone: String!, $environment: Environment!, $filter: UsageFilter) {
  workspace(id: $workspaceId) {
    id
    createdAt
    usageSummary(
      range: $range
      bucket: $bucket
      groupBy: $groupBy
      timeZone: $timeZone
      environment: $environment
      filter: $filter
      top: 8
    ) {
      since
      until
      buckets
      previousSince
      total {
        ...TotalsFields
      }
      previous {
        ...TotalsFields
      }
      series {
        calls
        credits
      }
      groups {
        value
        isOther
        apiKey {
          id
          name
          lastFour
        }
        member {
          id
          user {
            id
            name
          }
        }
        total {
          ...TotalsFields
        }
        previous {
          ...TotalsFields
        }
        series {
          calls
          credits
        }
      }
    }
  }
}
    ${TotalsFieldsFragmentDoc}` as unknown as DocumentNode<UsageSummaryQuery, UsageSummaryQueryVariables>;
export const UsageBeforeDocument = /*#__PURE__*/ gql`
    query UsageBefore($workspaceId: ID!, $range: TimeRange!, $bucket: UsageBucket!, $groupBy: UsageGrouping!, $timeZone: String!, $environment: Environment!, $filter: UsageFilter) {
  workspace(id: $workspaceId) {
    id
    usageSummary(
      range: $range
      bucket: $bucket
      groupBy: $groupBy
      timeZone: $timeZone
      environment: $environment
      filter: $filter
      top: 1
    ) {
      since
      buckets
      series {
        calls
        credits
      }
    }
  }
}
    ` as unknown as DocumentNode<UsageBeforeQuery, UsageBeforeQueryVariables>;
export const FilterChoicesDocument = /*#__PURE__*/ gql`
    query FilterChoices($workspaceId: ID!) {
  operations {
    name
  }
  workspace(id: $workspaceId) {
    id
    apiKeys(first: 100) {
      edges {
        node {
          id
          name
          lastFour
        }
      }
    }
    members(first: 100) {
      edges {
        node {
          id
          user {
            id
            name
          }
        }
      }
    }
  }
}
    ` as unknown as DocumentNode<FilterChoicesQuery, FilterChoicesQueryVariables>;
export const RenameWorkspaceDocument = /*#__PURE__*/ gql`
    mutation RenameWorkspace($input: RenameWorkspaceInput!) {
  renameWorkspace(input: $input) {
    __typename
    ... on RenameWorkspacePayload {
      workspace {
        ...WorkspaceFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${WorkspaceFieldsFragmentDoc}
${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<RenameWorkspaceMutation, RenameWorkspaceMutationVariables>;
export const TransferWorkspaceDocument = /*#__PURE__*/ gql`
    mutation TransferWorkspace($input: TransferWorkspaceInput!) {
  transferWorkspace(input: $input) {
    __typename
    ... on TransferWorkspacePayload {
      workspace {
        ...WorkspaceFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${WorkspaceFieldsFragmentDoc}
${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<TransferWorkspaceMutation, TransferWorkspaceMutationVariables>;
export const DeleteWorkspaceDocument = /*#__PURE__*/ gql`
    mutation DeleteWorkspace($input: DeleteWorkspaceInput!) {
  deleteWorkspace(input: $input) {
    __typename
    ... on DeleteWorkspacePayload {
      deletedWorkspace {
        id
        name
        erasesAt
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<DeleteWorkspaceMutation, DeleteWorkspaceMutationVariables>;
export const RestoreWorkspaceDocument = /*#__PURE__*/ gql`
    mutation RestoreWorkspace($input: RestoreWorkspaceInput!) {
  restoreWorkspace(input: $input) {
    __typename
    ... on RestoreWorkspacePayload {
      workspace {
        ...WorkspaceFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${WorkspaceFieldsFragmentDoc}
${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<RestoreWorkspaceMutation, RestoreWorkspaceMutationVariables>;
export const ViewerDocument = /*#__PURE__*/ gql`
    query Viewer {
  viewer {
    id
    name
    email
    emailVerified
    twoFactorEnabled
    workspaces {
      ...WorkspaceFields
    }
    deletedWorkspaces {
      id
      name
      slug
      deletedAt
      erasesAt
    }
  }
}
    ${WorkspaceFieldsFragmentDoc}
${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<ViewerQuery, ViewerQueryVariables>;
export const WorkspaceBySlugDocument = /*#__PURE__*/ gql`
    query WorkspaceBySlug($slug: String!) {
  workspace(slug: $slug) {
    ...WorkspaceFields
  }
}
    ${WorkspaceFieldsFragmentDoc}
${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<WorkspaceBySlugQuery, WorkspaceBySlugQueryVariables>;
export const CreateWorkspaceDocument = /*#__PURE__*/ gql`
    mutation CreateWorkspace($input: CreateWorkspaceInput!) {
  createWorkspace(input: $input) {
    __typename
    ... on CreateWorkspacePayload {
      workspace {
        ...WorkspaceFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${WorkspaceFieldsFragmentDoc}
${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<CreateWorkspaceMutation, CreateWorkspaceMutationVariables>;
export const BalanceChangedDocument = /*#__PURE__*/ gql`
    subscription BalanceChanged($workspaceId: ID!, $after: Seq) {
  balanceChanged(workspaceId: $workspaceId, after: $after) {
    __typename
    ... on FeedSnapshot {
      seq
      balance {
        ...BalanceFields
      }
    }
    ... on BalanceChange {
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
  }
}
    ${BalanceFieldsFragmentDoc}` as unknown as DocumentNode<BalanceChangedSubscription, BalanceChangedSubscriptionVariables>;