import { expect, test } from 'vitest';
import { type Action, keyAllows, POLICY, ROLES, roleAllows, SCOPES } from '#core/access/policy';

const SEE = ['workspace:read', 'balance:read', 'usage:read', 'members:read', 'apiKeys:read'] as const;
const MANAGE_KEYS = ['usage:write', 'apiKeys:create', 'apiKeys:revoke'] as const;

const ALLOWED: Record<(typeof ROLES)[number], readonly Action[]> = {
  VIEWER: SEE,
  MEMBER: [...SEE, ...MANAGE_KEYS],
  ADMIN: [...SEE, ...MANAGE_KEYS, 'workspace:rename'],
  OWNER: [...SEE, ...MANAGE_KEYS, 'workspace:rename'],
};

const BY_SCOPE: Record<(typeof SCOPES)[number], readonly Action[]> = {
  'usage:write': ['workspace:read', 'balance:read', 'usage:write'],
  'usage:read': ['workspace:read', 'usage:read'],
  'balance:read': ['workspace:read', 'balance:read'],
  'keys:read': ['workspace:read', 'apiKeys:read'],
  'keys:write': ['workspace:read', 'apiKeys:read', 'apiKeys:revoke'],
  'members:read': ['workspace:read', 'members:read'],
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
    new Set(['workspace:rename', 'apiKeys:create']),
  );
});
