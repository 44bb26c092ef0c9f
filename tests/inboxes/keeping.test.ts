import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { DeliveryCharging, type DueDelivery, EVENT_OPERATION } from '#core/inboxes/charging';
import { acknowledgeDeliveries, claimDeliveries } from '#core/inboxes/claims';
import { deleteOldDeliveries } from '#core/inboxes/retention';
import { violationsOf } from '../world/invariants.ts';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { newSecret, signedHeaders } from './senders.ts';
import { deliver, makeInbox, post, type TestInbox } from './stage.ts';

let server: TestServer;
let workspace: TestWorkspace;
let inbox: TestInbox;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());
beforeEach(async () => {
  workspace = await server.makeWorkspace();
  inbox = await makeInbox(server, workspace);
});

const claim = (input: { count?: number; seconds?: number; idempotencyKey?: string } = {}) =>
  claimDeliveries(server.db, inbox.write, { inboxId: inbox.inboxId, idempotencyKey: randomUUID(), ...input });
const find = (id: string) => server.db.inboxDelivery.findUniqueOrThrow({ where: { id } });
const deliverMany = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let event = 0; event < count; event++) ids.push(await deliver(inbox, `event ${event}`));
  return ids;
};
const runOut = () => server.db.inboxDelivery.updateMany({ data: { claimedUntil: new Date(Date.now() - 1) } });

test('workers that claim at once never get the same delivery, and together get all, the oldest first', async () => {
  const ids = await deliverMany(30);
  const claims = await Promise.all(Array.from({ length: 10 }, () => claim({ count: 4 })));
  const taken = claims.flatMap(({ deliveryIds }) => deliveryIds);
  expect(new Set(taken).size).toBe(taken.length);
  const rest = (await claim({ count: 20 })).deliveryIds;
  expect([...taken, ...rest].toSorted()).toEqual(ids.toSorted());
  for (const { deliveryIds } of claims) expect(deliveryIds).toEqual(deliveryIds.toSorted());
  expect((await claim()).deliveryIds).toEqual([]);
});

test('what is not acknowledged in time is claimed by the next, and what is acknowledged by nobody', async () => {
  const ids = await deliverMany(3);
  expect((await claim({ count: 2, seconds: 1 })).deliveryIds).toEqual(ids.slice(0, 2));
  expect((await claim()).deliveryIds).toEqual(ids.slice(2));
  const done = { inboxId: inbox.inboxId, deliveryIds: [ids[0] ?? ''], idempotencyKey: randomUUID() };
  await acknowledgeDeliveries(server.db, inbox.write, done);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect((await claim()).deliveryIds).toEqual([ids[1]]);
});

test('a claim whose answer was lost is answered again under its key, also twice at once, until it runs out', async () => {
  const ids = await deliverMany(4);
  const idempotencyKey = randomUUID();
  const answers = await Promise.all([1, 2, 3].map(() => claim({ count: 2, idempotencyKey })));
  for (const { deliveryIds } of answers) expect(deliveryIds).toEqual(ids.slice(0, 2));
  expect(answers.filter(({ replayed }) => replayed).length).toBe(2);
  await runOut();
  expect(await claim({ count: 1, idempotencyKey })).toEqual({ deliveryIds: [ids[0]], replayed: false });
});

test('forgeries and duplicates are claimed by nobody', async () => {
  const secret = newSecret('GITHUB');
  inbox = await makeInbox(server, workspace, { provider: 'GITHUB', signingSecret: secret });
  const headers = signedHeaders('GITHUB', { secret, body: '{}', eventId: 'one' });
  await deliver(inbox, 'forged', headers);
  const first = await deliver(inbox, '{}', headers);
  await deliver(inbox, '{}', headers);
  expect((await claim()).deliveryIds).toEqual([first]);
});

test('a claim brings no more bodies than a worker can hold', async () => {
  for (let event = 0; event < 6; event++) await deliver(inbox, Buffer.alloc(1_048_576));
  expect((await claim()).deliveryIds.length).toBe(4);
  expect((await claim()).deliveryIds.length).toBe(2);
});

