import type { ApiKeyFieldsFragment, CapPeriod } from '../../generated/graphql.ts';

export type ApiKey = ApiKeyFieldsFragment;

/** Whether nothing brings it back. */
export function isEnded({ state }: ApiKey): boolean {
  return state === 'REVOKED' || state === 'EXPIRED';
}

export const SCOPES: readonly [scope: string, says: string][] = [
  ['usage:write', 'Record calls and spend credits'],
  ['holds:write', 'Set credits aside before a call'],
  ['usage:read', 'Read the usage log'],
  ['balance:read', 'Read and watch the balance'],
  ['keys:read', 'List API keys'],
  ['keys:write', 'Make lesser keys, rotate and revoke'],
  ['members:read', 'List members'],
  ['audit:read', 'Read the audit log'],
  ['activity:read', 'Follow what happens, live'],
  ['webhooks:read', 'List webhook endpoints and deliveries'],
  ['webhooks:write', 'Create and change webhook endpoints'],
  ['inboxes:read', 'Read inboxes and what came'],
  ['inboxes:write', 'Create inboxes, claim and acknowledge'],
  ['integrations:read', 'List integrations'],
  ['integrations:write', 'Connect, change and test integrations'],
  ['alerts:read', 'List alerts and when they fired'],
  ['alerts:write', 'Create, change and mute alerts'],
];

/** What the server gives a key that asks for nothing in particular. */
export const SCOPES_GIVEN = ['usage:write', 'usage:read', 'balance:read'];

export const PERIODS: Record<CapPeriod, string> = {
  DAY: 'per day',
  WEEK: 'per week',
  MONTH: 'per month',
  TOTAL: 'in total',
};
