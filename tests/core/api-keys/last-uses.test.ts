import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LastUses } from '#core/api-keys/last-uses';
import { rotateApiKey } from '#core/api-keys/rotation';
import { KeyVerifier } from '#core/api-keys/verification';
import type { Db } from '#core/db';
import { openWorld, type TestKey, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const fail = (error: unknown): never => {
  throw error;
};

const usesOf = async ({ actor: { apiKeyId, secretId } }: TestKey) => ({
  key: (await world.db.apiKey.findUniqueOrThrow({ where: { id: apiKeyId } })).lastUsedAt,
  secret: (await world.db.apiKeySecret.findUniqueOrThrow({ where: { id: secretId } })).lastUsedAt,
});

/** The database, counting what is written with it. */
function countedDb() {
  const written = { count: 0 };
  const $executeRaw = (...statement: Parameters<Db['$executeRaw']>) => {
    written.count++;
    return world.db.$executeRaw(...statement);
  };
  return { db: { $executeRaw } as unknown as Db, written };
}

test('a thousand uses of three keys are one write, and none before it is time', async () => {
  const { owner, workspaceId, key } = await world.makeWorkspace();
  const keys = [key, await world.makeKey(owner, workspaceId), await world.makeKey(owner, workspaceId)];
  const { db, written } = countedDb();
  const uses = new LastUses({ db, onError: fail });
  const verifier = new KeyVerifier(world.db, world.bus, { noteUse: (actor) => uses.note(actor) });
  const before = Date.now();
  for (let round = 0; round < 1_000; round++) await verifier.verify(keys[round % 3]?.secret ?? '', null);
  expect(written.count).toBe(0);
  expect(await usesOf(key)).toEqual({ key: null, secret: null });
  await uses.close();
  verifier.close();
  expect(written.count).toBe(1);
  for (const used of keys) {
    const { key: at, secret } = await usesOf(used);
    expect(at?.getTime()).toBeGreaterThanOrEqual(before);
    expect(secret).toEqual(at);
  }
});

test('what was refused was not used', async () => {
  const { key, workspaceId } = await world.makeWorkspace();
  await world.db.apiKey.update({ where: { id: key.actor.apiKeyId }, data: { allowedAddresses: ['192.0.2.1'] } });
  world.keys.forget(workspaceId);
  const noted: unknown[] = [];
  const verifier = new KeyVerifier(world.db, world.bus, { noteUse: (actor) => noted.push(actor) });
  await verifier.verify(key.secret, '192.0.2.2').catch(() => undefined);
  await verifier.verify(`${key.secret}x`, null).catch(() => undefined);
  verifier.close();
  expect(noted).toEqual([]);
});

test('a use that is written late never hides a later one, and the old secret has a last use of its own', async () => {
  const { key, owner, workspaceId } = await world.makeWorkspace();
  const { apiKeyId } = key.actor;
  const permit = await world.permit(owner, 'apiKeys:rotate', workspaceId);
  const { secret } = await rotateApiKey(world.db, permit, { apiKeyId, overlap: 'ONE_DAY', idempotencyKey: 'once' });
  world.keys.forget(workspaceId);
  const fresh = { secret: secret ?? '', actor: await world.keys.verify(secret ?? '', null) };
  const [early, late] = [0, 1].map(() => new LastUses({ db: world.db, onError: fail }));
  early?.note(key.actor);
  await new Promise((resolve) => setTimeout(resolve, 20));
  late?.note(fresh.actor);
  await late?.close();
  await early?.close();
  const { key: atKey, secret: atFresh } = await usesOf(fresh);
  const { secret: atOld } = await usesOf(key);
  expect(atKey).toEqual(atFresh);
  expect(atOld?.getTime()).toBeLessThan(atFresh?.getTime() ?? 0);
});

test('rotations and writes of last uses at once never lock each other out', async () => {
  const { key, owner, workspaceId } = await world.makeWorkspace();
  const permit = await world.permit(owner, 'apiKeys:rotate', workspaceId);
  const { apiKeyId } = key.actor;
  const rotations = Array.from({ length: 8 }, () =>
    rotateApiKey(world.db, permit, { apiKeyId, overlap: 'ONE_DAY', idempotencyKey: randomUUID() }),
  );
  const writes = Array.from({ length: 8 }, () => {
    const uses = new LastUses({ db: world.db, onError: fail });
    uses.note(key.actor);
    return uses.close();
  });
  await expect(Promise.all([...rotations, ...writes])).resolves.toHaveLength(16);
});

test('a database that is away costs the uses, and the next ones are written again', async () => {
  const { key } = await world.makeWorkspace();
  const errors: unknown[] = [];
  let isAway = true;
  const $executeRaw = (...statement: Parameters<Db['$executeRaw']>) =>
    isAway ? Promise.reject(new Error('away')) : world.db.$executeRaw(...statement);
  const uses = new LastUses({ db: { $executeRaw } as unknown as Db, onError: (error) => errors.push(error) });
  uses.note(key.actor);
  await uses.flush();
  isAway = false;
  uses.note(key.actor);
  await uses.close();
  expect(errors).toHaveLength(1);
  expect((await usesOf(key)).key).not.toBeNull();
});
