import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Permit } from '#core/access/permit';
import { type Role, ROLES, type Scope, SCOPES } from '#core/access/policy';
import { revokeApiKey } from '#core/api-keys/api-keys';
import { findHolder, type HeldKey, type Holder, reaches, requireReach } from '#core/api-keys/reach';
import { Forbidden, NotFound, Unauthenticated } from '#core/errors';
import { openWorld, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const KEY: HeldKey = {
  id: 'key',
  parentId: null,
  memberId: 'its creator',
  environment: 'LIVE',
  scopes: ['usage:write', 'balance:read'],
};

const member = (role: Role, memberId = 'somebody'): Holder => ({ kind: 'USER', memberId, role });
const keyHolder = (change: object = {}): Holder => ({
  kind: 'API_KEY',
  apiKeyId: 'holder',
  parentId: null,
  memberId: 'its creator',
  environment: 'LIVE',
  scopes: ['keys:write', 'usage:write', 'balance:read'],
  ...change,
});

/** Roles of members who reach another member's key with this scope. */
const REACHED_BY: Readonly<Record<Scope, readonly Role[]>> = {
  'usage:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'usage:read': ROLES,
  'holds:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'balance:read': ROLES,
  'keys:read': ROLES,
  'keys:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'members:read': ROLES,
  'audit:read': ['OWNER', 'ADMIN'],
  'activity:read': ROLES,
  'inboxes:read': ROLES,
  'inboxes:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'alerts:read': ROLES,
  'alerts:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'webhooks:read': ROLES,
  'webhooks:write': ['OWNER', 'ADMIN', 'MEMBER'],
  'integrations:read': ROLES,
  'integrations:write': ['OWNER', 'ADMIN', 'MEMBER'],
};

test.each(SCOPES)('another member’s key with %s is reached by the roles that could do the same', (scope) => {
  const reaching = ROLES.filter((role) => reaches(member(role), { ...KEY, scopes: [scope] }));
  expect(reaching).toEqual(REACHED_BY[scope]);
});

test.each<[string, Holder, Partial<HeldKey>, boolean]>([
  ['a MEMBER, one’s own key with audit:read', member('MEMBER', 'its creator'), { scopes: ['audit:read'] }, true],
  ['a MEMBER, another’s key with all scopes', member('MEMBER'), { scopes: [...SCOPES] }, false],
  ['an ADMIN, another’s key with all scopes', member('ADMIN'), { scopes: [...SCOPES] }, true],
  ['a key, itself', keyHolder({ apiKeyId: 'key' }), {}, true],
  ['a lesser key, itself', keyHolder({ apiKeyId: 'key', parentId: 'maker' }), { parentId: 'maker' }, true],
  ['a key, a key it made', keyHolder(), { parentId: 'holder' }, true],
  ['a key, a key that another made', keyHolder(), { parentId: 'other' }, false],
  ['a key, a key of the same creator', keyHolder(), {}, false],
  ['a lesser key, a key below it', keyHolder({ parentId: 'maker' }), { parentId: 'holder' }, false],
  ['a lesser key, the key that made it', keyHolder({ parentId: 'key' }), {}, false],
  ['a key, one with a scope more', keyHolder(), { parentId: 'holder', scopes: ['usage:read'] }, false],
  ['a test key, a live one', keyHolder({ environment: 'TEST' }), { parentId: 'holder' }, false],
  ['a key, one of another creator', keyHolder(), { parentId: 'holder', memberId: 'other' }, false],
])('%s: reached %#', (_what, holder, change, expected) => {
  const key = { ...KEY, ...change };
  expect(reaches(holder, key)).toBe(expected);
});

test('what is out of reach is forbidden, to a member and to a key', () => {
  expect(() => requireReach(member('MEMBER'), { ...KEY, scopes: ['audit:read'] })).toThrow('what your role may not');
  expect(() => requireReach(keyHolder(), KEY)).toThrow(Forbidden);
  expect(() => requireReach(member('MEMBER'), KEY)).not.toThrow();
});

test('a holder is read anew: neither a removed member nor a key revoked meanwhile holds anything', async () => {
  const { workspaceId, owner, key } = await world.makeWorkspace({ key: { scopes: ['keys:write'] } });
  const permit = await world.permit(owner, 'apiKeys:rotate', workspaceId);
  const keyPermit = await world.permit(key.actor, 'apiKeys:rotate', workspaceId);
  const { memberId, apiKeyId } = key.actor;
  expect(await findHolder(world.db, permit)).toEqual({ kind: 'USER', memberId, role: 'OWNER' });
  expect(await findHolder(world.db, keyPermit)).toMatchObject({ kind: 'API_KEY', apiKeyId, scopes: ['keys:write'] });
  await world.db.apiKey.update({ where: { id: apiKeyId }, data: { revokedAt: new Date() } });
  await world.db.member.update({ where: { id: memberId }, data: { removedAt: new Date() } });
  await expect(findHolder(world.db, permit)).rejects.toThrow(NotFound);
  await expect(findHolder(world.db, keyPermit)).rejects.toThrow(Unauthenticated);
  const operator = { ...permit, actor: world.operator } as Permit<'apiKeys:rotate'>;
  await expect(findHolder(world.db, operator)).rejects.toThrow(Forbidden);
});

test('a key ends itself and the keys it made, a MEMBER ends any key', async () => {
  const { workspaceId, owner, key } = await world.makeWorkspace({ key: { scopes: ['keys:write', 'usage:write'] } });
  const [other, lesser] = [await world.makeKey(owner, workspaceId), await world.makeKey(owner, workspaceId)];
  await world.db.apiKey.update({ where: { id: lesser.actor.apiKeyId }, data: { parentId: key.actor.apiKeyId } });
  const permit = await world.permit(key.actor, 'apiKeys:revoke', workspaceId);
  await expect(revokeApiKey(world.db, permit, other.actor)).rejects.toThrow(Forbidden);
  await revokeApiKey(world.db, permit, lesser.actor);
  await revokeApiKey(world.db, permit, key.actor);
  await world.db.member.updateMany({ where: { workspaceId }, data: { role: 'MEMBER' } });
  await revokeApiKey(world.db, await world.permit(owner, 'apiKeys:revoke', workspaceId), other.actor);
  expect(await world.db.apiKey.count({ where: { workspaceId, revokedAt: null } })).toBe(0);
});

test.each(['revokedAt', 'disabledAt', 'expiresAt'] as const)(
  'a lesser key ends with its maker’s %s',
  async (column) => {
    const workspace = await world.makeWorkspace({ credits: 1_000_000n });
    const { workspaceId, owner, key } = workspace;
    const lesser = await world.makeKey(owner, workspaceId);
    const permit = await world.permit(lesser.actor, 'usage:write', workspaceId);
    const { apiKeyId } = lesser.actor;
    await world.db.apiKey.update({ where: { id: apiKeyId }, data: { parentId: key.actor.apiKeyId } });
    const spend = (idempotencyKey: string) =>
      world.credits.recordUsage(permit, { credits: 1n, idempotencyKey, apiKeyId });
    expect((await spend('before')).entry.outcome).toBe('SUCCEEDED');
    await world.db.apiKey.update({
      where: { id: key.actor.apiKeyId },
      data: { [column]: new Date(Date.now() - 1_000) },
    });
    await expect(spend('after')).rejects.toThrow(Unauthenticated);
    world.keys.forget(workspaceId);
    await expect(world.keys.verify(lesser.secret, null)).rejects.toThrow(Unauthenticated);
  },
);
