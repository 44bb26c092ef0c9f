import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintSecret, readSecretPrefix } from '#core/access/secret';
import { createApiKey, revokeApiKey } from '#core/api-keys/api-keys';
import { KeyVerifier } from '#core/api-keys/verification';
import type { Db } from '#core/db';
import { Conflict, IdempotencyConflict, NotFound, Unauthenticated, ValidationFailed } from '#core/errors';
import { newId } from '#core/ids';
import { sha256 } from '#lib/canonical-json';
import { openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

/** A database that answers about secrets late, and counts how often it is asked. */
function watchedDb(release: Promise<unknown> = Promise.resolve()) {
  const asked = { count: 0 };
  const $queryRaw = async (...query: Parameters<Db['$queryRaw']>): Promise<unknown> => {
    asked.count++;
    const found: unknown = await world.db.$queryRaw(...query);
    await release;
    return found;
  };
  return { db: { $queryRaw } as unknown as Db, asked };
}

async function revoke({ workspaceId, owner, key }: TestWorkspace): Promise<void> {
  const permit = await world.permit(owner, 'apiKeys:revoke', workspaceId);
  await revokeApiKey(world.db, permit, { apiKeyId: key.actor.apiKeyId });
}

test('a secret has its prefix, 32 random characters and a checksum that sees every single-character typo', () => {
  const { text, prefix, lastFour, hash } = mintSecret('cp_live_');
  expect(text).toMatch(/^cp_live_[0-9A-Za-z]{38}$/);
  expect([prefix, lastFour]).toEqual([text.slice(0, 12), text.slice(-4)]);
  expect(hash).toEqual(sha256(text));
  expect(readSecretPrefix(text)).toBe('cp_live_');
  for (let at = 0; at < text.length; at++) {
    const typo = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1);
    expect(readSecretPrefix(typo)).toBeNull();
  }
});

test('a mistyped key costs no query, a warm one none after the first, and only the hash is stored', async () => {
  const { key } = await world.makeWorkspace();
  const { db, asked } = watchedDb();
  const keys = new KeyVerifier(db, world.bus);
  await expect(keys.verify(key.secret.slice(0, -1), null)).rejects.toThrow(Unauthenticated);
  expect(asked.count).toBe(0);
  await keys.verify(key.secret, null);
  expect(await keys.verify(key.secret, null)).toEqual(key.actor);
  expect(asked.count).toBe(1);
  keys.close();
  const rows = await world.db.apiKeySecret.findMany({ where: { apiKeyId: key.actor.apiKeyId } });
  const isPlain = JSON.stringify(rows).includes(key.secret.slice(12, -4));
  expect({ count: rows.length, isPlain }).toEqual({ count: 1, isPlain: false });
});

test('a thousand that come at once with one key look it up once; who comes after a change looks anew', async () => {
  const { key, workspaceId } = await world.makeWorkspace();
  const late = new EventEmitter();
  const { db, asked } = watchedDb(once(late, 'answer'));
  const keys = new KeyVerifier(db, world.bus);
  const before = Array.from({ length: 1_000 }, () => keys.verify(key.secret, null));
  await expect.poll(() => asked.count).toBe(1);
  keys.forget(workspaceId);
  const after = keys.verify(key.secret, null);
  await expect.poll(() => asked.count).toBe(2);
  await new Promise((done) => setTimeout(done, 50));
  late.emit('answer');
  await Promise.all([...before, after]);
  expect(asked.count).toBe(2);
  keys.close();
});

test('a revocation empties the cache at once, for that workspace alone', async () => {
  const [workspace, other] = [await world.makeWorkspace(), await world.makeWorkspace()];
  const { db, asked } = watchedDb();
  const keys = new KeyVerifier(db, world.bus);
  await keys.verify(workspace.key.secret, null);
  await keys.verify(other.key.secret, null);
  await revoke(workspace);
  world.bus.publish({ kind: 'access', workspaceId: workspace.workspaceId });
  await expect(keys.verify(workspace.key.secret, null)).rejects.toThrow(Unauthenticated);
  await keys.verify(other.key.secret, null);
  expect(asked.count).toBe(3);
  keys.close();
});

