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

/** What acknowledgeDeliveries needs. */
export type AcknowledgeDeliveriesInput = {
  /** The deliveries, 1 to 100. */
  deliveryIds: Array<string>;
  /** Your own unique text for this request: repeating it changes nothing. */
  idempotencyKey: string;
  /** The inbox that they came to. */
  inboxId: string;
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

/** What an alert watches. Its name says the unit of the threshold where that is not credits. */
export type AlertCondition =
  /** What can be spent is below so many credits. */
  | 'BALANCE'
  /** What can be spent is below so many percent of the last grant. */
  | 'BALANCE_PERCENT'
  /** What was spent since midnight, in the workspace's time zone, has reached so many credits. */
  | 'DAILY_SPEND'
  /** So many percent of the calls failed in the window. Declined calls count neither way. */
  | 'ERROR_PERCENT'
  /** A key has used so many percent of one of its caps. Told for each cap of each key. */
  | 'KEY_CAP_PERCENT'
  /** What was spent since the first of the month, in the workspace's time zone, has reached so many credits. */
  | 'MONTHLY_SPEND'
  /** At the recent rate the credits run out in less than so many hours. */
  | 'RUNWAY_HOURS';

/** Where an alert stands. */
export type AlertState =
  /** Its condition is not true; it fires when it comes true. */
  | 'ARMED'
  /** Its condition came true, which was told, and is not over yet. */
  | 'FIRING'
  /** Nobody looks at it for now. */
  | 'MUTED';

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

/** What connectIntegration needs. */
export type ConnectIntegrationInput = {
  /** What it is for, at most 500 characters. */
  description?: string | null | undefined;
  /** What to tell it of, any but USAGE_RECORDED; left out: only the alerts that choose it. */
  eventTypes?: Array<WebhookEventType> | null | undefined;
  /** Your own unique text for this request: repeating it does nothing twice. */
  idempotencyKey: string;
  /** The service. */
  provider: IntegrationProvider;
  /** What the provider has to be told; integrationProviders says what that is. */
  settings: Array<IntegrationSettingInput>;
  /** The workspace to tell of; an API key may leave its own out. */
  workspaceId?: string | null | undefined;
};

/** What createAlert needs. */
export type CreateAlertInput = {
  /** KEY_CAP_PERCENT only: the one key to watch; left out: every key. */
  apiKeyId?: string | null | undefined;
  /** ERROR_PERCENT only: how many calls it takes at least; left out: 20. */
  callsMin?: number | null | undefined;
  /** What to watch. */
  condition: AlertCondition;
  /** Your own unique text for this request: repeating it creates nothing twice. */
  idempotencyKey: string;
  /** Tell these integrations too, at most 20. */
  integrationIds?: Array<string> | null | undefined;
  /** Mail these addresses too, at most 10. */
  mailedAddresses?: Array<string> | null | undefined;
  /** Mail members with these roles, at most 50 of them. */
  mailedRoles?: Array<Role> | null | undefined;
  /** Name that people see, 1 to 80 characters. */
  name: string;
  /** Credits, percent or hours, as the condition says; above 0. */
  threshold: string | number;
  /** ERROR_PERCENT only: over how long to count, a multiple of 15 up to 1440; left out: 60. */
  windowMinutes?: number | null | undefined;
  /** The workspace to watch; an API key may leave its own out. */
  workspaceId?: string | null | undefined;
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

/** What createInbox needs. */
export type CreateInboxInput = {
  /** What it is for, for people; at most 500 characters. */
  description?: string | null | undefined;
  /** Your own unique text for this request: repeating it creates nothing twice. */
  idempotencyKey: string;
  /** 3 to 50 of a-z, 0-9 and -, a letter or digit at both ends; no inbox of the workspace ever had it. */
  name: string;
  /** Whose signatures to check; left out: none, and the address is all that a sender needs. */
  provider?: InboxProvider | null | undefined;
  /** The provider's secret for this address. Cannot be read again. */
  signingSecret?: string | null | undefined;
  /** The workspace it will belong to; an API key may leave its own out. */
  workspaceId?: string | null | undefined;
};

/** What createWebhookEndpoint needs. */
export type CreateWebhookEndpointInput = {
  /** What it is for, at most 500 characters. */
  description?: string | null | undefined;
  /** What to tell it of, at least one. */
  eventTypes: Array<WebhookEventType>;
  /** Your own unique text for this request: repeating it does nothing twice. */
  idempotencyKey: string;
  /** True: each delivery waits until the one before it succeeded or was given up, so that a failure holds the rest back for up to three days. */
  ordered?: boolean | null | undefined;
  /** Where to send: http or https, a public address, without a name and password, at most 2048 characters. */
  url: string;
  /** The workspace to tell of; an API key may leave its own out. */
  workspaceId?: string | null | undefined;
};

/** What createWorkspace needs. */
export type CreateWorkspaceInput = {
  /** Your own unique text for this request: repeating it creates nothing twice. */
  idempotencyKey: string;
  /** Name that people see, 1 to 80 characters. */
  name: string;
};

/** What deactivateInbox needs. */
export type DeactivateInboxInput = {
  /** The inbox to end. */
  inboxId: string;
};

/** Why a call was declined. */
export type DeclineReason =
  /** The balance did not cover the price. */
  | 'INSUFFICIENT_CREDITS'
  /** The call would have broken a cap of the key. */
  | 'KEY_LIMIT_EXCEEDED';

/** What deleteAlert needs. */
export type DeleteAlertInput = {
  /** The alert. */
  alertId: string;
};

/** What deleteWebhookEndpoint needs. */
export type DeleteWebhookEndpointInput = {
  /** The endpoint to delete. */
  webhookEndpointId: string;
};

/** What deleteWorkspace needs. */
export type DeleteWorkspaceInput = {
  /** Its name, typed to confirm. */
  name: string;
  /** The workspace to delete. */
  workspaceId: string;
};

/** What became of the price of an event, which is that of the operation inbox.received. */
export type DeliveryCharge =
  /** It was charged, once. */
  | 'CHARGED'
  /** It is about to be charged. */
  | 'DUE'
  /** It costs nothing: there is no price, it is a duplicate, or its signature failed. */
  | 'NONE'
  /** The balance did not cover it; nothing was taken, and nothing will be. */
  | 'UNPAID';

/** What a delivery waits for. */
export type DeliveryState =
  /** For nothing: somebody dealt with it. */
  | 'ACKNOWLEDGED'
  /** For the worker that has it, until its time is over. */
  | 'CLAIMED'
  /** For somebody to deal with it. */
  | 'PENDING';

/** What disconnectIntegration needs. */
export type DisconnectIntegrationInput = {
  /** The integration to disconnect. */
  integrationId: string;
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

/** Which deliveries to list; all conditions must hold. */
export type InboxDeliveryFilter = {
  /** Only those of this event, by the provider's own name for it. */
  eventId?: string | null | undefined;
  /** True: only those that somebody dealt with; false: only the others. */
  isAcknowledged?: boolean | null | undefined;
  /** True: only duplicates; false: only the others. */
  isDuplicate?: boolean | null | undefined;
  /** Only those whose signature was found so. */
  signature?: SignatureState | null | undefined;
  /** From this moment on. */
  since?: string | null | undefined;
  /** Before this moment. */
  until?: string | null | undefined;
};

/** A service whose signatures an inbox can check. */
export type InboxProvider =
  /** GitHub: X-Hub-Signature-256, over the body. */
  | 'GITHUB'
  /** Shopify: X-Shopify-Hmac-Sha256, over the body. */
  | 'SHOPIFY'
  /** Slack: X-Slack-Signature, over time and body. Its url_verification is answered for you. */
  | 'SLACK'
  /** Whoever signs as standardwebhooks.com says: webhook-signature, over id, time and body. */
  | 'STANDARD_WEBHOOKS'
  /** Stripe: Stripe-Signature, over time and body. */
  | 'STRIPE';

/** Why an integration is told nothing. */
export type IntegrationPausedReason =
  /** It took nothing for five days. */
  | 'FAILING'
  /** It answered 410. */
  | 'GONE'
  /** A member paused it. */
  | 'MEMBER';

/** Services that a workspace can be connected with. */
export type IntegrationProvider =
  /** Discord. Writes into a channel. Make a webhook in the integrations of the channel. */
  | 'DISCORD'
  /** E-mail. Mails up to 10 addresses. */
  | 'EMAIL'
  /** HTTP. Posts JSON with a sentence and the data to any URL, with a header of yours to be known by. */
  | 'HTTP'
  /** Slack. Writes into a channel. Make an incoming webhook for it in the settings of a Slack app. */
  | 'SLACK'
  /** Microsoft Teams. Posts a card. Make a workflow "When a Teams webhook request is received" and copy its URL. */
  | 'TEAMS';

/** A setting of a provider; integrationProviders lists them. */
export type IntegrationSettingInput = {
  /** Which. */
  name: string;
  /** Its value. */
  value: string;
};

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

/** What muteAlert needs. */
export type MuteAlertInput = {
  /** The alert. */
  alertId: string;
  /** Until when nobody looks at it, at most a year away; null or left out to end it now. */
  until?: string | null | undefined;
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

/** What replayDeliveries needs. */
export type ReplayDeliveriesInput = {
  /** True: also what it took already. Left out: only what failed or was parked. */
  includeSucceeded?: boolean | null | undefined;
  /** What happened from this moment on. */
  since: string;
  /** The endpoint to send to again. */
  webhookEndpointId: string;
};

/** What resendDelivery needs. */
export type ResendDeliveryInput = {
  /** The delivery to send again. */
  deliveryId: string;
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

/** What rotateWebhookSecret needs. */
export type RotateWebhookSecretInput = {
  /** Your own unique text for this request: repeating it does nothing twice. */
  idempotencyKey: string;
  /** The endpoint that gets a new secret. */
  webhookEndpointId: string;
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

/** What sendTestWebhook needs. */
export type SendTestWebhookInput = {
  /** The type whose example is sent. */
  eventType: WebhookEventType;
  /** Your own unique text for this request: repeating it sends nothing twice. */
  idempotencyKey: string;
  /** The endpoint to try. */
  webhookEndpointId: string;
};

/** What was found out about who sent something. */
export type SignatureState =
  /** No right signature came with it: anybody may have sent it. Never claimed, never charged. */
  | 'FAILED'
  /** The inbox checks no signatures: somebody sent it who knows the address. */
  | 'UNCHECKED'
  /** The provider signed it, with the secret of this inbox and, where it says when, just then. */
  | 'VERIFIED';

/** What testAlert needs. */
export type TestAlertInput = {
  /** The alert. */
  alertId: string;
};

/** What testIntegration needs. */
export type TestIntegrationInput = {
  /** The type whose example is sent; left out: ALERT_FIRED. */
  eventType?: WebhookEventType | null | undefined;
  /** Your own unique text for this request: repeating it does nothing twice. */
  idempotencyKey: string;
  /** The integration to try. */
  integrationId: string;
};

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

/** What updateAlert needs. What is left out stays as it is. */
export type UpdateAlertInput = {
  /** The alert to change. */
  alertId: string;
  /** KEY_CAP_PERCENT only: the one key to watch; null for every key. */
  apiKeyId?: string | null | undefined;
  /** ERROR_PERCENT only: how many calls it takes at least. */
  callsMin?: number | null | undefined;
  /** All integrations to tell; null or none for none. */
  integrationIds?: Array<string> | null | undefined;
  /** All further addresses to mail; null or none for nobody. */
  mailedAddresses?: Array<string> | null | undefined;
  /** Mail members with these roles; null or none for nobody. */
  mailedRoles?: Array<Role> | null | undefined;
  /** Name that people see, 1 to 80 characters. */
  name?: string | null | undefined;
  /** Credits, percent or hours, as the condition says; above 0. */
  threshold?: string | number | null | undefined;
  /** ERROR_PERCENT only: over how long to count, a multiple of 15 up to 1440. */
  windowMinutes?: number | null | undefined;
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

/** What updateInbox needs. What is left out stays as it is. */
export type UpdateInboxInput = {
  /** What it is for, for people; null for nothing. */
  description?: string | null | undefined;
  /** The inbox to change. */
  inboxId: string;
  /** Whose signatures to check from now on, with its signingSecret; null for none. */
  provider?: InboxProvider | null | undefined;
  /** A new secret of the provider, in place of the one before. */
  signingSecret?: string | null | undefined;
};

/** What updateIntegration needs. What is left out stays as it is. */
export type UpdateIntegrationInput = {
  /** What it is for, at most 500 characters. */
  description?: string | null | undefined;
  /** All that it is told of, any but USAGE_RECORDED. */
  eventTypes?: Array<WebhookEventType> | null | undefined;
  /** The integration to change. */
  integrationId: string;
  /** True: it is told nothing, and what happens is parked. False: it is told of what happens from now on. */
  paused?: boolean | null | undefined;
  /** Together with paused: false. True: it is also told what was parked. */
  sendMissed?: boolean | null | undefined;
  /** Settings to give anew; those that are not named stay, secret ones too. With another url a secret must be given anew. */
  settings?: Array<IntegrationSettingInput> | null | undefined;
};

/** What updateWebhookEndpoint needs. What is left out stays as it is. */
export type UpdateWebhookEndpointInput = {
  /** What it is for, at most 500 characters. */
  description?: string | null | undefined;
  /** True: it is sent nothing, and what happens is parked. False: it is told of what happens from now on; see replayDeliveries. */
  disabled?: boolean | null | undefined;
  /** All that it is told of, at least one. */
  eventTypes?: Array<WebhookEventType> | null | undefined;
  /** Whether each delivery waits for the one before it. */
  ordered?: boolean | null | undefined;
  /** Where to send from now on, also what is on its way. */
  url?: string | null | undefined;
  /** The endpoint to change. */
  webhookEndpointId: string;
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

/** What becomes of a delivery. */
export type WebhookDeliveryState =
  /** Ten attempts failed. It can be sent again. */
  | 'FAILED'
  /** The endpoint was disabled. It can be sent once that is over. */
  | 'PARKED'
  /** It is attempted, or will be. */
  | 'PENDING'
  /** The receiver took it: it answered 2xx. */
  | 'SUCCEEDED';

/** Why an endpoint is sent nothing. */
export type WebhookDisabledReason =
  /** Nothing was taken for five days. */
  | 'FAILING'
  /** It answered 410. */
  | 'GONE'
  /** A member disabled it. */
  | 'MEMBER';

/** What an endpoint can be told of. */
export type WebhookEventType =
  /** "alert.fired": The condition of an alert came true. */
  | 'ALERT_FIRED'
  /** "api_key.created": An API key was created. The secret is never told. */
  | 'API_KEY_CREATED'
  /** "api_key.revoked": An API key ended for ever. */
  | 'API_KEY_REVOKED'
  /** "api_key.rotated": An API key got a new secret; the one before works until `previousEndsAt`. */
  | 'API_KEY_ROTATED'
  /** "balance.depleted": Nothing is left, or a call was declined because too little is: then `required` says what it cost. Once until credits come in again. */
  | 'BALANCE_DEPLETED'
  /** "balance.low": What can be spent fell below the threshold of the workspace. Once for each time it falls below. */
  | 'BALANCE_LOW'
  /** "credits.expired": What was left of a grant expired. */
  | 'CREDITS_EXPIRED'
  /** "credits.granted": Credits came in. */
  | 'CREDITS_GRANTED'
  /** "hold.expired": The time of a hold was over, and what it held went back. */
  | 'HOLD_EXPIRED'
  /** "member.invited": Somebody was invited. The address is not told. */
  | 'MEMBER_INVITED'
  /** "member.joined": Somebody became a member. */
  | 'MEMBER_JOINED'
  /** "member.removed": Somebody is no member any more: removed by others, or left, which `hasLeft` says. */
  | 'MEMBER_REMOVED'
  /** "member.role_changed": A member has another role. */
  | 'MEMBER_ROLE_CHANGED'
  /** "usage.recorded": Calls were logged, charged or not: up to 100 in the order of their seqs, together as they were read. `seq` is the last of them. */
  | 'USAGE_RECORDED'
  /** "webhook.disabled": An endpoint of this workspace is sent nothing any more: it answered 410 (reason GONE), or failed for five days (FAILING). */
  | 'WEBHOOK_DISABLED'
  /** "workspace.deleted": The workspace was deleted. Until `erasesAt` an OWNER can restore it. */
  | 'WORKSPACE_DELETED'
  /** "workspace.renamed": The workspace has another name or slug. */
  | 'WORKSPACE_RENAMED';

export type ActivitySubscriptionVariables = Exact<{
  workspaceId: string;
  after?: string | null | undefined;
}>;


export type ActivitySubscription = { activity:
    | { __typename: 'ActivityChange', cursor: string, type: string }
    | { __typename: 'FeedReset', cursor: string }
    | { __typename: 'FeedSnapshot', cursor: string }
   };

export type FiringFieldsFragment = { firedAt: string, clearedAt: string | null, value: string, threshold: string, isTest: boolean, isMailing: boolean, mailError: string | null, seq: string | null, capPeriod: CapPeriod | null, apiKey: { id: string, name: string, lastFour: string } | null };

export type AlertFieldsFragment = { id: string, name: string, condition: AlertCondition, threshold: string, state: AlertState, mutedUntil: string | null, windowMinutes: number | null, callsMin: number | null, mailedRoles: Array<Role>, mailedAddresses: Array<string>, createdAt: string, integrations: Array<{ id: string, provider: IntegrationProvider | null, description: string }> | null, apiKey: { id: string, name: string, lastFour: string } | null };

export type AlertsQueryVariables = Exact<{
  workspaceId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type AlertsQuery = { workspace: { id: string, timeZone: string, alerts: { edges: Array<{ node: (
          { firings: { edges: Array<{ node: { firedAt: string, clearedAt: string | null, isTest: boolean } }> } }
          & AlertFieldsFragment
        ) }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type AlertFiringsQueryVariables = Exact<{
  alertId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type AlertFiringsQuery = { node:
    | { id: string, firings: { edges: Array<{ node: FiringFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type CreateAlertMutationVariables = Exact<{
  input: CreateAlertInput;
}>;


export type CreateAlertMutation = { createAlert:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'CreateAlertPayload', alert: AlertFieldsFragment | null }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type UpdateAlertMutationVariables = Exact<{
  input: UpdateAlertInput;
}>;


export type UpdateAlertMutation = { updateAlert:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'UpdateAlertPayload', alert: AlertFieldsFragment | null }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type MuteAlertMutationVariables = Exact<{
  input: MuteAlertInput;
}>;


export type MuteAlertMutation = { muteAlert:
    | { __typename: 'MuteAlertPayload', alert: AlertFieldsFragment | null }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type TestAlertMutationVariables = Exact<{
  input: TestAlertInput;
}>;


export type TestAlertMutation = { testAlert:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'TestAlertPayload', alert: AlertFieldsFragment | null }
   };

export type DeleteAlertMutationVariables = Exact<{
  input: DeleteAlertInput;
}>;


export type DeleteAlertMutation = { deleteAlert:
    | { __typename: 'DeleteAlertPayload', deletedAlertId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
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

export type InboxFieldsFragment = { id: string, name: string, description: string | null, provider: InboxProvider | null, url: string | null, receivedCount: string, storedBytes: string, createdAt: string, deactivatedAt: string | null };

export type InboxDeliveryFieldsFragment = { id: string, number: string, receivedAt: string, signature: SignatureState, state: DeliveryState, charge: DeliveryCharge, duplicateOf: string | null, eventId: string | null, contentType: string | null, size: number, acknowledgedAt: string | null, claimedUntil: string | null };

export type InboxesQueryVariables = Exact<{
  workspaceId: string;
  includeDeactivated: boolean;
  first: number;
  after?: string | null | undefined;
}>;


export type InboxesQuery = { operations: Array<{ name: string, price: string }>, workspace: { id: string, plan: { name: string, discountPercent: number, inboxMebibytes: number }, inboxes: { edges: Array<{ node: InboxFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type InboxQueryVariables = Exact<{
  id: string;
}>;


export type InboxQuery = { operations: Array<{ name: string, price: string }>, node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | (
      { id: string, workspace: { id: string, plan: { name: string, discountPercent: number, inboxMebibytes: number } } }
      & InboxFieldsFragment
    )
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type InboxDeliveriesQueryVariables = Exact<{
  inboxId: string;
  filter?: InboxDeliveryFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type InboxDeliveriesQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, deliveries: { edges: Array<{ node: InboxDeliveryFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type InboxDeliveryQueryVariables = Exact<{
  id: string;
}>;


export type InboxDeliveryQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | (
      { chargeSeq: string | null, sourceAddress: string | null, text: string | null, base64: string, id: string, inbox: { id: string }, headers: Array<{ name: string, value: string | null }> }
      & InboxDeliveryFieldsFragment
    )
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type InboxReceivedSubscriptionVariables = Exact<{
  inboxId: string;
  after?: string | null | undefined;
}>;


export type InboxReceivedSubscription = { inboxReceived:
    | { __typename: 'DeliveryReceived', number: string, delivery: InboxDeliveryFieldsFragment | null }
    | { __typename: 'InboxReset', number: string }
    | { __typename: 'InboxSnapshot', number: string }
   };

export type CreateInboxMutationVariables = Exact<{
  input: CreateInboxInput;
}>;


export type CreateInboxMutation = { createInbox:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'CreateInboxPayload', replayed: boolean, inbox: InboxFieldsFragment }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type UpdateInboxMutationVariables = Exact<{
  input: UpdateInboxInput;
}>;


export type UpdateInboxMutation = { updateInbox:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'UpdateInboxPayload', inbox: InboxFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type DeactivateInboxMutationVariables = Exact<{
  input: DeactivateInboxInput;
}>;


export type DeactivateInboxMutation = { deactivateInbox:
    | { __typename: 'DeactivateInboxPayload', inbox: InboxFieldsFragment }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
   };

export type AcknowledgeDeliveriesMutationVariables = Exact<{
  input: AcknowledgeDeliveriesInput;
}>;


export type AcknowledgeDeliveriesMutation = { acknowledgeDeliveries:
    | { __typename: 'AcknowledgeDeliveriesPayload', deliveryIds: Array<string> }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type IntegrationFieldsFragment = { id: string, provider: IntegrationProvider | null, description: string, eventTypes: Array<WebhookEventType>, createdAt: string, pausedAt: string | null, pausedReason: IntegrationPausedReason | null, failingSince: string | null, lastSuccessAt: string | null, lastFailureAt: string | null, lastError: string | null, waitingCount: number, settings: Array<{ name: string, value: string | null }> };

export type IntegrationsQueryVariables = Exact<{
  workspaceId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type IntegrationsQuery = { integrationProviders: Array<{ provider: IntegrationProvider, name: string, description: string, settings: Array<{ name: string, description: string, secret: boolean, required: boolean }> }>, workspace: { id: string, integrations: { edges: Array<{ node: IntegrationFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type ConnectIntegrationMutationVariables = Exact<{
  input: ConnectIntegrationInput;
}>;


export type ConnectIntegrationMutation = { connectIntegration:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ConnectIntegrationPayload', integration: IntegrationFieldsFragment | null }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type UpdateIntegrationMutationVariables = Exact<{
  input: UpdateIntegrationInput;
}>;


export type UpdateIntegrationMutation = { updateIntegration:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'UpdateIntegrationPayload', integration: IntegrationFieldsFragment | null }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type TestIntegrationMutationVariables = Exact<{
  input: TestIntegrationInput;
}>;


export type TestIntegrationMutation = { testIntegration:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'TestIntegrationPayload', integration: IntegrationFieldsFragment | null }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type DisconnectIntegrationMutationVariables = Exact<{
  input: DisconnectIntegrationInput;
}>;


export type DisconnectIntegrationMutation = { disconnectIntegration:
    | { __typename: 'DisconnectIntegrationPayload', disconnectedIntegrationId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
   };

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
    | { __typename: 'FeedBookmark', seq: string }
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

export type EndpointFieldsFragment = { id: string, url: string, description: string, eventTypes: Array<WebhookEventType>, ordered: boolean, createdAt: string, lastSuccessAt: string | null, lastFailureAt: string | null, failingSince: string | null, disabledAt: string | null, disabledReason: WebhookDisabledReason | null, previousSecretEndsAt: string | null };

export type WebhookDeliveryFieldsFragment = { id: string, state: WebhookDeliveryState, createdAt: string, finishedAt: string | null, nextAttemptAt: string | null, attemptCount: number, event: { id: string, type: string, occurredAt: string }, attempts: Array<{ number: number, startedAt: string, durationMs: number, status: number | null, failure: string | null }> };

export type WebhookEndpointsQueryVariables = Exact<{
  workspaceId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type WebhookEndpointsQuery = { workspace: { id: string, webhookEndpoints: { edges: Array<{ node: EndpointFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type WebhookEventTypesQueryVariables = Exact<{ [key: string]: never; }>;


export type WebhookEventTypesQuery = { webhookEventTypes: Array<{ type: WebhookEventType, name: string, description: string, example: Record<string, unknown> }> };

export type WebhookDeliveriesQueryVariables = Exact<{
  endpointId: string;
  state?: WebhookDeliveryState | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type WebhookDeliveriesQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, deliveries: { edges: Array<{ node: WebhookDeliveryFieldsFragment }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { id: string }
   | null };

export type WebhookDeliveryQueryVariables = Exact<{
  id: string;
}>;


export type WebhookDeliveryQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | (
      { id: string, endpoint: { id: string }, event: { id: string, body: string }, attempts: Array<{ number: number, startedAt: string, durationMs: number, status: number | null, failure: string | null, url: string, responseHead: string | null, responseCut: boolean }> }
      & WebhookDeliveryFieldsFragment
    )
    | { id: string }
    | { id: string }
   | null };

export type MissedDeliveriesQueryVariables = Exact<{
  endpointId: string;
  first: number;
}>;


export type MissedDeliveriesQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string, failed: { edges: Array<{ node: { id: string, event: { id: string, occurredAt: string } } }>, pageInfo: { hasNextPage: boolean } }, parked: { edges: Array<{ node: { id: string, event: { id: string, occurredAt: string } } }>, pageInfo: { hasNextPage: boolean } } }
    | { id: string }
   | null };

export type CreateWebhookEndpointMutationVariables = Exact<{
  input: CreateWebhookEndpointInput;
}>;


export type CreateWebhookEndpointMutation = { createWebhookEndpoint:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'CreateWebhookEndpointPayload', secret: string | null, replayed: boolean, webhookEndpoint: EndpointFieldsFragment }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type UpdateWebhookEndpointMutationVariables = Exact<{
  input: UpdateWebhookEndpointInput;
}>;


export type UpdateWebhookEndpointMutation = { updateWebhookEndpoint:
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'UpdateWebhookEndpointPayload', webhookEndpoint: EndpointFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type RotateWebhookSecretMutationVariables = Exact<{
  input: RotateWebhookSecretInput;
}>;


export type RotateWebhookSecretMutation = { rotateWebhookSecret:
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'RotateWebhookSecretPayload', secret: string | null, replayed: boolean, webhookEndpoint: EndpointFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type DeleteWebhookEndpointMutationVariables = Exact<{
  input: DeleteWebhookEndpointInput;
}>;


export type DeleteWebhookEndpointMutation = { deleteWebhookEndpoint:
    | { __typename: 'DeleteWebhookEndpointPayload', webhookEndpointId: string }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
   };

export type SendTestWebhookMutationVariables = Exact<{
  input: SendTestWebhookInput;
}>;


export type SendTestWebhookMutation = { sendTestWebhook:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'IdempotencyConflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'SendTestWebhookPayload', replayed: boolean, delivery: WebhookDeliveryFieldsFragment }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

export type ResendDeliveryMutationVariables = Exact<{
  input: ResendDeliveryInput;
}>;


export type ResendDeliveryMutation = { resendDelivery:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ResendDeliveryPayload', delivery: WebhookDeliveryFieldsFragment }
   };

export type ReplayDeliveriesMutationVariables = Exact<{
  input: ReplayDeliveriesInput;
}>;


export type ReplayDeliveriesMutation = { replayDeliveries:
    | { __typename: 'Conflict', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'NotFound', code: ErrorCode, message: string, path: Array<string> }
    | { __typename: 'ReplayDeliveriesPayload', count: number, nextSince: string | null }
    | { __typename: 'ValidationFailed', code: ErrorCode, message: string, path: Array<string> }
   };

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

export const FiringFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment FiringFields on AlertFiring {
  firedAt
  clearedAt
  value
  threshold
  isTest
  isMailing
  mailError
  seq
  capPeriod
  apiKey {
    id
    name
    lastFour
  }
}
    ` as unknown as DocumentNode<FiringFieldsFragment, unknown>;
export const AlertFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment AlertFields on Alert {
  id
  name
  condition
  threshold
  state
  mutedUntil
  windowMinutes
  callsMin
  mailedRoles
  mailedAddresses
  integrations {
    id
    provider
    description
  }
  createdAt
  apiKey {
    id
    name
    lastFour
  }
}
    ` as unknown as DocumentNode<AlertFieldsFragment, unknown>;
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
export const InboxFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment InboxFields on Inbox {
  id
  name
  description
  provider
  url
  receivedCount
  storedBytes
  createdAt
  deactivatedAt
}
    ` as unknown as DocumentNode<InboxFieldsFragment, unknown>;
export const InboxDeliveryFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment InboxDeliveryFields on InboxDelivery {
  id
  number
  receivedAt
  signature
  state
  charge
  duplicateOf
  eventId
  contentType
  size
  acknowledgedAt
  claimedUntil
}
    ` as unknown as DocumentNode<InboxDeliveryFieldsFragment, unknown>;
export const IntegrationFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment IntegrationFields on Integration {
  id
  provider
  description
  eventTypes
  createdAt
  pausedAt
  pausedReason
  failingSince
  lastSuccessAt
  lastFailureAt
  lastError
  waitingCount
  settings {
    name
    value
  }
}
    ` as unknown as DocumentNode<IntegrationFieldsFragment, unknown>;
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
export const EndpointFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment EndpointFields on WebhookEndpoint {
  id
  url
  description
  eventTypes
  ordered
  createdAt
  lastSuccessAt
  lastFailureAt
  failingSince
  disabledAt
  disabledReason
  previousSecretEndsAt
}
    ` as unknown as DocumentNode<EndpointFieldsFragment, unknown>;
export const WebhookDeliveryFieldsFragmentDoc = /*#__PURE__*/ gql`
    fragment WebhookDeliveryFields on WebhookDelivery {
  id
  state
  createdAt
  finishedAt
  nextAttemptAt
  attemptCount
  event {
    id
    type
    occurredAt
  }
  attempts {
    number
    startedAt
    durationMs
    status
    failure
  }
}
    ` as unknown as DocumentNode<WebhookDeliveryFieldsFragment, unknown>;
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
export const AlertsDocument = /*#__PURE__*/ gql`
    query Alerts($workspaceId: ID!, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    timeZone
    alerts(first: $first, after: $after) {
      edges {
        node {
          ...AlertFields
          firings(first: 3) {
            edges {
              node {
                firedAt
                clearedAt
                isTest
              }
            }
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
    ${AlertFieldsFragmentDoc}` as unknown as DocumentNode<AlertsQuery, AlertsQueryVariables>;
export const AlertFiringsDocument = /*#__PURE__*/ gql`
    query AlertFirings($alertId: ID!, $first: Int!, $after: String) {
  node(id: $alertId) {
    id
    ... on Alert {
      firings(first: $first, after: $after) {
        edges {
          node {
            ...FiringFields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    ${FiringFieldsFragmentDoc}` as unknown as DocumentNode<AlertFiringsQuery, AlertFiringsQueryVariables>;
export const CreateAlertDocument = /*#__PURE__*/ gql`
    mutation CreateAlert($input: CreateAlertInput!) {
  createAlert(input: $input) {
    __typename
    ... on CreateAlertPayload {
      alert {
        ...AlertFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${AlertFieldsFragmentDoc}` as unknown as DocumentNode<CreateAlertMutation, CreateAlertMutationVariables>;
export const UpdateAlertDocument = /*#__PURE__*/ gql`
    mutation UpdateAlert($input: UpdateAlertInput!) {
  updateAlert(input: $input) {
    __typename
    ... on UpdateAlertPayload {
      alert {
        ...AlertFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${AlertFieldsFragmentDoc}` as unknown as DocumentNode<UpdateAlertMutation, UpdateAlertMutationVariables>;
export const MuteAlertDocument = /*#__PURE__*/ gql`
    mutation MuteAlert($input: MuteAlertInput!) {
  muteAlert(input: $input) {
    __typename
    ... on MuteAlertPayload {
      alert {
        ...AlertFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${AlertFieldsFragmentDoc}` as unknown as DocumentNode<MuteAlertMutation, MuteAlertMutationVariables>;
export const TestAlertDocument = /*#__PURE__*/ gql`
    mutation TestAlert($input: TestAlertInput!) {
  testAlert(input: $input) {
    __typename
    ... on TestAlertPayload {
      alert {
        ...AlertFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${AlertFieldsFragmentDoc}` as unknown as DocumentNode<TestAlertMutation, TestAlertMutationVariables>;
export const DeleteAlertDocument = /*#__PURE__*/ gql`
    mutation DeleteAlert($input: DeleteAlertInput!) {
  deleteAlert(input: $input) {
    __typename
    ... on DeleteAlertPayload {
      deletedAlertId
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<DeleteAlertMutation, DeleteAlertMutationVariables>;
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
export const InboxesDocument = /*#__PURE__*/ gql`
    query Inboxes($workspaceId: ID!, $includeDeactivated: Boolean!, $first: Int!, $after: String) {
  operations {
    name
    price
  }
  workspace(id: $workspaceId) {
    id
    plan {
      name
      discountPercent
      inboxMebibytes
    }
    inboxes(includeDeactivated: $includeDeactivated, first: $first, after: $after) {
      edges {
        node {
          ...InboxFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ${InboxFieldsFragmentDoc}` as unknown as DocumentNode<InboxesQuery, InboxesQueryVariables>;
export const InboxDocument = /*#__PURE__*/ gql`
    query Inbox($id: ID!) {
  operations {
    name
    price
  }
  node(id: $id) {
    id
    ... on Inbox {
      ...InboxFields
      workspace {
        id
        plan {
          name
          discountPercent
          inboxMebibytes
        }
      }
    }
  }
}
    ${InboxFieldsFragmentDoc}` as unknown as DocumentNode<InboxQuery, InboxQueryVariables>;
export const InboxDeliveriesDocument = /*#__PURE__*/ gql`
    query InboxDeliveries($inboxId: ID!, $filter: InboxDeliveryFilter, $first: Int!, $after: String) {
  node(id: $inboxId) {
    id
    ... on Inbox {
      deliveries(filter: $filter, first: $first, after: $after) {
        edges {
          node {
            ...InboxDeliveryFields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    ${InboxDeliveryFieldsFragmentDoc}` as unknown as DocumentNode<InboxDeliveriesQuery, InboxDeliveriesQueryVariables>;
export const InboxDeliveryDocument = /*#__PURE__*/ gql`
    query InboxDelivery($id: ID!) {
  node(id: $id) {
    id
    ... on InboxDelivery {
      ...InboxDeliveryFields
      inbox {
        id
      }
      chargeSeq
      sourceAddress
      headers {
        name
        value
      }
      text
      base64
    }
  }
}
    ${InboxDeliveryFieldsFragmentDoc}` as unknown as DocumentNode<InboxDeliveryQuery, InboxDeliveryQueryVariables>;
export const InboxReceivedDocument = /*#__PURE__*/ gql`
    subscription InboxReceived($inboxId: ID!, $after: Seq) {
  inboxReceived(inboxId: $inboxId, after: $after) {
    __typename
    ... on InboxSnapshot {
      number
    }
    ... on InboxReset {
      number
    }
    ... on DeliveryReceived {
      number
      delivery {
        ...InboxDeliveryFields
      }
    }
  }
}
    ${InboxDeliveryFieldsFragmentDoc}` as unknown as DocumentNode<InboxReceivedSubscription, InboxReceivedSubscriptionVariables>;
export const CreateInboxDocument = /*#__PURE__*/ gql`
    mutation CreateInbox($input: CreateInboxInput!) {
  createInbox(input: $input) {
    __typename
    ... on CreateInboxPayload {
      replayed
      inbox {
        ...InboxFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${InboxFieldsFragmentDoc}` as unknown as DocumentNode<CreateInboxMutation, CreateInboxMutationVariables>;
export const UpdateInboxDocument = /*#__PURE__*/ gql`
    mutation UpdateInbox($input: UpdateInboxInput!) {
  updateInbox(input: $input) {
    __typename
    ... on UpdateInboxPayload {
      inbox {
        ...InboxFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${InboxFieldsFragmentDoc}` as unknown as DocumentNode<UpdateInboxMutation, UpdateInboxMutationVariables>;
export const DeactivateInboxDocument = /*#__PURE__*/ gql`
    mutation DeactivateInbox($input: DeactivateInboxInput!) {
  deactivateInbox(input: $input) {
    __typename
    ... on DeactivateInboxPayload {
      inbox {
        ...InboxFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${InboxFieldsFragmentDoc}` as unknown as DocumentNode<DeactivateInboxMutation, DeactivateInboxMutationVariables>;
export const AcknowledgeDeliveriesDocument = /*#__PURE__*/ gql`
    mutation AcknowledgeDeliveries($input: AcknowledgeDeliveriesInput!) {
  acknowledgeDeliveries(input: $input) {
    __typename
    ... on AcknowledgeDeliveriesPayload {
      deliveryIds
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<AcknowledgeDeliveriesMutation, AcknowledgeDeliveriesMutationVariables>;
export const IntegrationsDocument = /*#__PURE__*/ gql`
    query Integrations($workspaceId: ID!, $first: Int!, $after: String) {
  integrationProviders {
    provider
    name
    description
    settings {
      name
      description
      secret
      required
    }
  }
  workspace(id: $workspaceId) {
    id
    integrations(first: $first, after: $after) {
      edges {
        node {
          ...IntegrationFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ${IntegrationFieldsFragmentDoc}` as unknown as DocumentNode<IntegrationsQuery, IntegrationsQueryVariables>;
export const ConnectIntegrationDocument = /*#__PURE__*/ gql`
    mutation ConnectIntegration($input: ConnectIntegrationInput!) {
  connectIntegration(input: $input) {
    __typename
    ... on ConnectIntegrationPayload {
      integration {
        ...IntegrationFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${IntegrationFieldsFragmentDoc}` as unknown as DocumentNode<ConnectIntegrationMutation, ConnectIntegrationMutationVariables>;
export const UpdateIntegrationDocument = /*#__PURE__*/ gql`
    mutation UpdateIntegration($input: UpdateIntegrationInput!) {
  updateIntegration(input: $input) {
    __typename
    ... on UpdateIntegrationPayload {
      integration {
        ...IntegrationFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${IntegrationFieldsFragmentDoc}` as unknown as DocumentNode<UpdateIntegrationMutation, UpdateIntegrationMutationVariables>;
export const TestIntegrationDocument = /*#__PURE__*/ gql`
    mutation TestIntegration($input: TestIntegrationInput!) {
  testIntegration(input: $input) {
    __typename
    ... on TestIntegrationPayload {
      integration {
        ...IntegrationFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${IntegrationFieldsFragmentDoc}` as unknown as DocumentNode<TestIntegrationMutation, TestIntegrationMutationVariables>;
export const DisconnectIntegrationDocument = /*#__PURE__*/ gql`
    mutation DisconnectIntegration($input: DisconnectIntegrationInput!) {
  disconnectIntegration(input: $input) {
    __typename
    ... on DisconnectIntegrationPayload {
      disconnectedIntegrationId
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<DisconnectIntegrationMutation, DisconnectIntegrationMutationVariables>;
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
    ... on FeedBookmark {
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
export const WebhookEndpointsDocument = /*#__PURE__*/ gql`
    query WebhookEndpoints($workspaceId: ID!, $first: Int!, $after: String) {
  workspace(id: $workspaceId) {
    id
    webhookEndpoints(first: $first, after: $after) {
      edges {
        node {
          ...EndpointFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    ${EndpointFieldsFragmentDoc}` as unknown as DocumentNode<WebhookEndpointsQuery, WebhookEndpointsQueryVariables>;
export const WebhookEventTypesDocument = /*#__PURE__*/ gql`
    query WebhookEventTypes {
  webhookEventTypes {
    type
    name
    description
    example
  }
}
    ` as unknown as DocumentNode<WebhookEventTypesQuery, WebhookEventTypesQueryVariables>;
export const WebhookDeliveriesDocument = /*#__PURE__*/ gql`
    query WebhookDeliveries($endpointId: ID!, $state: WebhookDeliveryState, $first: Int!, $after: String) {
  node(id: $endpointId) {
    id
    ... on WebhookEndpoint {
      deliveries(state: $state, first: $first, after: $after) {
        edges {
          node {
            ...WebhookDeliveryFields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    ${WebhookDeliveryFieldsFragmentDoc}` as unknown as DocumentNode<WebhookDeliveriesQuery, WebhookDeliveriesQueryVariables>;
export const WebhookDeliveryDocument = /*#__PURE__*/ gql`
    query WebhookDelivery($id: ID!) {
  node(id: $id) {
    id
    ... on WebhookDelivery {
      ...WebhookDeliveryFields
      endpoint {
        id
      }
      event {
        id
        body
      }
      attempts {
        number
        startedAt
        durationMs
        status
        failure
        url
        responseHead
        responseCut
      }
    }
  }
}
    ${WebhookDeliveryFieldsFragmentDoc}` as unknown as DocumentNode<WebhookDeliveryQuery, WebhookDeliveryQueryVariables>;
export const MissedDeliveriesDocument = /*#__PURE__*/ gql`
    query MissedDeliveries($endpointId: ID!, $first: Int!) {
  node(id: $endpointId) {
    id
    ... on WebhookEndpoint {
      failed: deliveries(state: FAILED, first: $first) {
        edges {
          node {
            id
            event {
              id
              occurredAt
            }
          }
        }
        pageInfo {
          hasNextPage
        }
      }
      parked: deliveries(state: PARKED, first: $first) {
        edges {
          node {
            id
            event {
              id
              occurredAt
            }
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
}
    ` as unknown as DocumentNode<MissedDeliveriesQuery, MissedDeliveriesQueryVariables>;
export const CreateWebhookEndpointDocument = /*#__PURE__*/ gql`
    mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) {
    __typename
    ... on CreateWebhookEndpointPayload {
      secret
      replayed
      webhookEndpoint {
        ...EndpointFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${EndpointFieldsFragmentDoc}` as unknown as DocumentNode<CreateWebhookEndpointMutation, CreateWebhookEndpointMutationVariables>;
export const UpdateWebhookEndpointDocument = /*#__PURE__*/ gql`
    mutation UpdateWebhookEndpoint($input: UpdateWebhookEndpointInput!) {
  updateWebhookEndpoint(input: $input) {
    __typename
    ... on UpdateWebhookEndpointPayload {
      webhookEndpoint {
        ...EndpointFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${EndpointFieldsFragmentDoc}` as unknown as DocumentNode<UpdateWebhookEndpointMutation, UpdateWebhookEndpointMutationVariables>;
export const RotateWebhookSecretDocument = /*#__PURE__*/ gql`
    mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {
  rotateWebhookSecret(input: $input) {
    __typename
    ... on RotateWebhookSecretPayload {
      secret
      replayed
      webhookEndpoint {
        ...EndpointFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${EndpointFieldsFragmentDoc}` as unknown as DocumentNode<RotateWebhookSecretMutation, RotateWebhookSecretMutationVariables>;
export const DeleteWebhookEndpointDocument = /*#__PURE__*/ gql`
    mutation DeleteWebhookEndpoint($input: DeleteWebhookEndpointInput!) {
  deleteWebhookEndpoint(input: $input) {
    __typename
    ... on DeleteWebhookEndpointPayload {
      webhookEndpointId
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<DeleteWebhookEndpointMutation, DeleteWebhookEndpointMutationVariables>;
export const SendTestWebhookDocument = /*#__PURE__*/ gql`
    mutation SendTestWebhook($input: SendTestWebhookInput!) {
  sendTestWebhook(input: $input) {
    __typename
    ... on SendTestWebhookPayload {
      replayed
      delivery {
        ...WebhookDeliveryFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${WebhookDeliveryFieldsFragmentDoc}` as unknown as DocumentNode<SendTestWebhookMutation, SendTestWebhookMutationVariables>;
export const ResendDeliveryDocument = /*#__PURE__*/ gql`
    mutation ResendDelivery($input: ResendDeliveryInput!) {
  resendDelivery(input: $input) {
    __typename
    ... on ResendDeliveryPayload {
      delivery {
        ...WebhookDeliveryFields
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ${WebhookDeliveryFieldsFragmentDoc}` as unknown as DocumentNode<ResendDeliveryMutation, ResendDeliveryMutationVariables>;
export const ReplayDeliveriesDocument = /*#__PURE__*/ gql`
    mutation ReplayDeliveries($input: ReplayDeliveriesInput!) {
  replayDeliveries(input: $input) {
    __typename
    ... on ReplayDeliveriesPayload {
      count
      nextSince
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    ` as unknown as DocumentNode<ReplayDeliveriesMutation, ReplayDeliveriesMutationVariables>;
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