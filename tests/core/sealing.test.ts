import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAesSealer } from '#adapters/aes-sealer';
import { openInboxes } from '#core/inboxes/inboxes';
import { readSealedValues } from '#core/inboxes/sealed-values';
import { checkSealingKeys, sealAnew, SealBroken, WrongSealingKey } from '#core/sealing';
import { createWebhookEndpoint, rotateWebhookSecret, secretPurpose } from '#core/webhooks/endpoints';
import { readSealedSecrets } from '#core/webhooks/sealed-secrets';
import { openWorld, type World } from '../world/world.ts';

const [first, second] = [randomBytes(32), randomBytes(32)];
const before = openAesSealer({ current: first });
const after = openAesSealer({ current: second, previous: [first] });
const PLACES = [readSealedSecrets, readSealedValues];
const outbound = { problemOf: () => null };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const keyIds = async () => (await world.db.sealingKey.findMany()).map(({ id }) => id).toSorted();
const changedADayAgo = () =>
  world.db.sealingKey.updateMany({
    data: { createdAt: new Date(Date.now() - 25 * 3_600_000) },
    where: { id: after.keyId },
  });

test('after a change of keys all is sealed anew, and a day later the old key is needed no more', async () => {
  const { db } = world;
  await checkSealingKeys(db, before);
  await db.sealingKey.updateMany({ data: { createdAt: new Date(Date.now() - 48 * 3_600_000) } });
  const { workspaceId, owner } = await world.makeWorkspace();
  const permit = await world.permit(owner, 'webhooks:write', workspaceId);
  const means = { sealer: before, outbound };
  const settings = { url: 'https://example.com/', description: '', eventTypes: ['balance.low'], isOrdered: false };
  const made = await createWebhookEndpoint(db, permit, { ...settings, idempotencyKey: randomUUID() }, means);
  const { webhookEndpointId: id } = made;
  const rotated = await rotateWebhookSecret(db, permit, { webhookEndpointId: id, idempotencyKey: randomUUID() }, means);
  const inboxes = openInboxes({ db, sealer: before, publicUrl: 'https://commonpurse.example' });
  const writing = await world.permit(owner, 'inboxes:write', workspaceId);
  const signing = { provider: 'GITHUB', signingSecret: 'a-secret-of-theirs', idempotencyKey: randomUUID() } as const;
  const { inboxId } = await inboxes.create(writing, { name: 'theirs', ...signing });
  const inboxBefore = await db.inbox.findUniqueOrThrow({ where: { id: inboxId } });

  await checkSealingKeys(db, after);
  await sealAnew(db, after, PLACES);
  const alone = openAesSealer({ current: second });
  const endpoint = await db.webhookEndpoint.findUniqueOrThrow({ where: { id } });
  expect(alone.open(endpoint.secret, secretPurpose(id))).toBe(rotated.secret);
  expect(alone.open(endpoint.previousSecret!, secretPurpose(id))).toBe(made.secret);
  const inbox = await db.inbox.findUniqueOrThrow({ where: { id: inboxId } });
  const urlOf = (sealer: typeof alone, row: typeof inbox) =>
    openInboxes({ db, sealer, publicUrl: 'https://commonpurse.example' }).urlOf(row);
  expect(urlOf(alone, inbox)).toBe(urlOf(before, inboxBefore));
  expect(alone.keyIdOf(inbox.sealedSecret!)).toBe(alone.keyId);

  // A server that still runs with the old key is given its day.
  await sealAnew(db, after, PLACES);
  expect(await keyIds()).toHaveLength(2);
  await expect(checkSealingKeys(db, alone)).rejects.toThrow(WrongSealingKey);
  await changedADayAgo();
  await sealAnew(db, after, PLACES);
  expect(await keyIds()).toEqual([alone.keyId]);
  await checkSealingKeys(db, alone);
});

test('a server that still seals with the old key undoes nothing', async () => {
  const { db } = world;
  const rows = () => db.webhookEndpoint.findMany({ select: { secret: true } });
  const stood = await rows();
  await db.sealingKey.deleteMany();
  await checkSealingKeys(db, before);
  await db.sealingKey.updateMany({ data: { createdAt: new Date(0) } });
  await checkSealingKeys(db, after);
  const old = openAesSealer({ current: first, previous: [second] });
  await sealAnew(db, old, PLACES);
  expect(await rows()).toEqual(stood);
  expect(await keyIds()).toHaveLength(2);
});

test('what cannot be opened is told of and stays as it is, and so does its key; the rest is sealed anew', async () => {
  const { db } = world;
  const { workspaceId } = await world.makeWorkspace();
  const facts = { workspaceId, url: 'https://example.com/', description: '', isOrdered: false, createdAt: new Date() };
  const ids = [randomUUID(), randomUUID()].toSorted();
  const [broken = '', whole = ''] = ids;
  const secret = before.seal('whsec_x', secretPurpose(whole));
  await db.webhookEndpoint.create({ data: { id: broken, ...facts, secret } });
  await db.webhookEndpoint.create({ data: { id: whole, ...facts, secret } });
  const stood = await db.webhookEndpoint.findUniqueOrThrow({ where: { id: broken } });
  await changedADayAgo();
  await expect(sealAnew(db, after, PLACES)).rejects.toThrow(SealBroken);
  expect(await db.webhookEndpoint.findUniqueOrThrow({ where: { id: broken } })).toEqual(stood);
  const sealed = await db.webhookEndpoint.findUniqueOrThrow({ where: { id: whole } });
  expect(after.keyIdOf(sealed.secret)).toBe(after.keyId);
  expect(await keyIds()).toHaveLength(2);
});
