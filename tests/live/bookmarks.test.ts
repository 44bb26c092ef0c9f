import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { follow, followSse, openClient, type Stream } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const SEARCHES = `subscription ($after: Seq) { event: usageRecorded(after: $after, filter: { operation: "search" }) { kind: __typename
  ... on FeedSnapshot { seq } ... on UsageChange { seq } ... on FeedBookmark { seq } ... on FeedReset { seq } } }`;
const BALANCE = `subscription ($after: Seq) { event: balanceChanged(after: $after) { kind: __typename
  ... on FeedSnapshot { seq } ... on BalanceChange { seq balance { available } } ... on FeedReset { seq } } }`;

const told = ({ events }: Stream): string[] => events.map(({ data }) => `${data.event.kind} ${data.event.seq}`);

/** Calls that cost nothing, past the product, whose own writes would take longer than what is looked at. */
async function log({ workspaceId }: TestWorkspace, operation: string, count: number): Promise<void> {
  await server.db.$transaction([
    server.db.$executeRaw`
      INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, operation, available_after, held_after, actor_kind)
      SELECT workspace_id, seq + n, last_entry_at, 'USAGE', 'FAILED', ${operation}, available, held, 'SYSTEM'
      FROM balance, generate_series(1, ${count}::int) n WHERE workspace_id = ${workspaceId}::uuid`,
    server.db.$executeRaw`UPDATE balance SET seq = seq + ${count}::int WHERE workspace_id = ${workspaceId}::uuid`,
  ]);
  const { seq } = await server.db.balance.findUniqueOrThrow({ where: { workspaceId } });
  server.app.bus.publish({ kind: 'credits', workspaceId, seq });
}

test('a stream that finds nothing to tell says how far it came, so that whoever comes back does not begin anew', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const token = workspace.key.secret;
  const client = openClient(server.socketUrl, { token });
  const bySocket = follow(client, SEARCHES);
  const bySse = await followSse(server.url, SEARCHES, { token });
  await Promise.all([bySocket, bySse].map((stream) => stream.until(({ events }) => events.length > 0)));
  for (let turn = 0; turn < 11; turn++) await log(workspace, 'other', 1_000);
  for (const stream of [bySocket, bySse]) {
    await stream.until(({ events }) => events.at(-1)?.data.event.seq === '11001');
    expect(new Set(told(stream).map((line) => line.split(' ')[0]))).toEqual(new Set(['FeedSnapshot', 'FeedBookmark']));
    expect(stream.events.length).toBeLessThanOrEqual(12);
    stream.stop();
  }
  expect(bySse.ids.at(-1)).toBe('11001');
  await log(workspace, 'search', 1);
  await log(workspace, 'other', 7_000);
  const again = follow(client, SEARCHES, { after: '11001' });
  await again.until(({ events }) => events.at(-1)?.data.event.seq === '18002');
  expect(told(again)[0]).toBe('UsageChange 11002');
  expect(told(again).filter((line) => line.startsWith('FeedReset'))).toEqual([]);
  again.stop();
  await client.dispose();
});

test('who comes back and has missed nothing of what they follow is told how far they are, once', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const client = openClient(server.socketUrl, { token: workspace.key.secret });
  await log(workspace, 'other', 5);
  const stream = follow(client, SEARCHES, { after: '1' });
  await stream.until(({ events }) => events.length > 0);
  await log(workspace, 'other', 5);
  await log(workspace, 'search', 1);
  await stream.until(({ events }) => events.length > 1);
  expect(told(stream)).toEqual(['FeedBookmark 6', 'UsageChange 12']);
  await client.dispose();
});

test('a balance that many free calls leave as it is says so by its number', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const client = openClient(server.socketUrl, { token: workspace.key.secret });
  const stream = follow(client, BALANCE);
  await stream.until(({ events }) => events.length > 0);
  await log(workspace, 'other', 1_000);
  await stream.until(({ events }) => events.length > 1);
  expect(stream.events[1]?.data.event).toEqual({
    kind: 'BalanceChange',
    seq: '1001',
    balance: { available: '1' },
  });
  await client.dispose();
});
