/** Who may do what: action x role and action x key scope, as data. `can()` in access.ts is its only reader. */

export const ROLES = ['OWNER', 'ADMIN', 'MEMBER', 'VIEWER'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPES = [
  'usage:write',
  'usage:read',
  'holds:write',
  'balance:read',
  'keys:read',
  'keys:write',
  'members:read',
  'audit:read',
  'activity:read',
  'inboxes:read',
  'inboxes:write',
  'alerts:read',
  'alerts:write',
  'webhooks:read',
  'webhooks:write',
  'integrations:read',
  'integrations:write',
] as const;
export type Scope = (typeof SCOPES)[number];

interface Rule {
  roles: readonly Role[];
  /** Scopes of which an API key needs one; empty = no key may. */
  scopes: readonly Scope[];
  /** Whether an operator token may, in any workspace. */
  operator: boolean;
}

const EVERYONE = ROLES;
const WRITERS = ['OWNER', 'ADMIN', 'MEMBER'] as const;
const ADMINS = ['OWNER', 'ADMIN'] as const;
const OWNERS = ['OWNER'] as const;

/** Every action on a workspace. An API key needs one of the scopes and its creator's role must carry the action too. */
export const POLICY = {
  'workspace:read': { roles: EVERYONE, scopes: SCOPES, operator: true },
  'workspace:rename': { roles: ADMINS, scopes: [], operator: false },
  'balance:read': { roles: EVERYONE, scopes: ['balance:read', 'usage:write', 'holds:write'], operator: true },
  'usage:read': { roles: EVERYONE, scopes: ['usage:read'], operator: true },
  'usage:write': { roles: WRITERS, scopes: ['usage:write'], operator: true },
  'holds:write': { roles: WRITERS, scopes: ['holds:write'], operator: true },
  'holds:read': { roles: EVERYONE, scopes: ['balance:read', 'holds:write'], operator: true },
  'ledger:read': { roles: EVERYONE, scopes: ['usage:read'], operator: true },
  'workspace:delete': { roles: OWNERS, scopes: [], operator: false },
  'workspace:restore': { roles: OWNERS, scopes: [], operator: true },
  'workspace:transfer': { roles: OWNERS, scopes: [], operator: false },
  'members:read': { roles: EVERYONE, scopes: ['members:read'], operator: true },
  'invitations:read': { roles: EVERYONE, scopes: ['members:read'], operator: true },
  'members:invite': { roles: ADMINS, scopes: [], operator: false },
  'members:changeRole': { roles: ADMINS, scopes: [], operator: false },
  'members:remove': { roles: ADMINS, scopes: [], operator: false },
  'members:leave': { roles: EVERYONE, scopes: [], operator: false },
  'apiKeys:read': { roles: EVERYONE, scopes: ['keys:read', 'keys:write'], operator: true },
  'apiKeys:create': { roles: WRITERS, scopes: ['keys:write'], operator: false },
  'apiKeys:update': { roles: WRITERS, scopes: ['keys:write'], operator: false },
  'apiKeys:rotate': { roles: WRITERS, scopes: ['keys:write'], operator: false },
  'apiKeys:revoke': { roles: WRITERS, scopes: ['keys:write'], operator: true },
  'audit:read': { roles: ADMINS, scopes: ['audit:read'], operator: true },
  // What happened and who did it; the addresses it came from are the audit log's alone.
  'activity:read': { roles: EVERYONE, scopes: ['activity:read', 'audit:read'], operator: true },
  'inboxes:read': { roles: EVERYONE, scopes: ['inboxes:read', 'inboxes:write'], operator: true },
  'inboxes:write': { roles: WRITERS, scopes: ['inboxes:write'], operator: false },
  'alerts:read': { roles: EVERYONE, scopes: ['alerts:read', 'alerts:write'], operator: true },
  'alerts:write': { roles: WRITERS, scopes: ['alerts:write'], operator: false },
  'webhooks:read': { roles: EVERYONE, scopes: ['webhooks:read', 'webhooks:write'], operator: true },
  'webhooks:write': { roles: WRITERS, scopes: ['webhooks:write'], operator: false },
  'integrations:read': { roles: EVERYONE, scopes: ['integrations:read', 'integrations:write'], operator: true },
  'integrations:write': { roles: WRITERS, scopes: ['integrations:write'], operator: false },
  'plans:assign': { roles: [], scopes: [], operator: true },
  'ledger:verify': { roles: [], scopes: [], operator: true },
  'credits:grant': { roles: [], scopes: [], operator: true },
  'credits:void': { roles: [], scopes: [], operator: true },
  'credits:adjust': { roles: [], scopes: [], operator: true },
  'credits:refund': { roles: [], scopes: [], operator: true },
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof POLICY;

/** Actions that concern no one workspace and belong to operators alone. */
export type OperatorAction = 'operations:set' | 'plans:set' | 'workspaces:list' | 'apiKeys:verify';

/** Whether the policy lets a role do this. */
export function roleAllows(role: Role, action: Action): boolean {
  return (POLICY[action].roles as readonly Role[]).includes(role);
}

/** A key may do what one of its scopes names, and never more than the role of the member who made it. */
export function keyAllows(scopes: readonly string[], ceiling: Role, action: Action): boolean {
  const { scopes: sufficient } = POLICY[action];
  return roleAllows(ceiling, action) && sufficient.some((scope) => scopes.includes(scope));
}
