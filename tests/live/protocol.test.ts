import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';

let server: TestServer;
let workspace: TestWorkspace;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ credits: credits(1_000) });
});
afterAll(() => server.close());

interface Message {
  type: string;
  id?: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- every test would otherwise spell out the shape it asserts anyway
  payload?: any;
}

async function until(condition: () => boolean, timeout = 2_000): Promise<void> {
  await vi.waitFor(() => condition() || Promise.reject(new Error('not yet')), { interval: 5, timeout });
}

/** A socket with nothing between the test and the protocol. */
class RawSocket {
  readonly messages: Message[] = [];
  readonly socket: WebSocket;
  closeCode: number | null = null;
  /** Status of a refused upgrade. */
  status: number | null = null;

  constructor(options: { protocols?: string[]; headers?: Record<string, string>; path?: string } = {}) {
    const { protocols = ['graphql-transport-ws'], headers = {}, path = '/graphql' } = options;
    this.socket = new WebSocket(new URL(path, server.socketUrl), protocols, { headers });
    this.socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as Message));
    this.socket.on('close', (code) => (this.closeCode = code));
    this.socket.on('error', () => undefined);
    this.socket.on('unexpected-response', (_request, { statusCode = 0 }) => (this.status = statusCode));
  }

  async opened(): Promise<this> {
    await until(() => this.socket.readyState === WebSocket.OPEN);
    return this;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, rest: Record<string, unknown> = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, ...rest } });
  }

  async got(type: string, id?: string): Promise<Message> {
    const find = (): Message | undefined => this.messages.find((message) => message.type === type && message.id === id);
    await until(() => find() !== undefined, 3_000).catch(() => {
      throw new Error(`No ${type} of ${id}, but ${JSON.stringify(this.messages)}`);
    });
    return find() as Message;
  }

  closed(timeout = 2_000): Promise<void> {
    return until(() => this.closeCode !== null, timeout);
  }

  /** Proves that the socket still serves. */
  async stillServes(): Promise<void> {
    const id = randomUUID();
    this.subscribe(id, '{ __typename }');
    await this.got('next', id);
    this.socket.close();
  }
}

async function connected(payload: unknown = { authorization: `Bearer ${workspace.key.secret}` }): Promise<RawSocket> {
  const raw = await new RawSocket().opened();
  raw.send({ type: 'connection_init', payload });
  await raw.got('connection_ack');
  return raw;
}

const USAGE = 'subscription { usageRecorded { ... on FeedSnapshot { seq } } }';

test.each<[what: string, messages: unknown[], code: number]>([
  ['a subscription before the acknowledgement', [{ id: '1', type: 'subscribe', payload: { query: USAGE } }], 4401],
  ['a second connection_init', [{ type: 'connection_init' }, { type: 'connection_init' }], 4429],
  ['text that is not JSON', ['{nonsense'], 4400],
  ['JSON that is no message', ['[]'], 4400],
  ['a message without a type', [{ id: '1' }], 4400],
  ['an unknown type', [{ type: 'start' }], 4400],
  ['a type that only a server sends', [{ type: 'connection_ack' }], 4400],
  [
    'another type that only a server sends',
    [
      { id: '1', type: 'complete' },
      { id: '1', type: 'next', payload: {} },
    ],
    4400,
  ],
  ['a subscription without an id', [{ type: 'subscribe', payload: { query: USAGE } }], 4400],
  ['a subscription without a query', [{ id: '1', type: 'subscribe', payload: {} }], 4400],
  ['variables that are a list', [{ id: '1', type: 'subscribe', payload: { query: USAGE, variables: [1] } }], 4400],
  ['a payload of connection_init that is text', [{ type: 'connection_init', payload: 'key' }], 4400],
  ['a key that is nonsense', [{ type: 'connection_init', payload: { apiKey: 'nonsense' } }], 4401],
  ['a key that is no text', [{ type: 'connection_init', payload: { authorization: { secret: 1 } } }], 4401],
  ['a message of more than 64 KiB', [{ type: 'ping', payload: { text: 'x'.repeat(65 * 1024) } }], 1009],
])('%s closes the socket with its code, never 4500', async (_what, messages, code) => {
  const raw = await new RawSocket().opened();
  for (const message of messages) raw.send(message);
  await raw.closed();
  expect(raw.closeCode).toBe(code);
});

