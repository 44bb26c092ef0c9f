import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { inTransaction } from '#core/db';
import { recordEvent } from '#core/events/events';
import { replayDeliveries, resendDelivery } from '#core/webhooks/deliveries';
import { rotateWebhookSecret, updateWebhookEndpoint } from '#core/webhooks/endpoints';
import { nextAttemptAt } from '#core/webhooks/schedule';
import type { TestWorkspace } from '../world/world.ts';
import type { Answering } from './receiver.ts';
import { openStage, type Stage } from './stage.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

// Days pass here, and others use the machine too.
vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;
let workspace: TestWorkspace;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  // What another test left to be tried again is not this one's.
  await stage.world.db.webhookEndpoint.deleteMany();
  stage.setClock(new Date());
  stage.receiver.received.length = 0;
  stage.receiver.answer = taking;
  stage.disabled.length = 0;
  workspace = await stage.world.makeWorkspace();
});

const taking: Answering = (_received, response) => response.writeHead(204).end();
const failing: Answering = (_received, response) => response.writeHead(503).end('down');

const deliveriesOf = (endpointId: string) =>
  stage.world.db.webhookDelivery.findMany({
    where: { endpointId },
    orderBy: { position: 'asc' },
    include: { attempts: { orderBy: { number: 'asc' } } },
  });
const endpointOf = (id: string) => stage.world.db.webhookEndpoint.findUniqueOrThrow({ where: { id } });
const write = () => stage.world.permit(workspace.owner, 'webhooks:write', workspace.workspaceId);

/** Lets time pass to each next attempt until then, or until nothing is left to do. */
async function passTime(until: Date): Promise<void> {
  for (;;) {
    await stage.courier.look(null);
    await stage.courier.idle();
    const { workspaceId } = workspace;
    const where = { state: 'PENDING', workspaceId, nextAttemptAt: { gt: stage.clock(), lte: until } } as const;
    const next = await stage.world.db.webhookDelivery.findFirst({ where, orderBy: { nextAttemptAt: 'asc' } });
    if (!next?.nextAttemptAt) break;
    stage.setClock(next.nextAttemptAt);
  }
  stage.setClock(until);
}

test('what happens is sent once to each endpoint that wants it, signed, and logged', async () => {
  const [wanting, other] = [
    await stage.makeEndpoint(workspace),
    await stage.makeEndpoint(workspace, { eventTypes: ['balance.low'] }),
  ];
  await stage.grant(workspace, 3);
  await stage.tell(workspace);
  const { received } = stage.receiver;
  expect(received.map(({ path, isVerified, type }) => [path, isVerified, type])).toEqual(
    Array.from({ length: 3 }, () => [wanting.path, true, 'credits.granted']),
  );
  expect(new Set(received.map(({ id }) => id)).size).toBe(3);
  expect(await deliveriesOf(other.id)).toEqual([]);
  const [delivery] = await deliveriesOf(wanting.id);
  expect(delivery).toMatchObject({
    state: 'SUCCEEDED',
    attemptCount: 1,
    attempts: [{ number: 1, status: 204, failure: null }],
  });
  expect((await endpointOf(wanting.id)).failingSince).toBeNull();
});

test('an endpoint that is down for a day loses nothing, gets nothing twice and hears of nothing that was undone', async () => {
  const { id } = await stage.makeEndpoint(workspace, { eventTypes: ['credits.granted', 'workspace.renamed'] });
  stage.receiver.answer = failing;
  await stage.grant(workspace, 10);
  const { workspaceId } = workspace;
  const ghost = inTransaction(stage.world.db, async (tx) => {
    const names = { name: 'Ghost', slug: 'ghost' };
    const by = { actorKind: 'SYSTEM', actorId: null, workspaceId, targetId: workspaceId } as const;
    await recordEvent(tx, { ...by, type: 'workspace.renamed', before: names, after: names });
    throw new Error('undone');
  });
  await expect(ghost).rejects.toThrow('undone');
  await stage.tell(workspace);
  const start = stage.clock().getTime();
  await passTime(new Date(start + DAY_MS));
  const tries = stage.receiver.received.length;
  expect(tries).toBe(70);
  stage.receiver.answer = taking;
  stage.receiver.received.length = 0;
  await passTime(new Date(start + 2 * DAY_MS));
  const grants = await stage.world.db.announcement.findMany({ where: { workspaceId } });
  expect(grants).toHaveLength(10);
  expect(stage.receiver.received).toHaveLength(10);
  expect(new Set(stage.receiver.received.map(({ body }) => body)).size).toBe(10);
  expect(stage.receiver.received.every(({ isVerified, type }) => isVerified && type === 'credits.granted')).toBe(true);
  const deliveries = await deliveriesOf(id);
  expect(deliveries.every(({ state, attempts }) => state === 'SUCCEEDED' && attempts.length === 8)).toBe(true);
});

