import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Role } from '#core/access/policy';
import { encodeId, newId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { follow, openClient, type Stream } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer({ trustProxy: { kind: 'hops', hops: 1 } })));
afterAll(() => server.close());

const USAGE = `subscription ($workspaceId: ID) { event: usageRecorded(workspaceId: $workspaceId) {
  ... on FeedSnapshot { seq balance { available held } } ... on UsageChange { seq usageEntry { operation credits apiKey { name lastFour } } } } }`;
const ACTIVITY = `subscription ($workspaceId: ID) { event: activity(workspaceId: $workspaceId) {
  ... on FeedSnapshot { cursor } ... on ActivityChange { cursor type targetId actor { kind name } } } }`;
const SESSIONS = `subscription ($workspaceId: ID) { event: usageRecorded(workspaceId: $workspaceId) {
  ... on UsageChange { usageEntry { apiKey { createdBy { user { sessions { id } } } } } } ... on FeedSnapshot { seq } } }`;

const hasBegun = ({ events }: Stream): boolean => events.length > 0;

async function cohorts(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^commonpurse_cohorts (\d+)$/m.exec(metrics)?.[1]);
}

const clients: ReturnType<typeof openClient>[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  await vi.waitUntil(async () => (await cohorts()) === 0);
});

type Credential = Parameters<typeof openClient>[1];

/** One stream on a socket of its own, begun. */
async function open(query: string, { workspaceId }: TestWorkspace, credential: Credential): Promise<Stream> {
  const client = openClient(server.socketUrl, credential);
  clients.push(client);
  const stream = follow(client, query, { workspaceId: encodeId('Workspace', workspaceId) });
  await stream.until(hasBegun);
  return stream;
}

async function signUpMember({ workspaceId }: TestWorkspace, role: Role) {
  const { cookie, userId } = await server.signUp();
  await server.db.member.create({ data: { id: newId(), workspaceId, userId, role, createdAt: new Date() } });
  return { headers: { cookie, origin: server.url }, userId };
}

async function spend({ workspaceId, key }: TestWorkspace, by = key): Promise<void> {
  const permit = await server.permit(by.actor, 'usage:write', workspaceId);
  const call = { apiKeyId: by.actor.apiKeyId, idempotencyKey: randomUUID(), credits: 1n };
  await server.credits.recordUsage(permit, call);
  const { seq } = await server.db.balance.findUniqueOrThrow({ where: { workspaceId } });
  server.app.bus.publish({ kind: 'credits', workspaceId, seq });
}

test('keys of the same rights and people of the same role are one cohort each, from wherever they come', async () => {
  const key = { scopes: ['keys:read', 'usage:read', 'balance:read'] };
  const workspace = await server.makeWorkspace({ credits: credits(1), key });
  const token = workspace.key.secret;
  const twin = await server.makeKey(workspace.owner, workspace.workspaceId, key);
  const lesser = await server.makeKey(workspace.owner, workspace.workspaceId, { scopes: ['keys:read', 'usage:read'] });
  const writer = await server.makeKey(workspace.owner, workspace.workspaceId);
  const [ada, bob] = [await signUpMember(workspace, 'MEMBER'), await signUpMember(workspace, 'MEMBER')];
  const cid = await signUpMember(workspace, 'VIEWER');
  const credentials: Credential[] = [
    ...[1, 2, 3].map((last) => ({ token, headers: { 'x-forwarded-for': `192.0.2.${last}` } })),
    { token: twin.secret },
    { token: lesser.secret },
    ...[ada, bob, cid].map(({ headers }) => ({ headers })),
  ];
  const streams = await Promise.all(credentials.map((credential) => open(USAGE, workspace, credential)));
  await expect.poll(cohorts).toBe(4);
  await spend(workspace, writer);
  for (const stream of streams) await stream.until(({ events }) => events.length === 2);
  expect(await cohorts()).toBe(4);
  expect(new Set(streams.map(({ events }) => JSON.stringify(events[1]))).size).toBe(1);
  expect(streams[0]?.events[1]).toMatchObject({ data: { event: { usageEntry: { apiKey: { name: 'Test key' } } } } });

  // Whoever loses a right does so alone; whoever has another one is in other company.
  await server.db.member.updateMany({ where: { userId: ada.userId }, data: { removedAt: new Date() } });
  await server.db.member.updateMany({ where: { userId: bob.userId }, data: { role: 'VIEWER' } });
  server.app.bus.publish({ kind: 'access', workspaceId: workspace.workspaceId });
  await streams[5]?.until(({ isComplete }) => isComplete);
  expect(streams[5]?.events.at(-1)?.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  await expect.poll(cohorts).toBe(3);
  await spend(workspace, writer);
  for (const [index, stream] of streams.entries())
    if (index !== 5) await stream.until(({ events, isComplete }) => events.length === 3 && !isComplete);
});

test('what one asks of their own is sent to nobody else', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const [ada, bob] = [await signUpMember(workspace, 'MEMBER'), await signUpMember(workspace, 'MEMBER')];
  const { userId } = ada;
  const actor = { kind: 'USER', userId, sessionId: '', address: null, email: '' } as const;
  const key = await server.makeKey(actor, workspace.workspaceId);
  const people = [ada, bob, ada, bob];
  const streams = await Promise.all(people.map(({ headers }) => open(SESSIONS, workspace, { headers })));
  for (let turn = 1; turn <= 3; turn++) {
    await spend(workspace, key);
    for (const stream of streams) await stream.until(({ events }) => events.length === turn + 1);
  }
  const heard = streams.map(({ events }) =>
    events.slice(1).map(({ data }): unknown => data.event.usageEntry.apiKey.createdBy.user.sessions),
  );
  const own = [{ id: expect.any(String) }];
  const [hers, his] = [
    [own, own, own],
    [null, null, null],
  ];
  expect(heard).toEqual([hers, his, hers, his]);
  expect(await cohorts()).toBe(2);
});

test('those who follow the activity are cohorts too, and hear each thing once, while calls go on', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const { headers } = await signUpMember(workspace, 'MEMBER');
  const early = await Promise.all([1, 2, 3, 4].map(() => open(ACTIVITY, workspace, { headers })));
  await expect.poll(cohorts).toBe(1);
  const make = () => server.makeKey(workspace.owner, workspace.workspaceId);
  for (let turn = 0; turn < 3; turn++) {
    await spend(workspace);
    await make();
  }
  for (const stream of early) await stream.until(({ events }) => events.length === 4);
  const late = await Promise.all([1, 2, 3, 4].map(() => open(ACTIVITY, workspace, { headers })));
  await expect.poll(cohorts).toBe(1);
  await make();
  for (const stream of early) await stream.until(({ events }) => events.length === 5);
  for (const stream of late) await stream.until(({ events }) => events.length === 2);
  const cursors = [...early, ...late].map(({ events }): unknown => events.at(-1)?.data.event.cursor);
  expect(new Set(cursors).size).toBe(1);
  expect(new Set(early[0]?.events.map(({ data }): unknown => data.event.cursor)).size).toBe(5);
});
