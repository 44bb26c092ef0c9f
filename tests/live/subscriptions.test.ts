import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { encodeGlobalId } from '#graph/global-ids';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { follow, followSse, openClient, type Stream } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const BALANCE = `subscription ($workspaceId: ID, $after: Seq) { event: balanceChanged(workspaceId: $workspaceId, after: $after) {
  __typename ... on FeedSnapshot { seq balance { available } } ... on BalanceChange { seq balance { available } } ... on FeedReset { seq balance { available } } } }`;
const USAGE = `subscription ($workspaceId: ID, $after: Seq) { event: usageRecorded(workspaceId: $workspaceId, after: $after) {
  __typename ... on FeedSnapshot { seq } ... on UsageChange { seq usageEntry { outcome credits apiKey { name } } } ... on FeedReset { seq } } }`;
const FILTERED = `subscription ($after: Seq, $filter: UsageFilter) { event: usageRecorded(after: $after, filter: $filter) {
  __typename ... on FeedSnapshot { seq } ... on UsageChange { seq } } }`;
const RECORD = `mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { __typename ... on RecordUsagePayload { seq } ... on InsufficientCredits { seq } ... on UserError { message } } }`;

type Open = (query: string, variables?: Record<string, unknown>) => Promise<Stream>;
const transports: [name: string, open: (token: string) => Open][] = [
  [
    'a socket',
    (token) => async (query, variables) => follow(openClient(server.socketUrl, { token }), query, variables),
  ],
  [
    'SSE by POST',
    (token) =>
      (query, variables = {}) =>
        followSse(server.url, query, { token, variables }),
  ],
  [
    'SSE by GET',
    (token) =>
      (query, variables = {}) =>
        followSse(server.url, query, { token, variables, method: 'GET' }),
  ],
];

async function spend({ key }: TestWorkspace, input: Record<string, unknown> = {}): Promise<string> {
  const { data } = await server.request(RECORD, {
    token: key.secret,
    variables: { input: { credits: '1', idempotencyKey: randomUUID(), ...input } },
  });
  return data.recordUsage.seq as string;
}

const seqs = ({ events }: Stream): number[] => events.map(({ data }) => Number(data.event.seq));
const kinds = ({ events }: Stream): string[] => events.map(({ data }) => data.event.__typename as string);
const usageSeqs = ({ events }: Stream): string[] =>
  events.flatMap(({ data }) => (data.event.__typename === 'UsageChange' ? [data.event.seq as string] : []));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test.each(transports)('over %s the state comes first, then every call in order, none twice', async (_name, open) => {
  const workspace = await server.makeWorkspace({ credits: credits(4) });
  const stream = await open(workspace.key.secret)(USAGE);
  await stream.until(({ events }) => events.length === 1);
  await spend(workspace);
  await spend(workspace, { outcome: 'FAILED' });
  await spend(workspace, { credits: '100' });
  await spend(workspace);
  await stream.until(({ events }) => events.length === 5);
  expect(kinds(stream)).toEqual(['FeedSnapshot', ...range(1, 4).map(() => 'UsageChange')]);
  expect(seqs(stream)).toEqual([1, 2, 3, 4, 5]);
  expect(stream.events.slice(1).map(({ data }) => data.event.usageEntry.outcome as string)).toEqual([
    'SUCCEEDED',
    'FAILED',
    'DECLINED',
    'SUCCEEDED',
  ]);
  stream.stop();
});

test.each(transports)('over %s `after` replays what was missed, then goes on live', async (_name, open) => {
  const workspace = await server.makeWorkspace({ credits: credits(100) });
  for (let call = 1; call <= 6; call++) await spend(workspace);
  const stream = await open(workspace.key.secret)(USAGE, { after: '3' });
  await stream.until(({ events }) => events.length === 4);
  await spend(workspace);
  await stream.until(({ events }) => events.length === 5);
  expect(seqs(stream)).toEqual([4, 5, 6, 7, 8]);
  stream.stop();
});

test('a filter lets only some calls through, live and replayed, by key, operation and outcome', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(100) });
  const other = await server.makeKey(workspace.owner, workspace.workspaceId);
  const name = `op-${randomUUID()}`;
  await server.db.operation.create({
    data: { name, price: credits(2), description: '', createdAt: new Date(), updatedAt: new Date() },
  });
  const client = openClient(server.socketUrl, { token: workspace.key.secret });
  const filters = [
    { apiKeyId: encodeId('ApiKey', other.actor.apiKeyId) },
    { operation: name },
    { outcome: 'DECLINED' },
    { apiKeyId: encodeId('ApiKey', other.actor.apiKeyId), outcome: 'DECLINED' },
  ];
  const live = filters.map((filter) => follow(client, FILTERED, { filter }));
  await Promise.all(live.map((stream) => stream.until(({ events }) => events.length === 1)));
  const plain = await spend(workspace);
  const byOther = await spend({ ...workspace, key: other });
  const byOperation = await spend(workspace, { credits: undefined, operation: name });
  const declined = await spend(workspace, { credits: '1000' });
  const declinedOther = await spend({ ...workspace, key: other }, { credits: '1000' });
  const expected = [[byOther, declinedOther], [byOperation], [declined, declinedOther], [declinedOther]];
  const replayed = filters.map((filter) => follow(client, FILTERED, { filter, after: plain }));
  for (const streams of [live, replayed]) {
    await Promise.all(
      streams.map((stream, index) => stream.until(() => usageSeqs(stream).length >= expected[index]!.length)),
    );
    expect(streams.map(usageSeqs)).toEqual(expected);
  }
  await client.dispose();
});

