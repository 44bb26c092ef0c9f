import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { followSse, type SseStream } from './clients.ts';

let server: TestServer;
let workspace: TestWorkspace;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({
    credits: credits(100),
    key: { scopes: ['usage:write', 'usage:read', 'balance:read', 'activity:read', 'keys:read'] },
  });
  for (let call = 1; call <= 4; call++) await spend();
});
afterAll(() => server.close());

// Beside the id, nothing tells where an event stands: clients need not select it.
const USAGE = `subscription { usageRecorded { __typename ... on UsageChange { usageEntry { seq } } } }`;
const USAGE_AFTER = `subscription ($after: Seq) { usageRecorded(after: $after) { __typename ... on UsageChange { usageEntry { seq } } } }`;
const ACTIVITY = `subscription { activity { __typename ... on ActivityChange { type cursor } } }`;

async function spend(): Promise<void> {
  const permit = await server.permit(workspace.key.actor, 'usage:write', workspace.workspaceId);
  const call = { apiKeyId: workspace.key.actor.apiKeyId, credits: 1n, idempotencyKey: randomUUID() };
  await server.credits.recordUsage(permit, call);
}

const open = (
  query: string,
  { method = 'GET', lastEventId, after }: { method?: 'GET' | 'POST'; lastEventId?: string; after?: string } = {},
): Promise<SseStream> =>
  followSse(server.url, query, {
    token: workspace.key.secret,
    method,
    ...(after !== undefined && { variables: { after } }),
    ...(lastEventId !== undefined && { headers: { 'last-event-id': lastEventId } }),
  });

test.each(['GET', 'POST'] as const)(
  'by %s each event has its seq as its id, and goes on from there',
  async (method) => {
    const first = await open(USAGE, { method });
    await first.until(({ events }) => events.length === 1);
    const begun = Number(first.ids[0]);
    await spend();
    await first.until(({ events }) => events.length === 2);
    expect(first.ids).toEqual([String(begun), String(begun + 1)]);
    first.stop();
    await spend();
    const second = await open(USAGE, { method, lastEventId: first.ids[1] ?? '' });
    await second.until(({ events }) => events.length === 1);
    expect([second.ids, second.events[0]?.data.usageRecorded.usageEntry.seq]).toEqual([
      [String(begun + 2)],
      String(begun + 2),
    ]);
    second.stop();
  },
);

test.each([
  ['older', '2'],
  ['newer', '4'],
])('the id of the last event wins over an `after` that is %s, which a URL only repeats', async (_name, after) => {
  const stream = await open(USAGE_AFTER, { lastEventId: '3', after });
  await stream.until(({ events }) => events.length > 0);
  expect(stream.ids[0]).toBe('4');
  stream.stop();
});

test('an id that can no longer be replayed begins again, and says so', async () => {
  const stream = await open(USAGE, { lastEventId: '999999' });
  await stream.until(({ events }) => events.length === 1);
  expect(stream.events[0]?.data.usageRecorded.__typename).toBe('FeedReset');
  expect(Number(stream.ids[0])).toBeLessThan(1_000);
  stream.stop();
});

test('an event of activity has its cursor as its id, and goes on from there', async () => {
  const first = await open(ACTIVITY);
  await first.until(({ events }) => events.length === 1);
  await server.makeKey(workspace.owner, workspace.workspaceId);
  await server.makeKey(workspace.owner, workspace.workspaceId);
  await first.until(({ events }) => events.length === 3);
  expect(first.ids.slice(1)).toEqual(first.events.slice(1).map(({ data }) => data.activity.cursor as string));
  first.stop();
  const second = await open(ACTIVITY, { lastEventId: first.ids[1] ?? '' });
  await second.until(({ events }) => events.length === 1);
  expect(second.events).toEqual(first.events.slice(2));
  second.stop();
});

test.each([
  ['the usage log', USAGE, 'YTE6MDow'],
  ['activity', ACTIVITY, '17'],
])('what is no id of %s is refused, for good', async (_name, query, lastEventId) => {
  const stream = await open(query, { lastEventId });
  await stream.until(({ isComplete }) => isComplete);
  expect(stream.events[0]?.errors?.[0]).toMatchObject({
    message: expect.stringContaining('Last-Event-ID') as string,
    extensions: { code: 'VALIDATION_FAILED' },
  });
});