test('a duplicate id closes with 4409', async () => {
  const raw = await connected();
  raw.subscribe('one', USAGE);
  await raw.got('next', 'one');
  raw.subscribe('one', USAGE);
  await raw.closed();
  expect(raw.closeCode).toBe(4409);
});

test('silence after the upgrade closes with 4408', async () => {
  const raw = await new RawSocket().opened();
  await raw.closed(7_000);
  expect(raw.closeCode).toBe(4408);
});

test('another subprotocol is refused; ours is taken from among several', async () => {
  const none = new RawSocket({ protocols: [] });
  await none.closed();
  expect(none.closeCode).toBe(4406);
  const several = await new RawSocket({ protocols: ['graphql-ws', 'graphql-transport-ws'] }).opened();
  expect(several.socket.protocol).toBe('graphql-transport-ws');
  several.socket.close();
});

test('an upgrade on another path is not found', async () => {
  const raw = new RawSocket({ path: '/elsewhere' });
  await expect.poll(() => raw.status).toBe(404);
});

test('a cookie with a foreign Origin is refused at the upgrade, without a cookie it is a stranger like any other', async () => {
  const origin = 'https://evil.example';
  const refused = new RawSocket({ headers: { origin, cookie: 'commonpurse.session_token=x' } });
  await expect.poll(() => refused.status).toBe(403);
  const stranger = await new RawSocket({ headers: { origin } }).opened();
  stranger.send({ type: 'connection_init' });
  await stranger.got('connection_ack');
  stranger.subscribe('1', '{ viewer { id } apiKey { id } }');
  expect((await stranger.got('next', '1')).payload).toEqual({ data: { viewer: null, apiKey: null } });
  stranger.socket.close();
});

test('a session cookie with our own Origin is a person', async () => {
  const { cookie } = await server.signUp({ name: 'Ada' });
  const raw = await new RawSocket({ headers: { cookie, origin: server.url } }).opened();
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

test.each<[what: string, query: string, rest: Record<string, unknown>]>([
  ['a syntax error', '{ nonsense', {}],
  ['an unknown field', '{ nonsense }', {}],
  ['an unknown operationName', 'query A { __typename }', { operationName: 'B' }],
  ['two operations and no name', 'query A { __typename } query B { __typename }', {}],
  ['a variable of the wrong shape', 'query ($id: ID!) { node(id: $id) { id } }', { variables: { id: { a: 1 } } }],
  ['a variable that is missing', 'query ($id: ID!) { node(id: $id) { id } }', {}],
  ['a cursor that is no number', 'subscription { balanceChanged(after: "x") { __typename } }', {}],
  ['an empty document', '', {}],
])('%s is an error message of that operation alone', async (_what, query, rest) => {
  const raw = await connected();
  raw.subscribe('bad', query, rest);
  const { payload } = await raw.got('error', 'bad');
  expect(payload[0].extensions.code).toMatch(/^[A-Z_]+$/);
  expect(payload[0].extensions).not.toHaveProperty('http');
  await raw.stillServes();
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

test('a ping is answered with its payload', async () => {
  const raw = await connected();
  raw.send({ type: 'ping', payload: { at: 7 } });
  expect((await raw.got('pong')).payload).toEqual({ at: 7 });
  raw.send({ type: 'pong' });
  await raw.stillServes();
});

test('after its complete an operation says nothing more, and its id is free again', async () => {
  const raw = await connected();
  raw.subscribe('one', 'subscription { usageRecorded { __typename } }');
  await raw.got('next', 'one');
  raw.send({ id: 'one', type: 'complete' });
  raw.messages.length = 0;
  raw.subscribe(
    'spend',
    `mutation { recordUsage(input: { credits: 1, idempotencyKey: "${randomUUID()}" }) { __typename } }`,
  );
  await raw.got('complete', 'spend');
  raw.subscribe('one', '{ __typename }');
  await raw.got('complete', 'one');
  expect(raw.messages.filter(({ id }) => id === 'one')).toHaveLength(2);
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
