import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { RawSocket, type RawSocketOptions } from './raw-socket.ts';

let server: TestServer;
let workspace: TestWorkspace;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ credits: credits(1_000) });
});
afterAll(() => server.close());

const open = (options: RawSocketOptions = {}): RawSocket => new RawSocket(server.socketUrl, options);

async function connected(payload: unknown = { authorization: `Bearer ${workspace.key.secret}` }): Promise<RawSocket> {
  const raw = await open().opened();
  raw.send({ type: 'connection_init', payload });
  await raw.got('connection_ack');
  return raw;
}

const USAGE = 'subscription { usageRecorded { ... on FeedSnapshot { seq } } }';

test('an upgrade on another path is not found', async () => {
  const raw = open({ path: '/elsewhere' });
  await expect.poll(() => raw.status).toBe(404);
});

test('a cookie with a foreign Origin is refused at the upgrade, without a cookie it is a stranger like any other', async () => {
  const origin = 'https://evil.example';
  const refused = open({ headers: { origin, cookie: 'commonpurse.session_token=x' } });
  await expect.poll(() => refused.status).toBe(403);
  const stranger = await open({ headers: { origin } }).opened();
  stranger.send({ type: 'connection_init' });
  await stranger.got('connection_ack');
  stranger.subscribe('1', '{ viewer { id } apiKey { id } }');
  expect((await stranger.got('next', '1')).payload).toEqual({ data: { viewer: null, apiKey: null } });
  stranger.socket.close();
});

test('a session cookie with our own Origin is a person', async () => {
  const { cookie } = await server.signUp({ name: 'Ada' });
  const raw = await open({ headers: { cookie, origin: server.url } }).opened();
  raw.send({ type: 'connection_init' });
  raw.socket.once('message', () => raw.subscribe('1', '{ viewer { name } }'));
  expect((await raw.got('next', '1')).payload).toEqual({ data: { viewer: { name: 'Ada' } } });
  raw.subscribe('2', 'subscription { balanceChanged { __typename } }');
  const { payload } = await raw.got('next', '2').catch(() => raw.got('error', '2'));
  expect(JSON.stringify(payload)).toContain('workspaceId is missing');
  raw.socket.close();
});

test.each([
  ['authorization', (secret: string) => ({ authorization: `Bearer ${secret}` })],
  ['Authorization', (secret: string) => ({ Authorization: `bearer ${secret}` })],
  ['apiKey', (secret: string) => ({ apiKey: secret })],
])('connection_init takes the key as %s', async (_name, payload) => {
  const raw = await connected(payload(workspace.key.secret));
  raw.subscribe('1', '{ apiKey { name } }');
  expect((await raw.got('next', '1')).payload).toEqual({ data: { apiKey: { name: 'Test key' } } });
  raw.socket.close();
});

test('queries and mutations run over the socket, with the refusals that HTTP gives', async () => {
  const raw = await connected();
  const mutation = `mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { __typename ... on RecordUsagePayload { credits } ... on UserError { code path message } } }`;
  const idempotencyKey = randomUUID();
  const inputs = [
    { credits: '2', idempotencyKey },
    { credits: '3', idempotencyKey },
    { credits: '100000', idempotencyKey: randomUUID() },
    { operation: 'no.such', idempotencyKey: randomUUID() },
  ];
  for (const [index, input] of inputs.entries()) {
    raw.subscribe(String(index), mutation, { variables: { input } });
    const bySocket = (await raw.got('next', String(index))).payload;
    const { data } = await server.request(mutation, { variables: { input }, token: workspace.key.secret });
    expect(bySocket).toEqual({ data });
  }
  expect(raw.messages.filter(({ type }) => type === 'complete')).toHaveLength(inputs.length);
  await raw.stillServes();
});

test('the 101st operation at once is refused alone', async () => {
  const raw = await connected();
  for (let index = 1; index <= 100; index++) raw.subscribe(String(index), USAGE);
  await expect.poll(() => raw.messages.filter(({ type }) => type === 'next').length, { timeout: 5_000 }).toBe(100);
  raw.subscribe('101', USAGE);
  expect((await raw.got('error', '101')).payload[0].message).toContain('At most 100');
  raw.send({ id: '7', type: 'complete' });
  raw.send({ type: 'ping' });
  await raw.got('pong');
  await raw.stillServes();
});
