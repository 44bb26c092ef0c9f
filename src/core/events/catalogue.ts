import type { IdType } from '#core/ids';

/** Every event type and what its before/after carry. Names are past tense and permanent. */
export interface EventCatalogue {
  'workspace.created': { after: { name: string; slug: string } };
  'workspace.renamed': { before: { name: string; slug: string }; after: { name: string; slug: string } };
  'workspace.plan_assigned': { before: { plan: string }; after: { plan: string } };
  /** What can be spent fell below the workspace's threshold, by the decision of that number or one of its batch. */
  'workspace.balance_low': { after: { available: string; threshold: string; seq: string } };
  'workspace.deleted': { after: { deletedAt: string; erasesAt: string } };
  'workspace.restored': { before: { deletedAt: string } };
  'workspace.erased': { after: { erasedAt: string } };
  /** `memberId` is who owned it and who owns it now; the other field is the other side's role at that moment. */
  'workspace.transferred': {
    before: { memberId: string; heirRole: string };
    after: { memberId: string; formerOwnerRole: string };
  };
  'member.joined': { after: { userId: string; role: string } };
  'member.role_changed': { before: { role: string }; after: { role: string } };
  'member.removed': { before: { userId: string; role: string } };
  'member.left': { before: { userId: string; role: string } };
  // Without the address: events cannot be erased, and it may be of somebody who never joins.
  'invitation.created': { after: { role: string } };
  'invitation.resent': { after: { role: string } };
  'invitation.revoked': { before: { role: string } };
  'invitation.accepted': { after: { role: string } };
  'api_key.created': { after: ApiKeySettings & { environment: string; parentId?: string } };
  /** What changed, as it was and as it became. */
  'api_key.updated': { before: Partial<ApiKeySettings>; after: Partial<ApiKeySettings> };
  'api_key.disabled': { after: { name: string } };
  'api_key.enabled': { after: { name: string } };
  'api_key.rotated': { before: { lastFour: string }; after: { lastFour: string; previousEndsAt: string } };
  'api_key.revoked': { before: { name: string } };
  'inbox.created': { after: { name: string; provider: string | null } };
  /** What changed, as it was and as it became; of a secret, that it was replaced. */
  'inbox.updated': { before: InboxFacts; after: InboxFacts };
  'inbox.deactivated': { before: { name: string } };
  'alert.created': { after: AlertFacts };
  'alert.updated': { before: AlertFacts; after: AlertFacts };
  'alert.deleted': { before: { name: string } };
  /** `until` is null when muting ended. */
  'alert.muted': { after: { name: string; until: string | null } };
  /** The condition came true, or somebody tests whether everyone is told. By whom, only of a test. */
  'alert.fired': { after: AlertCrossing };
  /** It is no longer true, and the alert can fire again. */
  'alert.cleared': { after: { name: string; apiKeyId?: string; period?: string } };
  // URLs without their query, which may hold a token.
  'webhook.created': { after: { url: string; eventTypes: readonly string[] } };
  'webhook.updated': { before: WebhookSettings; after: WebhookSettings };
  'webhook.rotated': { after: { previousEndsAt: string } };
  'webhook.deleted': { before: { url: string } };
  'webhook.tested': { after: { type: string } };
  /** Deliveries were sent again; `since` is null for a single one. */
  'webhook.replayed': { after: { count: number; since: string | null } };
  /** By itself: it answered 410, or failed for five days. */
  'webhook.disabled': { after: { reason: string; failingSince: string | null } };
  'integration.connected': { after: { provider: string; eventTypes: readonly string[] } };
  /** `settings` names those that were given anew, never their values. */
  'integration.updated': {
    before: { eventTypes: readonly string[]; paused: boolean };
    after: { eventTypes: readonly string[]; paused: boolean; settings?: readonly string[] };
  };
  'integration.tested': { after: { type: string } };
  'integration.disconnected': { before: { provider: string } };
  /** By itself: it answered 410, or failed for five days. */
  'integration.disabled': { after: { reason: string; failingSince: string | null } };
}

export interface WebhookSettings {
  url: string;
  eventTypes: readonly string[];
  disabled: boolean;
}

/** Never an address or a secret. */
export interface InboxFacts {
  description?: string | null;
  provider?: string | null;
  isSecretReplaced?: boolean;
}

/** What an alert watches. The threshold is a decimal text in the condition's unit. Without addresses: events cannot be erased. */
export interface AlertFacts {
  name: string;
  condition: string;
  threshold: string;
  apiKeyId?: string;
  windowMinutes?: number;
  callsMin?: number;
  mailedRoles: readonly string[];
  mailedAddressCount: number;
  integrationCount: number;
}

/** Value and threshold are decimal texts in the condition's unit. Key and period are those of the cap, seq the decision that crossed it. */
export interface AlertCrossing {
  name: string;
  condition: string;
  value: string;
  threshold: string;
  apiKeyId?: string;
  period?: string;
  seq?: string;
  isTest?: boolean;
}

/** Credits of caps as decimal texts by period, times in ISO 8601. */
export interface ApiKeySettings {
  name: string;
  scopes: readonly string[];
  expiresAt: string | null;
  allowedAddresses: readonly string[];
  caps: Readonly<Record<string, string>>;
  requestsPerMinute: number | null;
}

export type EventType = keyof EventCatalogue;

type NounOf<Type extends string> = Type extends `${infer Noun}.${string}` ? Noun : never;

/** What the target of an event is, by the noun before the dot of its type: an event's targetId has no type of its own. */
export const EVENT_TARGETS: Readonly<Record<NounOf<EventType>, IdType>> = {
  workspace: 'Workspace',
  member: 'Member',
  invitation: 'Invitation',
  api_key: 'ApiKey',
  inbox: 'Inbox',
  alert: 'Alert',
  webhook: 'WebhookEndpoint',
  integration: 'Integration',
};
