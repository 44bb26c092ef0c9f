import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAlert, testAlert, updateAlert } from '#core/alerts/alerts';
import {
  connectIntegration,
  disconnectIntegration,
  type IntegrationInput,
  testIntegration,
  updateIntegration,
} from '#core/integrations/integrations';
import type { TestWorkspace } from '../world/world.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let workspace: TestWorkspace;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.world.db.webhookEndpoint.deleteMany();
  stage.setClock(new Date());
  stage.receiver.received.length = 0;
  stage.receiver.answer = (_received, response) => response.writeHead(200).end('ok');
  stage.disabled.length = 0;
  stage.mails.length = 0;
  workspace = await stage.world.makeWorkspace();
});

const write = () => stage.world.permit(workspace.owner, 'integrations:write', workspace.workspaceId);
const alerting = () => stage.world.permit(workspace.owner, 'alerts:write', workspace.workspaceId);
const rowOf = (id: string) => stage.world.db.webhookEndpoint.findUniqueOrThrow({ where: { id } });
const bodies = () => stage.receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

async function connect(settings: Partial<IntegrationInput> = {}): Promise<string> {
  const all = {
    provider: 'HTTP',
    description: 'Ours',
    eventTypes: ['credits.granted'],
    settings: [
      { name: 'url', value: `${stage.receiver.url}/ours` },
      { name: 'headerValue', value: 'Bearer hidden' },
    ],
    idempotencyKey: randomUUID(),
    ...settings,
  } as const;
  return (await connectIntegration(stage.world.db, await write(), all, stage.means)).integrationId;
}

const mailTo = (value: string) => ({ provider: 'EMAIL', settings: [{ name: 'to', value }] }) as const;

test('what happens is told as a message, once, and the credentials are sealed', async () => {
  const id = await connect();
  await stage.grant(workspace);
  await stage.tell(workspace);
  expect(bodies()).toMatchObject([
    { type: 'credits.granted', title: '0.000001 credits came in; 0.000001 can be spent.' },
  ]);
  expect(stage.receiver.received[0]?.headers['authorization']).toBe('Bearer hidden');
  const row = await rowOf(id);
  expect(row.lastSuccessAt).not.toBeNull();
  expect(JSON.stringify(row.settings)).not.toContain('hidden');
  expect(Buffer.from(row.secret).toString()).not.toContain('hidden');
});

test('what the service answers is the last error, and the message is tried again', async () => {
  stage.receiver.answer = (_received, response) => response.writeHead(404).end('no_team');
  const id = await connect();
  await stage.grant(workspace);
  await stage.tell(workspace);
  expect(await rowOf(id)).toMatchObject({ lastError: 'It answered 404: no_team', lastSuccessAt: null });
  const where = { endpointId: id };
  expect(await stage.world.db.webhookDelivery.findMany({ where })).toMatchObject([
    { state: 'PENDING', attemptCount: 1 },
  ]);
});

test('410 disables it, which its owners are told of, and what it refused waits for it', async () => {
  stage.receiver.answer = (_received, response) => response.writeHead(410).end();
  const id = await connect();
  await stage.grant(workspace);
  await stage.tell(workspace);
  expect(await rowOf(id)).toMatchObject({ disabledReason: 'GONE' });
  expect(stage.disabled).toMatchObject([{ provider: 'HTTP', reason: 'GONE' }]);
  const where = { endpointId: id };
  expect(await stage.world.db.webhookDelivery.findMany({ where })).toMatchObject([{ state: 'PARKED' }]);
});

test('one that asks for less is left in peace for as long as it says, a day at most', async () => {
  stage.receiver.answer = (_received, response) => response.writeHead(429, { 'retry-after': '999999999' }).end();
  const id = await connect();
  await stage.grant(workspace);
  await stage.tell(workspace);
  const after = (hours: number) => stage.setClock(new Date(Date.now() + hours * 3_600_000));
  after(23);
  await stage.tell(workspace);
  expect(stage.receiver.received).toHaveLength(1);
  after(25);
  stage.receiver.answer = (_received, response) => response.writeHead(200).end();
  await stage.tell(workspace);
  await expect.poll(() => stage.receiver.received.length).toBe(2);
  await expect.poll(async () => (await rowOf(id)).lastSuccessAt).not.toBeNull();
});

