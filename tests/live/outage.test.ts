import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId, newId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import type { Way } from '../world/way.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { follow, followSse, openClient, type Stream } from './clients.ts';

/** A server whose way to the database can be cut and mended; the tests' own writes go past it. */
let server: TestServer;
let way: Way;

beforeAll(async () => {
  server = await openServer({}, { hasWay: true });
  way = server.way!;
});
afterAll(() => server.close());

const USAGE = `subscription ($workspaceId: ID, $after: Seq) { event: usageRecorded(workspaceId: $workspaceId, after: $after) {
  ... on FeedSnapshot { seq balance { available } } ... on UsageChange { seq usageEntry { apiKey { name } } } ... on FeedReset { seq } } }`;
const BALANCE = `subscription ($workspaceId: ID, $after: Seq) { event: balanceChanged(workspaceId: $workspaceId, after: $after) {
  ... on FeedSnapshot { seq } ... on BalanceChange { seq } ... on FeedReset { seq } } }`;
const ACTIVITY = `subscription ($workspaceId: ID) { event: activity(workspaceId: $workspaceId) {
  ... on FeedSnapshot { seq } ... on ActivityChange { type actor { name } } } }`;

const hasBegun = ({ events }: Stream): boolean => events.length > 0;
const seqs = ({ events }: Stream): number[] => events.map(({ data }) => Number(data.event.seq));
const isAlive = ({ isComplete, failure, events }: Stream): boolean =>
  !isComplete && failure === null && events.every(({ errors }) => errors === undefined);

async function spend({ workspaceId, key }: TestWorkspace, count = 1): Promise<void> {
  const permit = await server.permit(key.actor, 'usage:write', workspaceId);
  for (let turn = 0; turn < count; turn++)
    await server.credits.recordUsage(permit, {
      apiKeyId: key.actor.apiKeyId,
      idempotencyKey: randomUUID(),
      credits: 1n,
    });
}

/** Everything that was spent is heard once the server finds it by itself: nobody tells it. */
const outage = async (during: () => Promise<unknown>): Promise<void> => {
  way.cut();
  await during();
  // Longer than what is remembered of rights, and than the poll takes to fail.
  await new Promise((resolve) => setTimeout(resolve, 2_200));
  way.mend();
};

test(
  'a short outage of the database ends no stream: each waits and goes on where it was',
  { timeout: 60_000 },
  async () => {
    const workspace = await server.makeWorkspace({ credits: credits(1) });
    const workspaceId = encodeId('Workspace', workspace.workspaceId);
    const { cookie, userId } = await server.signUp();
    await server.db.member.create({
      data: { id: newId(), workspaceId: workspace.workspaceId, userId, role: 'MEMBER', createdAt: new Date() },
    });
    const headers = { cookie, origin: server.url };
    const token = workspace.key.secret;
    const clients = [
      openClient(server.socketUrl, { token }),
      openClient(server.socketUrl, { token }),
      openClient(server.socketUrl, { headers }),
    ];
    const logs = [
      ...clients.map((client) => follow(client, USAGE, { workspaceId })),
      await followSse(server.url, USAGE, { token }),
      await followSse(server.url, USAGE, { headers, variables: { workspaceId } }),
    ];
    const streams = [...logs, ...clients.map((client) => follow(client, BALANCE, { workspaceId }))];
    const activity = follow(openClient(server.socketUrl, { headers }), ACTIVITY, { workspaceId });
    await Promise.all([...streams, activity].map((stream) => stream.until(hasBegun)));

    await outage(() => spend(workspace, 3));
    await spend(workspace);
    for (const stream of streams) await expect.poll(() => seqs(stream).at(-1), { timeout: 10_000 }).toBe(5);
    expect(streams.map(isAlive)).toEqual(streams.map(() => true));
    for (const stream of logs) expect(seqs(stream)).toEqual([1, 2, 3, 4, 5]);
    expect(isAlive(activity)).toBe(true);
    expect(clients.flatMap(({ closeCodes }) => closeCodes)).toEqual([]);
    for (const client of clients) await client.dispose();
  },
);

test(
  'who comes back during an outage is told to try later, or waits, and goes on afterwards',
  { timeout: 60_000 },
  async () => {
    const workspace = await server.makeWorkspace({ credits: credits(1) });
    await spend(workspace);
    const client = openClient(server.socketUrl, { token: workspace.key.secret, retryAttempts: 100 });
    let stream: Stream | undefined;
    let sse: Promise<Stream> | undefined;
    await outage(async () => {
      stream = follow(client, USAGE, { after: '1' });
      sse = followSse(server.url, USAGE, { token: workspace.key.secret, variables: { after: '1' } });
      await expect.poll(() => client.closeCodes, { timeout: 8_000 }).toContain(1013);
    });
    await expect.poll(() => stream && seqs(stream), { timeout: 10_000 }).toEqual([2]);
    expect(stream && isAlive(stream)).toBe(true);
    const bySse = await sse;
    await expect.poll(() => bySse && seqs(bySse), { timeout: 10_000 }).toEqual([2]);
    expect(bySse && isAlive(bySse)).toBe(true);
    bySse?.stop();
    await client.dispose();
  },
);

test('rights that were lost during an outage are gone when it ends', { timeout: 60_000 }, async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const client = openClient(server.socketUrl, { token: workspace.key.secret });
  const streams = [follow(client, USAGE), await followSse(server.url, USAGE, { token: workspace.key.secret })];
  await Promise.all(streams.map((stream) => stream.until(hasBegun)));
  await outage(async () => {
    await server.db.apiKey.update({ where: { id: workspace.key.actor.apiKeyId }, data: { revokedAt: new Date() } });
    const where = { id: workspace.workspaceId };
    await server.db.workspace.update({ where, data: { accessVersion: { increment: 1 } } });
    await spend(await server.makeWorkspace({ credits: credits(1) }));
  });
  await Promise.all(streams.map((stream) => stream.until(({ isComplete }) => isComplete, 10_000)));
  const codes = streams.map(({ events }) => events.at(-1)?.errors?.[0]?.extensions['code']);
  expect(codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  await client.dispose();
});