test.each([{ count: 0 }, { count: 21 }, { seconds: 0 }, { seconds: 43_201 }, { count: 1.5 }])(
  'refuses %j',
  async (input) => {
    await expect(claim(input)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  },
);

async function setPrice(price: bigint): Promise<void> {
  const [createdAt, updatedAt] = [new Date(), new Date()];
  const operation = { name: EVENT_OPERATION, description: '', price, createdAt, updatedAt };
  await server.db.operation.upsert({ where: { name: EVENT_OPERATION }, create: operation, update: { price } });
}

const charged = (id: string) => expect.poll(async () => (await find(id)).charge, { timeout: 10_000 });
const available = async () => {
  const where = { workspaceId: workspace.workspaceId };
  return (await server.db.balance.findUniqueOrThrow({ where })).available;
};

test('an event with a price is charged once, and one that the balance does not cover is kept and says so', async () => {
  workspace = await server.makeWorkspace({ credits: credits(3) });
  inbox = await makeInbox(server, workspace);
  const free = await deliver(inbox);
  await setPrice(credits(2));
  const paid = await deliver(inbox);
  await charged(paid).toBe('CHARGED');
  const unpaid = await deliver(inbox, 'kept all the same');
  await charged(unpaid).toBe('UNPAID');
  expect((await find(free)).charge).toBe('NONE');
  expect(await available()).toBe(credits(1));
  const { chargeSeq, body } = await find(unpaid);
  expect(Buffer.from(body).toString()).toBe('kept all the same');
  const entries = await server.db.ledgerEntry.findMany({
    where: { workspaceId: workspace.workspaceId, operation: EVENT_OPERATION },
    orderBy: { seq: 'asc' },
  });
  expect(entries).toMatchObject([
    { outcome: 'SUCCEEDED', credits: credits(2), apiKeyId: null, actorKind: 'SYSTEM', tag: inbox.name },
    { outcome: 'DECLINED', declineReason: 'INSUFFICIENT_CREDITS', credits: 0n, seq: chargeSeq },
  ]);
  expect(await violationsOf(server, workspace.workspaceId)).toEqual([]);
});

test('forgeries and duplicates cost nothing', async () => {
  workspace = await server.makeWorkspace({ credits: credits(10) });
  const secret = newSecret('GITHUB');
  inbox = await makeInbox(server, workspace, { provider: 'GITHUB', signingSecret: secret });
  await setPrice(credits(2));
  const headers = signedHeaders('GITHUB', { secret, body: '{}', eventId: 'one' });
  const ids = await Promise.all([
    deliver(inbox, 'forged', headers),
    deliver(inbox, '{}', headers),
    deliver(inbox, '{}', headers),
  ]);
  await expect.poll(async () => server.db.inboxDelivery.count({ where: { id: { in: ids }, charge: 'DUE' } })).toBe(0);
  const found = await server.db.inboxDelivery.findMany({ where: { id: { in: ids } } });
  expect(found.map(({ charge }) => charge).toSorted()).toEqual(['CHARGED', 'NONE', 'NONE']);
  expect(await available()).toBe(credits(8));
});

test('what a crash left between storing and charging, or between charging and noting it, is made up for exactly once', async () => {
  workspace = await server.makeWorkspace({ credits: credits(10) });
  inbox = await makeInbox(server, workspace);
  await setPrice(0n);
  const [uncharged = '', unnoted = ''] = await deliverMany(2);
  await setPrice(credits(2));
  const about = (id: string): DueDelivery => {
    return { id, inboxId: inbox.inboxId, inboxName: inbox.name, workspaceId: workspace.workspaceId };
  };
  const errors: unknown[] = [];
  const options = { db: server.db, credits: server.credits, onError: (error: unknown) => errors.push(error) };
  const dead = new DeliveryCharging(options);
  const data = { charge: 'DUE', chargeSeq: null, receivedAt: new Date(Date.now() - 60_000) } as const;
  const where = { id: { in: [uncharged, unnoted] } };
  await server.db.inboxDelivery.updateMany({ where, data });
  await dead.charge(about(unnoted));
  await dead.close();
  await server.db.inboxDelivery.updateMany({ where, data });
  // Two processes look at once, beside the server's own.
  const living = [1, 2].map(() => new DeliveryCharging({ ...options, lookIntervalMs: 50 }));
  await charged(uncharged).toBe('CHARGED');
  await charged(unnoted).toBe('CHARGED');
  await Promise.all(living.map((each) => each.close()));
  expect(errors).toEqual([]);
  expect(await available()).toBe(credits(6));
  await setPrice(0n);
});

test('the room of the plan is all there is: what is full says so, and forgeries fill a quarter of it', async () => {
  const secret = newSecret('SHOPIFY');
  inbox = await makeInbox(server, workspace, { provider: 'SHOPIFY', signingSecret: secret });
  const [createdAt, name] = [new Date(), `small-${randomUUID().slice(0, 8)}`];
  const terms = { name, requestsPerMinute: 1_000, inboxMebibytes: 2, createdAt, updatedAt: createdAt };
  await server.db.plan.create({ data: terms });
  await server.db.workspace.update({ where: { id: workspace.workspaceId }, data: { planName: name } });
  const body = Buffer.alloc(400_000);
  const forged = () => post(inbox, body, { 'x-shopify-hmac-sha256': 'x' });
  expect([(await forged()).status, (await forged()).status]).toEqual([200, 507]);
  const headers = signedHeaders('SHOPIFY', { secret, body, eventId: 'e1' });
  const answers: number[] = [];
  for (let event = 0; event < 5; event++) answers.push((await post(inbox, body, headers)).status);
  expect(answers).toEqual([200, 200, 200, 200, 507]);
  const full = await post(inbox, body, headers);
  expect({ status: full.status, again: full.headers.get('retry-after') }).toEqual({ status: 507, again: '3600' });
});

test('what nobody waits for is deleted after its days, and its room is free again', async () => {
  const ids = await deliverMany(4);
  const [acknowledged = '', pending = '', young = '', failed = ''] = ids;
  const deliveryIds = [acknowledged, young];
  await acknowledgeDeliveries(server.db, inbox.write, { inboxId: inbox.inboxId, deliveryIds, idempotencyKey: '1' });
  const long = { receivedAt: new Date(Date.now() - 31 * 86_400_000) };
  await server.db.inboxDelivery.updateMany({ where: { id: { in: [acknowledged, pending, failed] } }, data: long });
  const { storedBytes } = await find(failed);
  await server.db.inboxDelivery.update({ where: { id: failed }, data: { signature: 'FAILED' } });
  await server.db.inbox.update({ where: { id: inbox.inboxId }, data: { failedBytes: storedBytes } });
  await Promise.all([1, 2].map(() => deleteOldDeliveries(server.db, { days: 30 })));
  const where = { inboxId: inbox.inboxId };
  const left = await server.db.inboxDelivery.findMany({ where });
  expect(left.map(({ id }) => id).toSorted()).toEqual([pending, young].toSorted());
  const sum = BigInt(left.reduce((total, delivery) => total + delivery.storedBytes, 0));
  expect(await server.db.inbox.findUniqueOrThrow({ where: { id: inbox.inboxId } })).toMatchObject({
    storedBytes: sum,
    failedBytes: 0n,
  });
});

test('more than 600 requests in a minute are told to come back', { timeout: 60_000 }, async () => {
  // Once a minute of the clock ends, what was counted in it weighs less from second to second.
  await vi.waitUntil(() => Date.now() % 60_000 < 45_000, { timeout: 20_000, interval: 500 });
  const statuses: number[] = [];
  const send = async () => {
    for (let event = 0; event < 101; event++) statuses.push((await post(inbox)).status);
  };
  await Promise.all(Array.from({ length: 6 }, send));
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(600);
  const refused = await post(inbox);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});
