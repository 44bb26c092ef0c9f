import { expect, test } from 'vitest';
import { Access } from '#core/access/access';
import type { ApiKeyActor } from '#core/access/actor';
import { visibleTo } from '#core/access/visibility';
import type { Db } from '#core/db';

const WORKSPACE = 'one';
const ROLES: Record<string, string> = {
  'one Ada': 'ADMIN',
  'one Bob': 'ADMIN',
  'one Cid': 'VIEWER',
  'two Ada': 'OWNER',
};
/** Answers what is asked about roles: workspaces, users, and whether the workspace must be living. */
const db = {
  $queryRaw: async (_sql: TemplateStringsArray, workspaceIds: string[], userIds: string[]) =>
    workspaceIds.flatMap((workspaceId, index) => {
      const role = ROLES[`${workspaceId} ${userIds[index]}`];
      return role === undefined ? [] : [{ place: index + 1, role }];
    }),
} as unknown as Db;

const user = (userId: string) => new Access(db, { kind: 'USER', userId, sessionId: `of ${userId}`, address: null });
const key = (changes: Partial<ApiKeyActor> = {}) =>
  new Access(db, {
    kind: 'API_KEY',
    apiKeyId: 'key',
    secretId: 'secret',
    workspaceId: WORKSPACE,
    memberId: 'member',
    environment: 'LIVE',
    scopes: ['balance:read', 'usage:read'],
    ceiling: 'ADMIN',
    expiresAt: null,
    quotas: [],
    address: null,
    ...changes,
  });

test('those who may do the same in a workspace have one name for it, and nobody else has', async () => {
  const rights = await Promise.all(
    [
      user('Ada'),
      user('Bob'),
      user('Cid'),
      key(),
      key({ apiKeyId: 'another', address: '192.0.2.1', scopes: ['usage:read', 'balance:read'] }),
      key({ scopes: ['balance:read'] }),
      key({ ceiling: 'VIEWER' }),
      key({ environment: 'TEST' }),
    ].map((access) => access.rightsIn(WORKSPACE)),
  );
  expect(rights[0]).toBe(rights[1]);
  expect(rights[3]).toBe(rights[4]);
  expect(new Set(rights).size).toBe(rights.length - 2);
});

/** Somebody who stands for all of their rights, and how often they were asked what is theirs alone. */
function standIn(access: Access) {
  const asked = { personal: 0 };
  return { asked, access: access.standIn(WORKSPACE, () => asked.personal++) };
}

test('what all of the same rights are answered alike is not personal', async () => {
  for (const { asked, access } of [standIn(user('Ada')), standIn(key())]) {
    expect(await access.can('usage:read', WORKSPACE)).toBe(true);
    expect(await access.belongsTo(WORKSPACE)).toBe(true);
    await access.permit('balance:read', WORKSPACE);
    await access.roleIn(WORKSPACE);
    expect(access.actor.kind).toMatch(/USER|API_KEY/);
    visibleTo(access.actor);
    expect(asked.personal).toBe(0);
  }
  expect(visibleTo(standIn(user('Ada')).access.actor)).toEqual({ deletedAt: null, id: WORKSPACE });
});

test('who one is, what one may do elsewhere, and whoever a permit names are personal', async () => {
  const { asked, access } = standIn(user('Ada'));
  const { actor } = access;
  expect(actor.kind === 'USER' && actor.userId).toBe('Ada');
  expect(asked.personal).toBe(1);
  expect(await access.can('usage:read', 'two')).toBe(true);
  expect(asked.personal).toBe(2);
  const permit = await access.permit('balance:read', WORKSPACE);
  expect({ ...permit.actor }).toMatchObject({ userId: 'Ada' });
  expect(asked.personal).toBeGreaterThan(2);
  const other = standIn(key());
  expect(other.access.actor).toMatchObject({ apiKeyId: 'key' });
  expect(other.asked.personal).toBeGreaterThan(0);
});
