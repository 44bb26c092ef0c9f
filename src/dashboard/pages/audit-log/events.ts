import type { ActorKind, AuditLogQuery } from '../../generated/graphql.ts';

export type AuditEvent = NonNullable<AuditLogQuery['workspace']>['auditLog']['edges'][number]['node'];

export const ACTORS: Record<ActorKind, string> = {
  API_KEY: 'API key',
  OPERATOR: 'Operator',
  SYSTEM: 'The service itself',
  USER: 'Member',
};

/** To be offered as a filter; others can be typed. A test holds it against the catalogue of events. */
export const EVENT_TYPES = [
  'workspace.created',
  'workspace.renamed',
  'workspace.plan_assigned',
  'workspace.balance_low',
  'workspace.deleted',
  'workspace.restored',
  'workspace.erased',
  'workspace.transferred',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'member.left',
  'invitation.created',
  'invitation.resent',
  'invitation.revoked',
  'invitation.accepted',
  'api_key.created',
  'api_key.updated',
  'api_key.disabled',
  'api_key.enabled',
  'api_key.rotated',
  'api_key.revoked',
  'inbox.created',
  'inbox.updated',
  'inbox.deactivated',
  'alert.created',
  'alert.updated',
  'alert.deleted',
  'alert.muted',
  'alert.fired',
  'alert.cleared',
  'webhook.created',
  'webhook.updated',
  'webhook.rotated',
  'webhook.deleted',
  'webhook.tested',
  'webhook.replayed',
  'webhook.disabled',
  'integration.connected',
  'integration.updated',
  'integration.tested',
  'integration.disconnected',
  'integration.disabled',
] as const;

/** "api_key.revoked" as people say it: "API key revoked". Works for kinds that are not known here, too. */
export function eventName(type: string): string {
  const words = type.replaceAll(/[._]/g, ' ').replace(/^api key/, 'API key');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
