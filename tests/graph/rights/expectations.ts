import {
  anyone,
  both,
  hides,
  holders,
  isKey,
  isOutside,
  isUser,
  kept,
  needs,
  nobodyElse,
  operators,
  permits,
  somebody,
  spendersBy,
  users,
  type Rule,
} from './rules.ts';

interface ObjectRights {
  /** Who may hold the object at all. */
  on: Rule;
  /** Fields that need no more than the object itself. */
  plain: string;
  /** Fields that need more. */
  fields?: Record<string, Rule>;
}

/** Every object type of the schema that can be read, and what each of its fields needs. */
export const OBJECTS: Readonly<Record<string, ObjectRights>> = {
  Query: {
    on: anyone,
    plain: '',
    fields: {
      viewer: (standing) => (isUser(standing) ? 'ok' : 'null'),
      apiKey: (standing) => (isKey(standing) ? 'ok' : 'null'),
      workspace: needs('workspace:read'),
      workspaces: operators,
      node: (standing) => (isOutside(standing) ? 'null' : 'ok'),
      nodes: (standing) => (isOutside(standing) ? 'null' : 'ok'),
      operations: somebody,
      plans: somebody,
      webhookEventTypes: somebody,
      integrationProviders: somebody,
      verifyApiKey: operators,
      quote: permits('balance:read'),
    },
  },
  Subscription: {
    on: anyone,
    plain: '',
    fields: {
      balanceChanged: permits('balance:read'),
      usageRecorded: permits('usage:read'),
      activity: permits('activity:read'),
      inboxReceived: permits('inboxes:read'),
    },
  },
  Workspace: {
    on: needs('workspace:read'),
    plain: 'id name slug createdAt viewerRole plan timeZone',
    fields: {
      balance: needs('balance:read'),
      lowBalanceThreshold: needs('balance:read'),
      balanceAt: needs('balance:read'),
      grants: needs('balance:read'),
      holds: needs('holds:read'),
      ledger: needs('ledger:read'),
      ledgerEntry: needs('ledger:read'),
      usage: needs('usage:read'),
      usageSummary: needs('usage:read'),
      spending: needs('usage:read'),
      runway: both(needs('usage:read'), needs('balance:read')),
      members: needs('members:read'),
      invitations: needs('invitations:read'),
      apiKeys: needs('apiKeys:read'),
      inboxes: needs('inboxes:read'),
      auditLog: needs('audit:read'),
      alerts: needs('alerts:read'),
      webhookEndpoints: needs('webhooks:read'),
      integrations: needs('integrations:read'),
    },
  },
  Session: { on: anyone, plain: 'id createdAt expiresAt address userAgent current' },
  DeletedWorkspace: { on: anyone, plain: 'id name slug deletedAt erasesAt' },
  Balance: { on: needs('balance:read'), plain: 'available held total seq' },
  Member: { on: needs('members:read'), plain: 'id user role createdAt removedAt' },
  Invitation: {
    on: needs('invitations:read'),
    plain: 'id email role createdAt expiresAt acceptedAt revokedAt',
    fields: { invitedBy: needs('members:read') },
  },
  // The workspaces of somebody else are those that the caller sees too, so the list itself refuses nobody.
  User: {
    on: anyone,
    plain: 'id name email workspaces',
    fields: {
      deletedWorkspaces: nobodyElse,
      sessions: kept,
      emailVerified: kept,
      twoFactorEnabled: kept,
    },
  },
  ApiKey: {
    on: needs('apiKeys:read'),
    plain:
      'id name environment scopes state prefix lastFour previousSecret lastUsedAt createdAt expiresAt revokedAt workspace creatorHasLeft effectiveScopes allowedAddresses requestsPerMinute parent spending caps',
    fields: { createdBy: hides('members:read') },
  },
  ApiKeyCap: { on: anyone, plain: 'period credits spent remaining share resetsAt' },
  ApiKeySpending: { on: anyone, plain: 'today thisWeek thisMonth total' },
  ApiKeyVerification: { on: anyone, plain: 'valid refusal scopes apiKey workspace' },
  PreviousSecret: { on: anyone, plain: 'lastFour expiresAt lastUsedAt' },
  CreditGrant: {
    on: needs('balance:read'),
    plain: 'id source priority amount remaining held spent expired expiresAt voidedAt reason createdAt',
  },
  GrantDraw: { on: anyone, plain: 'credits grant' },
  Hold: {
    on: needs('holds:read'),
    plain: 'id state amount captured released remaining overage operation environment tag createdAt expiresAt closedAt',
  },
  LedgerEntry: {
    on: needs('ledger:read'),
    plain:
      'seq createdAt kind outcome credits availableBefore availableAfter heldBefore heldAfter actorKind actorId reason refSeq usageEntry draws',
  },
  Quote: {
    on: anyone,
    plain: 'operation units basePrice discountPercent exactPrice price credits declineReason capPeriod draws balance',
  },
  UsageEntry: {
    on: needs('usage:read'),
    plain:
      'id seq createdAt operation units basePrice discountPercent price credits outcome declineReason environment latencyMs tag metadata exactPrice',
    fields: { availableAfter: needs('balance:read'), draws: needs('balance:read'), apiKey: hides('apiKeys:read') },
  },
  UsageSummary: {
    on: anyone,
    plain: 'since until buckets total previousSince previous series groups',
  },
  UsageGroup: {
    on: anyone,
    plain: 'value isOther total previous series',
    fields: { apiKey: hides('apiKeys:read'), member: hides('members:read') },
  },
  UsageTotals: { on: anyone, plain: 'calls credits refunded spent' },
  UsageSeries: { on: anyone, plain: 'calls credits refunded' },
  Spending: { on: anyone, plain: 'today lastSevenDays thisMonth' },
  Runway: { on: anyone, plain: 'hours emptiesAt creditsPerHour confidence' },
  WebhookEventKind: { on: anyone, plain: 'type name description example' },
  WebhookEndpoint: {
    on: needs('webhooks:read'),
    plain:
      'id url description eventTypes ordered createdAt lastSuccessAt lastFailureAt failingSince disabledAt disabledReason previousSecretEndsAt deliveries',
  },
  WebhookDelivery: {
    on: needs('webhooks:read'),
    plain: 'id endpoint event state test attemptCount attempts nextAttemptAt createdAt finishedAt',
  },
  WebhookEvent: { on: anyone, plain: 'id type occurredAt body' },
  WebhookAttempt: {
    on: anyone,
    plain: 'number url startedAt durationMs status failure responseHead responseCut',
  },
  IntegrationProviderKind: { on: anyone, plain: 'provider name description settings' },
  IntegrationSettingKind: { on: anyone, plain: 'name description secret required' },
  IntegrationSetting: { on: anyone, plain: 'name value' },
  Integration: {
    on: needs('integrations:read'),
    plain:
      'id provider description eventTypes settings createdAt lastSuccessAt lastFailureAt lastError failingSince pausedAt pausedReason waitingCount',
  },
  Operation: { on: anyone, plain: 'name description price updatedAt' },
  Plan: { on: anyone, plain: 'name requestsPerMinute discountPercent monthlyAllowance inboxMebibytes updatedAt' },
  Inbox: {
    on: needs('inboxes:read'),
    plain: 'id name description provider receivedCount storedBytes createdAt deactivatedAt workspace deliveries',
    fields: { url: hides('inboxes:write') },
  },
  InboxDelivery: {
    on: needs('inboxes:read'),
    plain:
      'id number receivedAt state claimedUntil acknowledgedAt signature eventId duplicateOf headers contentType size text base64 sourceAddress charge chargeSeq inbox',
  },
  InboxSnapshot: { on: anyone, plain: 'number inbox' },
  InboxReset: { on: anyone, plain: 'number inbox' },
  DeliveryReceived: { on: anyone, plain: 'number delivery' },
  InboxHeader: { on: anyone, plain: 'name value' },
  AuditEvent: { on: needs('audit:read'), plain: 'id number type actor targetId before after address createdAt' },
  Alert: {
    on: needs('alerts:read'),
    plain:
      'id name condition threshold state mutedUntil windowMinutes callsMin mailedRoles mailedAddresses createdAt firings',
    fields: { apiKey: hides('apiKeys:read'), integrations: hides('integrations:read') },
  },
  AlertFiring: {
    on: anyone,
    plain: 'value threshold capPeriod seq isTest firedAt clearedAt isMailing mailError',
    fields: { apiKey: hides('apiKeys:read') },
  },
  AuditActor: { on: anyone, plain: 'kind id name' },
  FeedSnapshot: { on: anyone, plain: 'seq cursor', fields: { balance: needs('balance:read') } },
  FeedBookmark: { on: anyone, plain: 'seq' },
  FeedReset: { on: anyone, plain: 'seq cursor', fields: { balance: needs('balance:read') } },
  BalanceChange: { on: anyone, plain: 'seq balance createdAt' },
  UsageChange: { on: anyone, plain: 'seq usageEntry' },
  ActivityChange: {
    on: anyone,
    plain: 'cursor type actor targetId before after createdAt',
    fields: { ledgerEntry: needs('ledger:read') },
  },
};