test('a filter that no call could match is refused by name', async () => {
  const { key } = await server.makeWorkspace();
  const client = openClient(server.socketUrl, { token: key.secret });
  const stream = follow(client, FILTERED, { filter: { apiKeyId: 'key_nonsense' } });
  await stream.until(({ failure, events }) => failure !== null || events.length > 0);
  expect(JSON.stringify([stream.failure, stream.events])).toContain('apiKeyId is not the id of an API key');
  await client.dispose();
});

test.each(transports)('over %s a cursor from the future begins again from the state now', async (_name, open) => {
  const workspace = await server.makeWorkspace({ credits: credits(100) });
  const stream = await open(workspace.key.secret)(BALANCE, { after: '999999' });
  await stream.until(({ events }) => events.length === 1);
  await spend(workspace);
  await stream.until(({ events }) => events.length === 2);
  expect(kinds(stream)).toEqual(['FeedReset', 'BalanceChange']);
  expect(stream.events[1]?.data.event).toMatchObject({ seq: '2', balance: { available: '99' } });
  stream.stop();
});

test('a cursor more than 10,000 decisions ago begins again from the state now', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(100) });
  await server.db.balance.update({ where: { workspaceId: workspace.workspaceId }, data: { seq: 20_000n } });
  const stream = follow(openClient(server.socketUrl, { token: workspace.key.secret }), USAGE, { after: '1' });
  await stream.until(({ events }) => events.length === 1);
  expect(kinds(stream)).toEqual(['FeedReset']);
  expect(await spend(workspace)).toBe('20001');
  await stream.until(({ events }) => events.length === 2);
  expect(seqs(stream)).toEqual([20_000, 20_001]);
  stream.stop();
});

test(
  '500 calls by 8 parallel writers reach two subscribers exactly once, in order, alike',
  { timeout: 120_000 },
  async () => {
    const workspace = await server.makeWorkspace({ credits: credits(10_000) });
    const token = workspace.key.secret;
    const bySocket = follow(openClient(server.socketUrl, { token }), USAGE);
    const bySse = await followSse(server.url, USAGE, { token });
    await Promise.all([bySocket, bySse].map((stream) => stream.until(({ events }) => events.length === 1)));
    let left = 500;
    const write = async (): Promise<void> => {
      while (left-- > 0) await spend(workspace);
    };
    await Promise.all(range(1, 8).map(write));
    await Promise.all([bySocket, bySse].map((stream) => stream.until(({ events }) => events.length >= 501, 40_000)));
    expect(seqs(bySocket)).toEqual(range(1, 501));
    expect(bySse.events).toEqual(bySocket.events);
    bySocket.stop();
    bySse.stop();
  },
);

test('the balance may skip states under load, never goes back, and ends at the last', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1_000) });
  const stream = follow(openClient(server.socketUrl, { token: workspace.key.secret }), BALANCE);
  await stream.until(({ events }) => events.length === 1);
  await Promise.all(range(1, 60).map(() => spend(workspace)));
  await stream.until(({ events }) => events.at(-1)?.data.event.seq === '61');
  expect(stream.events.at(-1)?.data.event.balance.available).toBe('940');
  expect(seqs(stream)).toEqual([...new Set(seqs(stream))].toSorted((a, b) => a - b));
  stream.stop();
});

test('each event reads anew what it shows', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(100) });
  const scopes = ['usage:write', 'usage:read', 'keys:read'];
  const key = await server.makeKey(workspace.owner, workspace.workspaceId, { scopes, name: 'Before' });
  const stream = follow(openClient(server.socketUrl, { token: key.secret }), USAGE);
  await stream.until(({ events }) => events.length === 1);
  await spend({ ...workspace, key });
  await stream.until(({ events }) => events.length === 2);
  await server.db.apiKey.update({ where: { id: key.actor.apiKeyId }, data: { name: 'After' } });
  await spend({ ...workspace, key });
  await stream.until(({ events }) => events.length === 3);
  expect(stream.events.slice(1).map(({ data }) => data.event.usageEntry.apiKey.name as string)).toEqual([
    'Before',
    'After',
  ]);
  stream.stop();
});

test('a foreign workspace answers like an absent one', async () => {
  const mine = await server.makeWorkspace();
  const foreign = await server.makeWorkspace();
  const client = openClient(server.socketUrl, { token: mine.key.secret });
  const answers = await Promise.all(
    [foreign.workspaceId, randomUUID()].map(async (id) => {
      const stream = follow(client, BALANCE, { workspaceId: encodeGlobalId('Workspace', id) });
      await stream.until(({ isComplete, failure }) => isComplete || failure !== null);
      return stream;
    }),
  );
  const seen = answers.map(({ events, failure }) => JSON.stringify({ events, failure }));
  expect(seen[0]).toContain('NOT_FOUND');
  expect(seen[1]).toBe(seen[0]);
  await client.dispose();
});

test('nobody is left watching when every subscriber has left', async () => {
  const { key } = await server.makeWorkspace();
  const client = openClient(server.socketUrl, { token: key.secret });
  const streams = [
    ...range(1, 20).map(() => follow(client, USAGE)),
    await followSse(server.url, USAGE, { token: key.secret }),
  ];
  // Half leave before anything came.
  for (const stream of streams.slice(0, 10)) stream.stop();
  await Promise.all(streams.slice(10).map((stream) => stream.until(({ events }) => events.length === 1)));
  for (const stream of streams.slice(10)) stream.stop();
  await expect
    .poll(async () => (await fetch(`${server.url}/metrics`)).text(), { timeout: 3_000 })
    .toContain('commonpurse_workspaces_watched 0');
  await client.dispose();
});