test('a look-up begun before the revocation cannot fill the cache after it', async () => {
  const workspace = await world.makeWorkspace();
  const late = new EventEmitter();
  const { db, asked } = watchedDb(once(late, 'answer'));
  const keys = new KeyVerifier(db, world.bus);
  const early = keys.verify(workspace.key.secret, null);
  await expect.poll(() => asked.count).toBe(1);
  await new Promise((done) => setTimeout(done, 50));
  await revoke(workspace);
  world.bus.publish({ kind: 'access', workspaceId: workspace.workspaceId });
  late.emit('answer');
  await early.catch(() => {});
  await expect(keys.verify(workspace.key.secret, null)).rejects.toThrow(Unauthenticated);
  keys.close();
});

test('disabled and expired keys are refused, also from a warm cache', async () => {
  const { key, owner, workspaceId } = await world.makeWorkspace();
  await world.db.apiKey.update({ where: { id: key.actor.apiKeyId }, data: { disabledAt: new Date() } });
  world.keys.forget(workspaceId);
  await expect(world.keys.verify(key.secret, null)).rejects.toThrow('unknown or was revoked');
  const brief = await world.makeKey(owner, workspaceId, { expiresAt: new Date(Date.now() + 2_000) });
  await new Promise((done) => setTimeout(done, 2_050));
  await expect(world.keys.verify(brief.secret, null)).rejects.toThrow('has expired');
});

test('creating a key again with the same idempotency key names it without its secret, even after its expiry', async () => {
  const { owner, workspaceId } = await world.makeWorkspace();
  const permit = await world.permit(owner, 'apiKeys:create', workspaceId);
  const input = {
    name: 'CI',
    environment: 'LIVE',
    idempotencyKey: 'once',
    expiresAt: new Date(Date.now() + 2_000),
  } as const;
  const both = await Promise.all([createApiKey(world.db, permit, input), createApiKey(world.db, permit, input)]);
  const first = both.find(({ replayed }) => !replayed);
  await new Promise((done) => setTimeout(done, 2_050));
  expect(both.filter(({ secret }) => secret === null)).toHaveLength(1);
  expect(await createApiKey(world.db, permit, input)).toEqual({ ...first, secret: null, replayed: true });
  await expect(createApiKey(world.db, permit, { ...input, name: 'Other' })).rejects.toThrow(IdempotencyConflict);
  await expect(createApiKey(world.db, permit, { ...input, idempotencyKey: 'late' })).rejects.toThrow(ValidationFailed);
});

test('a workspace holds 1,000 living keys and no more', async () => {
  const { owner, workspaceId, key } = await world.makeWorkspace();
  const { memberId } = key.actor;
  await world.db.apiKey.createMany({
    data: Array.from({ length: 998 }, () => ({
      id: newId(),
      workspaceId,
      memberId,
      name: 'Old',
      environment: 'LIVE' as const,
      createdAt: new Date(),
    })),
  });
  const permit = await world.permit(owner, 'apiKeys:create', workspaceId);
  const create = (idempotencyKey: string) =>
    createApiKey(world.db, permit, { name: 'New', environment: 'LIVE', idempotencyKey });
  const racing = await Promise.allSettled(['a', 'b', 'c', 'd'].map(create));
  expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(create('e')).rejects.toThrow(Conflict);
});

test('another workspace’s key is not there to be revoked', async () => {
  const [workspace, other] = [await world.makeWorkspace(), await world.makeWorkspace()];
  const permit = await world.permit(workspace.owner, 'apiKeys:revoke', workspace.workspaceId);
  await expect(revokeApiKey(world.db, permit, { apiKeyId: other.key.actor.apiKeyId })).rejects.toThrow(NotFound);
  expect(await world.keys.verify(other.key.secret, null)).toEqual(other.key.actor);
});
