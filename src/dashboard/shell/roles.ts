import type { Role } from '../generated/graphql.ts';

/** What a page offers to whom. The server decides; a test holds this against its policy. */
export const ALLOWED = {
  'workspace:rename': ['OWNER', 'ADMIN'],
  'workspace:delete': ['OWNER'],
  'workspace:transfer': ['OWNER'],
  'members:invite': ['OWNER', 'ADMIN'],
  'members:changeRole': ['OWNER', 'ADMIN'],
  'members:remove': ['OWNER', 'ADMIN'],
  'apiKeys:create': ['OWNER', 'ADMIN', 'MEMBER'],
  'apiKeys:update': ['OWNER', 'ADMIN', 'MEMBER'],
  'apiKeys:rotate': ['OWNER', 'ADMIN', 'MEMBER'],
  'apiKeys:revoke': ['OWNER', 'ADMIN', 'MEMBER'],
  'webhooks:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'inboxes:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'integrations:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'alerts:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'audit:read': ['OWNER', 'ADMIN'],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof ALLOWED;

export function isAllowed(role: Role | null, action: Action): boolean {
  return role !== null && (ALLOWED[action] as readonly Role[]).includes(role);
}

export const ROLE_NAMES: Record<Role, string> = { OWNER: 'Owner', ADMIN: 'Admin', MEMBER: 'Member', VIEWER: 'Viewer' };

export const ROLE_HINTS: Record<Role, string> = {
  OWNER: 'Everything, including deleting and transferring the workspace',
  ADMIN: 'Everything but that; may not touch an owner',
  MEMBER: 'API keys, webhooks, integrations, alerts; sees everything',
  VIEWER: 'Sees everything, changes nothing',
};
