import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '#core/access/actor';
import { createApiKey, revokeApiKey } from '#core/api-keys/api-keys';
import { type RotateApiKeyInput, rotateApiKey } from '#core/api-keys/rotation';
import { Conflict, CredentialExpired, Forbidden, IdempotencyConflict, NotFound, Unauthenticated } from '#core/errors';
import { openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

type Where = Pick<TestWorkspace, 'workspaceId' | 'key'>;

async function rotate(actor: Actor, { workspaceId, key }: Where, input: Partial<RotateApiKeyInput> = {}) {
  const permit = await world.permit(actor, 'apiKeys:rotate', workspaceId);
  const rotated = await rotateApiKey(world.db, permit, {
    apiKeyId: key.actor.apiKeyId,
    overlap: 'ONE_DAY',
    idempotencyKey: randomUUID(),
    ...input,
  });
  world.bus.publish({ kind: 'access', workspaceId });
  return { ...rotated, secret: rotated.secret ?? '' };
}

const works = (secret: string): Promise<boolean> =>
  world.keys.verify(secret, null).then(
    () => true,
    () => false,
  );

const keyRow = ({ key }: Where) => world.db.apiKey.findUniqueOrThrow({ where: { id: key.actor.apiKeyId } });

test('a rotated key stays what it was; both secrets open it until the overlap is over', async () => {
  const workspace = await world.makeWorkspace();
  const { key, owner } = workspace;
  const before = await keyRow(workspace);
  const { secret } = await rotate(owner, workspace);
  expect(await keyRow(workspace)).toEqual(before);
  const actor = await world.keys.verify(secret, null);
  expect(actor).toEqual({ ...key.actor, secretId: actor.secretId });
  const old = await world.keys.verify(key.secret, null);
  expect(old.expiresAt?.getTime()).toBeCloseTo(Date.now() + 24 * 3_600_000, -4);
  expect(old.secretId).toBe(key.actor.secretId);
});

test.each([
  ['NONE', 0],
  ['ONE_HOUR', 1],
  ['ONE_DAY', 24],
  ['SEVEN_DAYS', 168],
] as const)('with %s the old secret ends %i hours later', async (overlap, hours) => {
  const workspace = await world.makeWorkspace();
  await rotate(workspace.owner, workspace, { overlap });
  const { expiresAt } = await world.db.apiKeySecret.findUniqueOrThrow({
    where: { id: workspace.key.actor.secretId },
  });
  expect(((expiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000).toBeCloseTo(hours, 2);
  expect(await works(workspace.key.secret)).toBe(hours > 0);
});

test('an ended secret is told so, and spends nothing even where a cache still lets it in', async () => {
  const workspace = await world.makeWorkspace({ credits: 1_000_000n });
  const { key, owner, workspaceId } = workspace;
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  const { apiKeyId, secretId } = key.actor;
  const usage = { credits: 1n, apiKeyId, idempotencyKey: 'retried' };
  const { entry } = await world.credits.recordUsage(permit, usage);
  const { secret } = await rotate(owner, workspace, { overlap: 'NONE' });
  await expect(world.keys.verify(key.secret, null)).rejects.toThrow(CredentialExpired);
  const late = { ...usage, idempotencyKey: 'late', secretId };
  await expect(world.credits.recordUsage(permit, late)).rejects.toThrow(Unauthenticated);
  const gateway = await world.permit(world.operator, 'usage:write', workspaceId);
  await expect(world.credits.recordUsage(gateway, late)).rejects.toThrow(NotFound);
  const fresh = await world.permit(await world.keys.verify(secret, null), 'usage:write', workspaceId);
  const retry = await world.credits.recordUsage(fresh, usage);
  expect(retry).toMatchObject({ replayed: true, entry: { seq: entry.seq } });
});

test('a second rotation during an overlap ends the oldest secret at once: two work, never three', async () => {
  const workspace = await world.makeWorkspace();
  const secrets = [workspace.key.secret];
  for (let round = 0; round < 3; round++) secrets.push((await rotate(workspace.owner, workspace)).secret);
  expect(await Promise.all(secrets.map(works))).toEqual([false, false, true, true]);
  expect(await world.db.apiKeySecret.count({ where: { apiKeyId: workspace.key.actor.apiKeyId } })).toBe(3);
});

test('ten rotations at once leave one current secret and one before it', async () => {
  const workspace = await world.makeWorkspace();
  const rotations = Array.from({ length: 10 }, () => rotate(workspace.owner, workspace));
  const secrets = (await Promise.all(rotations)).map(({ secret }) => secret);
  const working = await Promise.all([workspace.key.secret, ...secrets].map(works));
  expect(working.filter(Boolean)).toHaveLength(2);
  const { apiKeyId } = workspace.key.actor;
  expect(await world.db.apiKeySecret.count({ where: { apiKeyId, expiresAt: null } })).toBe(1);
});

test('a rotation repeated with its idempotency key rotates once and does not show the secret again', async () => {
  const workspace = await world.makeWorkspace();
  const again = () => rotate(workspace.owner, workspace, { idempotencyKey: 'once' });
  const both = await Promise.all([again(), again()]);
  expect(both.filter(({ replayed }) => replayed)).toHaveLength(1);
  expect(await again()).toMatchObject({ secret: '', replayed: true });
  expect(await works(workspace.key.secret)).toBe(true);
  const other = rotate(workspace.owner, workspace, { idempotencyKey: 'once', overlap: 'NONE' });
  await expect(other).rejects.toThrow(IdempotencyConflict);
});

test('a revoked or expired key is not rotated, a disabled one is and stays disabled', async () => {
  const workspace = await world.makeWorkspace();
  const { owner, key, workspaceId } = workspace;
  const { apiKeyId } = key.actor;
  await world.db.apiKey.update({ where: { id: apiKeyId }, data: { disabledAt: new Date() } });
  expect(await works((await rotate(owner, workspace)).secret)).toBe(false);
  await world.db.apiKey.update({ where: { id: apiKeyId }, data: { expiresAt: new Date(), disabledAt: null } });
  await expect(rotate(owner, workspace)).rejects.toThrow('is expired');
  await revokeApiKey(world.db, await world.permit(owner, 'apiKeys:revoke', workspaceId), { apiKeyId });
  await expect(rotate(owner, workspace)).rejects.toThrow(Conflict);
});

test('a MEMBER does not rotate what may do more than they, and nobody a foreign key', async () => {
  const workspace = await world.makeWorkspace({ key: { scopes: ['usage:write', 'audit:read'] } });
  const other = await world.makeWorkspace();
  const member = await world.makeUser();
  const { workspaceId, owner } = workspace;
  const facts = { id: randomUUID(), workspaceId, userId: member.userId, createdAt: new Date() };
  await world.db.member.create({ data: { ...facts, role: 'MEMBER' } });
  await expect(rotate(member, workspace)).rejects.toThrow(Forbidden);
  await expect(rotate(owner, { workspaceId, key: other.key })).rejects.toThrow(NotFound);
  expect(await works(workspace.key.secret)).toBe(true);
});

test('a key with keys:write rotates itself', async () => {
  const workspace = await world.makeWorkspace({ key: { scopes: ['keys:write'] } });
  const { secret } = await rotate(workspace.key.actor, workspace, { overlap: 'NONE' });
  expect(await works(secret)).toBe(true);
});

test('a key rotates a lesser key it made, also after it lost a scope that the lesser one names', async () => {
  const workspace = await world.makeWorkspace({ key: { scopes: ['keys:write'] } });
  const { owner, workspaceId, key } = workspace;
  const lesser = await world.makeKey(owner, workspaceId, { scopes: ['usage:read'] });
  await expect(rotate(key.actor, { workspaceId, key: lesser })).rejects.toThrow(Forbidden);
  const data = { parentId: key.actor.apiKeyId };
  await world.db.apiKey.update({ where: { id: lesser.actor.apiKeyId }, data });
  const { secret } = await rotate(key.actor, { workspaceId, key: lesser });
  expect(await world.keys.verify(secret, null)).toMatchObject({ scopes: [] });
});

test('the events of a key name the ends of its secrets and hold none', async () => {
  const workspace = await world.makeWorkspace();
  const { owner, key, workspaceId } = workspace;
  const { secret } = await rotate(owner, workspace);
  const permit = await world.permit(owner, 'apiKeys:create', workspaceId);
  const created = await createApiKey(world.db, permit, {
    name: 'CI',
    environment: 'TEST',
    idempotencyKey: randomUUID(),
  });
  const events = await world.db.event.findMany({ where: { workspaceId }, orderBy: { number: 'asc' } });
  expect(events.find(({ type }) => type === 'api_key.rotated')).toMatchObject({
    before: { lastFour: key.secret.slice(-4) },
    after: { lastFour: secret.slice(-4) },
  });
  const text = JSON.stringify(events, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  for (const shown of [key.secret, secret, created.secret ?? '']) expect(text).not.toContain(shown.slice(12, -4));
});