test('ten attempts in about three days, then a delivery is given up', async () => {
  const { id } = await stage.makeEndpoint(workspace);
  stage.receiver.answer = failing;
  await stage.grant(workspace);
  await stage.tell(workspace);
  const start = stage.clock().getTime();
  await passTime(new Date(start + 4.5 * DAY_MS));
  const [delivery] = await deliveriesOf(id);
  expect(delivery).toMatchObject({ state: 'FAILED', attemptCount: 10, nextAttemptAt: null });
  const hours = delivery!.attempts.map(({ startedAt }) => (startedAt.getTime() - start) / HOUR_MS);
  expect(hours.at(-1)).toBeGreaterThan(75.6 * 0.89);
  expect(hours.at(-1)).toBeLessThan(75.6 * 1.11);
  expect(new TextDecoder().decode(delivery!.attempts[0]!.responseHead!)).toMatch(/^HTTP 503\r\n[^]*down$/);
});

test('after five days of nothing but failure it is disabled, told to others, and what follows is parked until it is replayed', async () => {
  const { id } = await stage.makeEndpoint(workspace);
  const { path } = await stage.makeEndpoint(workspace, { eventTypes: ['webhook.disabled'] });
  stage.receiver.answer = (received, response) => (received.path === path ? taking : failing)(received, response);
  const start = stage.clock();
  await stage.grant(workspace, 2);
  await stage.tell(workspace);
  await passTime(new Date(start.getTime() + 5 * DAY_MS - HOUR_MS));
  expect(await endpointOf(id)).toMatchObject({ disabledAt: null });
  await stage.grant(workspace);
  await stage.tell(workspace);
  await passTime(new Date(start.getTime() + 5.2 * DAY_MS));
  expect(await endpointOf(id)).toMatchObject({ disabledReason: 'FAILING' });
  expect(stage.disabled).toMatchObject([{ endpointId: id, reason: 'FAILING' }]);
  await stage.grant(workspace, 4);
  await stage.tell(workspace);
  expect(stage.receiver.received.filter((one) => one.path === path).map(({ type }) => type)).toEqual([
    'webhook.disabled',
  ]);
  expect((await deliveriesOf(id)).map(({ state }) => state)).toEqual([
    'FAILED',
    'FAILED',
    ...Array.from({ length: 5 }, () => 'PARKED'),
  ]);
  stage.receiver.answer = taking;
  stage.receiver.received.length = 0;
  await updateWebhookEndpoint(stage.world.db, await write(), { webhookEndpointId: id, disabled: false }, stage.means);
  const replay = { webhookEndpointId: id, since: new Date(start.getTime() - HOUR_MS), includeSucceeded: false };
  expect(await replayDeliveries(stage.world.db, await write(), replay)).toEqual({ count: 7, nextSince: null });
  await stage.tell(workspace);
  expect(new Set(stage.receiver.received.map(({ body }) => body)).size).toBe(7);
  expect((await deliveriesOf(id)).every(({ state }) => state === 'SUCCEEDED')).toBe(true);
});

test('410 disables at once, and nothing is lost of what it refused', async () => {
  const { id } = await stage.makeEndpoint(workspace);
  stage.receiver.answer = (_received, response) => response.writeHead(410).end();
  await stage.grant(workspace, 2);
  await stage.tell(workspace);
  expect(await endpointOf(id)).toMatchObject({ disabledReason: 'GONE' });
  expect((await deliveriesOf(id)).map(({ state }) => state)).toEqual(['PARKED', 'PARKED']);
  expect(stage.disabled).toHaveLength(1);
});

test.each([301, 302, 307, 400, 404, 500])('status %i is a failure that is tried again', async (status) => {
  const { id } = await stage.makeEndpoint(workspace);
  stage.receiver.answer = (_received, response) =>
    response.writeHead(status, { location: `${stage.receiver.url}/elsewhere` }).end();
  await stage.grant(workspace);
  await stage.tell(workspace);
  expect(await deliveriesOf(id)).toMatchObject([{ state: 'PENDING', attemptCount: 1, attempts: [{ status }] }]);
  expect(stage.receiver.received).toHaveLength(1);
});

test('an ordered endpoint gets one after the other, and none before the one before it is over', async () => {
  const { id } = await stage.makeEndpoint(workspace, { isOrdered: true });
  let down = true;
  stage.receiver.answer = (received, response) => (down ? failing : taking)(received, response);
  await stage.grant(workspace, 5);
  await stage.tell(workspace);
  expect(stage.receiver.received).toHaveLength(1);
  down = false;
  await passTime(new Date(stage.clock().getTime() + 60_000));
  const seqs = stage.receiver.received.map(({ body }) => (JSON.parse(body) as { data: { seq: string } }).data.seq);
  expect(seqs).toEqual(['1', '1', '2', '3', '4', '5']);
  expect((await deliveriesOf(id)).every(({ state }) => state === 'SUCCEEDED')).toBe(true);
});