/** Fields whose object is the caller's own: the rule of its type is not asked. */
export const OWN: readonly string[] = ['Query.viewer', 'Query.apiKey'];

/** Every mutation and who may. What is allowed here may also read the whole payload. */
export const MUTATIONS: Readonly<Record<string, Rule>> = {
  createWorkspace: users,
  renameWorkspace: permits('workspace:rename'),
  deleteWorkspace: permits('workspace:delete'),
  restoreWorkspace: permits('workspace:restore'),
  transferWorkspace: permits('workspace:transfer'),
  changeMemberRole: permits('members:changeRole'),
  removeMember: permits('members:remove'),
  leaveWorkspace: permits('members:leave'),
  inviteMember: permits('members:invite'),
  resendInvitation: permits('members:invite'),
  revokeInvitation: permits('members:invite'),
  // The token is a guess.
  acceptInvitation: (standing) => (isUser(standing) ? 'NOT_FOUND' : users(standing)),
  createApiKey: permits('apiKeys:create'),
  // The key is another one: keys touch only themselves and those they made.
  updateApiKey: (standing) => (standing.is === 'key' ? 'FORBIDDEN' : permits('apiKeys:update')(standing)),
  rotateApiKey: (standing) => (standing.is === 'key' ? 'FORBIDDEN' : permits('apiKeys:rotate')(standing)),
  revokeApiKey: (standing) => (standing.is === 'key' ? 'FORBIDDEN' : permits('apiKeys:revoke')(standing)),
  createInbox: permits('inboxes:write'),
  updateInbox: permits('inboxes:write'),
  deactivateInbox: permits('inboxes:write'),
  claimDeliveries: permits('inboxes:write'),
  acknowledgeDeliveries: permits('inboxes:write'),
  createAlert: permits('alerts:write'),
  updateAlert: permits('alerts:write'),
  muteAlert: permits('alerts:write'),
  testAlert: permits('alerts:write'),
  deleteAlert: permits('alerts:write'),
  createWebhookEndpoint: permits('webhooks:write'),
  updateWebhookEndpoint: permits('webhooks:write'),
  rotateWebhookSecret: permits('webhooks:write'),
  deleteWebhookEndpoint: permits('webhooks:write'),
  sendTestWebhook: permits('webhooks:write'),
  resendDelivery: permits('webhooks:write'),
  replayDeliveries: permits('webhooks:write'),
  connectIntegration: permits('integrations:write'),
  updateIntegration: permits('integrations:write'),
  testIntegration: permits('integrations:write'),
  disconnectIntegration: permits('integrations:write'),
  setOperation: operators,
  setPlan: operators,
  assignPlan: permits('plans:assign'),
  // The session is somebody else's, which does not exist for them.
  revokeSession: (standing) => (isUser(standing) ? 'NOT_FOUND' : users(standing)),
  revokeOtherSessions: (standing) => (isUser(standing) ? 'NOT_FOUND' : users(standing)),
  grantCredits: permits('credits:grant'),
  verifyLedger: permits('ledger:verify'),
  voidGrant: permits('credits:void'),
  adjustCredits: permits('credits:adjust'),
  refundUsage: permits('credits:refund'),
  recordUsage: spendersBy('usage:write'),
  recordUsageBatch: spendersBy('usage:write'),
  createHold: spendersBy('holds:write'),
  extendHold: holders,
  captureHold: holders,
  releaseHold: holders,
};

/** The rule of `Type.field`, or of holding a `Type`; undefined where none is declared. */
export function ruleOf(step: string): Rule | undefined {
  const [type = '', field] = step.split('.');
  const rights = OBJECTS[type];
  if (field === undefined) return rights ? rights.on : anyone;
  return rights?.fields?.[field] ?? (isPlain(type, field) ? anyone : undefined);
}

export function isPlain(type: string, field: string): boolean {
  return OBJECTS[type]?.plain.split(' ').includes(field) ?? /(Connection|Edge|PageInfo)$/.test(type);
}