test('it is sent one message at a time, at most one a second', async () => {
  await connect();
  await stage.grant(workspace, 3);
  const start = performance.now();
  await stage.tell(workspace);
  expect(stage.receiver.received).toHaveLength(1);
  await expect.poll(() => stage.receiver.received.length, { timeout: 10_000 }).toBe(3);
  expect(performance.now() - start).toBeGreaterThan(1_900);
});

test('a test is marked as one, and needs no event type', async () => {
  const id = await connect({ eventTypes: [] });
  const asked = { integrationId: id, eventType: 'balance.low', idempotencyKey: randomUUID() } as const;
  for (let time = 0; time < 2; time++) await testIntegration(stage.world.db, await write(), asked);
  await stage.tell(workspace);
  expect(bodies()).toMatchObject([{ isTest: true, title: 'Test: The balance is low: 49.5 credits, below 50.' }]);
});

test('while it is paused it is told nothing; what was missed is sent if that is asked for', async () => {
  const id = await connect(mailTo('ada@example.com'));
  const change = async (changes: object) =>
    updateIntegration(stage.world.db, await write(), { integrationId: id, ...changes }, stage.means);
  await change({ paused: true });
  await stage.grant(workspace);
  await stage.tell(workspace);
  await change({ paused: false });
  await stage.tell(workspace);
  expect(stage.mails).toEqual([]);
  await change({ paused: false, sendMissed: true });
  await stage.tell(workspace);
  expect(stage.mails).toMatchObject([
    { to: 'ada@example.com', subject: expect.stringMatching(/^0.000001 credits came in/) },
  ]);
  await expect(change({ paused: true, sendMissed: true })).rejects.toThrow(/sendMissed/);
});

test('an alert is told to the integrations that it chose and to no other, and goes on without one that is gone', async () => {
  const chosen = await connect({ eventTypes: [], ...mailTo('chosen@example.com') });
  await connect({ eventTypes: [], ...mailTo('other@example.com') });
  const { db } = stage.world;
  const rule = { name: 'Low', condition: 'BALANCE', threshold: 5_000_000n } as const;
  const { alertId } = await createAlert(db, await alerting(), {
    ...rule,
    integrationIds: [chosen],
    idempotencyKey: randomUUID(),
  });
  const fire = async () => {
    await testAlert(db, await alerting(), { alertId });
    await stage.tell(workspace);
    return stage.mails.splice(0).map(({ to, subject }) => [to, subject]);
  };
  expect(await fire()).toEqual([['chosen@example.com', expect.stringContaining('This is a test of the alert "Low"')]]);
  await disconnectIntegration(db, await write(), { integrationId: chosen });
  expect(await fire()).toEqual([]);
  const [again] = [await connect({ eventTypes: [], ...mailTo('again@example.com') })];
  await updateAlert(db, await alerting(), { alertId, integrationIds: [again] });
  expect(await fire()).toHaveLength(1);
  await updateAlert(db, await alerting(), { alertId, integrationIds: null });
  expect(await fire()).toEqual([]);
});

test('an alert cannot choose the integration of another workspace, nor a webhook endpoint', async () => {
  const { db } = stage.world;
  const foreign = await connect();
  workspace = await stage.world.makeWorkspace();
  const endpoint = await stage.makeEndpoint(workspace);
  for (const id of [foreign, endpoint.id, randomUUID()]) {
    const rule = { name: 'Low', condition: 'BALANCE', threshold: 5_000_000n, integrationIds: [id] } as const;
    const made = createAlert(db, await alerting(), { ...rule, idempotencyKey: randomUUID() });
    await expect(made).rejects.toThrow('No such integration.');
  }
});

test('mails to chosen addresses stop at 100 a day', async () => {
  const id = await connect(mailTo('ada@example.com'));
  const { workspaceId } = workspace;
  const [at, type] = [new Date(), 'credits.granted'];
  const announcements = Array.from({ length: 100 }, () => ({
    id: randomUUID(),
    workspaceId,
    type,
    data: {},
    occurredAt: at,
    createdAt: at,
  }));
  await stage.world.db.announcement.createMany({ data: announcements });
  await stage.world.db.webhookDelivery.createMany({
    data: announcements.map((one) => ({
      id: randomUUID(),
      workspaceId,
      endpointId: id,
      announcementId: one.id,
      state: 'SUCCEEDED' as const,
      createdAt: at,
      finishedAt: at,
    })),
  });
  await stage.grant(workspace);
  await stage.tell(workspace);
  expect(stage.mails).toEqual([]);
  expect((await rowOf(id)).lastError).toMatch(/100 mails in 24 hours/);
});