test('while a secret overlaps the one after it, either verifies', async () => {
  const { id, path, secret } = await stage.makeEndpoint(workspace);
  const rotated = await rotateWebhookSecret(
    stage.world.db,
    await write(),
    { webhookEndpointId: id, idempotencyKey: randomUUID() },
    stage.means,
  );
  for (const [known, hours, isVerified] of [
    [secret, 0, true],
    [rotated.secret!, 0, true],
    [rotated.secret!, 25, true],
    [secret, 25, false],
  ] as const) {
    stage.setClock(new Date(Date.now() + hours * HOUR_MS));
    stage.receiver.secrets.set(path, known);
    await stage.grant(workspace);
    await stage.tell(workspace);
    expect(stage.receiver.received.at(-1)).toMatchObject({ isVerified });
  }
  expect(stage.receiver.received).toHaveLength(4);
});

test('a delivery is sent again with the id and the body it had', async () => {
  const { id } = await stage.makeEndpoint(workspace);
  await stage.grant(workspace);
  await stage.tell(workspace);
  const [delivery] = await deliveriesOf(id);
  await resendDelivery(stage.world.db, await write(), { deliveryId: delivery!.id });
  await stage.tell(workspace);
  const [first, second] = stage.receiver.received;
  expect(second).toMatchObject({ id: first!.id, path: first!.path, body: first!.body });
  expect(await deliveriesOf(id)).toMatchObject([
    { state: 'SUCCEEDED', attemptCount: 2, attempts: [{ number: 1 }, { number: 2 }] },
  ]);
});

test('one whose courier died is attempted again once its lease is over', async () => {
  const { id } = await stage.makeEndpoint(workspace);
  await stage.grant(workspace);
  const claimed = stage.receiver.received.length;
  await stage.tell(workspace);
  // As a process leaves it that is killed between its request and writing down how that ended.
  await stage.world.db.webhookAttempt.deleteMany({ where: { delivery: { endpointId: id } } });
  await stage.world.db.webhookDelivery.updateMany({
    where: { endpointId: id },
    data: { state: 'PENDING', nextAttemptAt: new Date(stage.clock().getTime() + 60_000), finishedAt: null },
  });
  await stage.courier.look(null);
  await stage.courier.idle();
  expect(stage.receiver.received).toHaveLength(claimed + 1);
  stage.setClock(new Date(stage.clock().getTime() + 61_000));
  await stage.courier.look(null);
  await stage.courier.idle();
  expect(stage.receiver.received).toHaveLength(claimed + 2);
  expect(await deliveriesOf(id)).toMatchObject([{ state: 'SUCCEEDED', attemptCount: 2 }]);
});

test('what was forgotten while it was on its way keeps nothing else from being written down', async () => {
  const [gone, other] = [await stage.makeEndpoint(workspace), await stage.makeEndpoint(workspace)];
  const { db } = stage.world;
  stage.receiver.answer = async (received, response) => {
    if (received.path === gone.path) await db.webhookDelivery.deleteMany({ where: { endpointId: gone.id } });
    taking(received, response);
  };
  await stage.grant(workspace);
  await stage.tell(workspace);
  expect(await deliveriesOf(gone.id)).toEqual([]);
  expect(await deliveriesOf(other.id)).toMatchObject([{ state: 'SUCCEEDED', attempts: [{ status: 204 }] }]);
});

test('one that hangs keeps nobody else waiting', async () => {
  const slow = await stage.makeEndpoint(workspace);
  const quick = await stage.makeEndpoint(workspace);
  stage.receiver.answer = (received, response) =>
    received.path === slow.path ? undefined : taking(received, response);
  await stage.grant(workspace, 10);
  const telling = stage.tell(workspace);
  const got = () => stage.receiver.received.filter(({ path }) => path === quick.path).length;
  // Well before the first that hangs is given up, under whatever load.
  await expect.poll(got, { timeout: 10_000, interval: 10 }).toBe(10);
  expect(stage.receiver.received.filter(({ path }) => path === slow.path).length).toBeLessThan(10);
  await telling;
  const attempts = (await deliveriesOf(slow.id)).flatMap((delivery) => delivery.attempts);
  expect(attempts.length).toBeGreaterThan(0);
  expect(attempts.every(({ failure }) => failure === 'No answer came within 3 seconds.')).toBe(true);
});

test('Retry-After is honoured, within a day', () => {
  const at = new Date('2026-11-23T00:00:00Z');
  const after = (retryAfter: string | undefined) =>
    (nextAttemptAt(1, { at, retryAfter, random: () => 0.5 })!.getTime() - at.getTime()) / 1_000;
  expect(after(undefined)).toBe(5);
  expect(after('120')).toBe(120);
  expect(after('1')).toBe(5);
  expect(after('Mon, 23 Nov 2026 00:10:00 GMT')).toBe(600);
  for (const absurd of ['999999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT']) expect(after(absurd)).toBe(86_400);
  for (const nonsense of ['', 'soon', '-5', '1e9', '99999999999999999999']) expect(after(nonsense)).toBe(5);
});
