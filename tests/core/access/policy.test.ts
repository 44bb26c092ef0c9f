import { expect, test } from 'vitest';
import { type Action, keyAllows, POLICY, ROLES, roleAllows, SCOPES } from '#core/access/policy';

const SEE = [
  'workspace:read',
  'balance:read',
  'usage:read',
  'holds:read',
  'ledger:read',
  'members:read',
  'invitations:read',
  'apiKeys:read',
  'activity:read',
  'inboxes:read',
  'alerts:read',
  'webhooks:read',
  'integrations:read',
] as const;
const LEAVE = ['members:leave'] as const;
const MANAGE_KEYS = [
  'usage:write',
  'holds:write',
  'apiKeys:create',
  'apiKeys:update',
  'apiKeys:rotate',
  'apiKeys:revoke',
  'inboxes:write',
  'webhooks:write',
  'integrations:write',
] as const;
const MANAGE_PEOPLE = [
  'workspace:rename',
  'members:invite',
  'members:changeRole',
  'members:remove',
  'audit:read',
] as const;
const OWN = ['workspace:delete', 'workspace:restore', 'workspace:transfer'] as const;

const ALLOWED: Record<(typeof ROLES)[number], readonly Action[]> = {
  VIEWER: [...SEE, ...LEAVE],
  MEMBER: [...SEE, ...LEAVE, ...MANAGE_KEYS, 'alerts:write'],
  ADMIN: [...SEE, ...LEAVE, ...MANAGE_KEYS, 'alerts:write', ...MANAGE_PEOPLE],
  OWNER: [...SEE, ...LEAVE, ...MANAGE_KEYS, 'alerts:write', ...MANAGE_PEOPLE, ...OWN],
};

const BY_SCOPE: Record<(typeof SCOPES)[number], readonly Action[]> = {
  'usage:write': ['workspace:read', 'balance:read', 'usage:write'],
  'usage:read': ['workspace:read', 'usage:read', 'ledger:read'],
  'holds:write': ['workspace:read', 'balance:read', 'holds:write', 'holds:read'],
  'balance:read': ['workspace:read', 'balance:read', 'holds:read'],
  'keys:read': ['workspace:read', 'apiKeys:read'],
  'keys:write': [
    'workspace:read',
    'apiKeys:read',
    'apiKeys:create',
    'apiKeys:update',
    'apiKeys:rotate',
    'apiKeys:revoke',
  ],
  'members:read': ['workspace:read', 'members:read', 'invitations:read'],
  'audit:read': ['workspace:read', 'audit:read', 'activity:read'],
  'activity:read': ['workspace:read', 'activity:read'],
  'inboxes:read': ['workspace:read', 'inboxes:read'],
  'inboxes:write': ['workspace:read', 'inboxes:read', 'inboxes:write'],
  'alerts:read': ['workspace:read', 'alerts:read'],
  'alerts:write': ['workspace:read', 'alerts:read', 'alerts:write'],
  'webhooks:read': ['workspace:read', 'webhooks:read'],
  'webhooks:write': ['workspace:read', 'webhooks:read', 'webhooks:write'],
  'integrations:read': ['workspace:read', 'integrations:read'],
  'integrations:write': ['workspace:read', 'integrations:read', 'integrations:write'],
};

const ACTIONS = Object.keys(POLICY) as Action[];

test.each(ROLES)('%s may do what the table of roles says and nothing else', (role) => {
  expect(new Set(ACTIONS.filter((action) => roleAllows(role, action)))).toEqual(new Set(ALLOWED[role]));
});

test.each(SCOPES.flatMap((scope) => ROLES.map((role) => [scope, role] as const)))(
  'a key with %s made by a %s may do what the scope names, and never more than its maker',
  (scope, role) => {
    const expected = BY_SCOPE[scope].filter((action) => ALLOWED[role].includes(action));
    expect(new Set(ACTIONS.filter((action) => keyAllows([scope], role, action)))).toEqual(new Set(expected));
  },
);

test('a key without scopes, or with unknown ones, may do nothing', () => {
  expect(ACTIONS.filter((action) => keyAllows([], 'OWNER', action) || keyAllows(['*'], 'OWNER', action))).toEqual([]);
});

test('operators grant credits, and neither rename workspaces nor create keys in them', () => {
  expect(new Set(ACTIONS.filter((action) => !POLICY[action].operator))).toEqual(
    new Set([
      'workspace:rename',
      'workspace:delete',
      'workspace:transfer',
      'members:invite',
      'members:changeRole',
      'members:remove',
      'members:leave',
      'apiKeys:create',
      'apiKeys:update',
      'apiKeys:rotate',
      'inboxes:write',
      'alerts:write',
      'webhooks:write',
      'integrations:write',
    ]),
  );
});
