import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';
import { type Message, RawSocket } from './raw-socket.ts';

let server: TestServer;
let secret: string;
beforeAll(async () => {
  server = await openServer();
  secret = (await server.makeWorkspace({ credits: credits(1_000) })).key.secret;
});
afterAll(() => server.close());

/** What the client says, what it must hear next, and how the socket ends; one conversation is a list of these. */
type Turn =
  | { say: unknown; fin?: boolean }
  | { hear: Partial<Message> }
  | { closed: number }
  | { opened: true }
  | { spend: true };

const say = (message: unknown): Turn => ({ say: message });
const hear = (type: string, rest: Omit<Partial<Message>, 'type'> = {}): Turn => ({ hear: { type, ...rest } });
const closed = (code: number): Turn => ({ closed: code });
const SPEND: Turn = { spend: true };
const KEY = 'the key';
const STREAM = 'subscription { usageRecorded { __typename } }';
const STATE = { payload: { data: { usageRecorded: { __typename: 'FeedSnapshot' } } } };
const CHANGE = { payload: { data: { usageRecorded: { __typename: 'UsageChange' } } } };
const subscribe = (id: unknown, query: unknown, rest: object = {}): Turn =>
  say({ id, type: 'subscribe', payload: { query, ...rest } });
const complete = (id: string): Turn => say({ id, type: 'complete' });
const init = (...payload: unknown[]): Turn =>
  say({ type: 'connection_init', ...(payload.length > 0 && { payload: payload[0] }) });
const CONNECTED = [init({ apiKey: KEY }), hear('connection_ack')];
/** Nothing came in between: messages keep their order. */
const NOTHING = [say({ type: 'ping', payload: { mark: 1 } }), hear('pong', { payload: { mark: 1 } })];
const SERVES = [subscribe('last', '{ __typename }'), hear('next', { id: 'last' }), hear('complete', { id: 'last' })];

const greetings: [what: string, turns: Turn[]][] = [
  ['an init with a key is acknowledged', [...CONNECTED, ...SERVES]],
  ['an init without a payload is acknowledged', [init(), hear('connection_ack'), ...SERVES]],
  ['an init that is null is one without a payload', [init(null), hear('connection_ack'), ...SERVES]],
  ['an init may say more than we know of', [init({ apiKey: KEY, colour: 'red' }), hear('connection_ack')]],
  ['an init whose payload is text', [init('key'), closed(4400)]],
  ['an init whose payload is a list', [init([1]), closed(4400)]],
  ['a key that is nonsense', [init({ apiKey: 'nonsense' }), closed(4401)]],
  ['a key that is no text', [init({ authorization: { secret: 1 } }), closed(4401)]],
  ['a second init', [...CONNECTED, init({ apiKey: KEY }), closed(4429)]],
  ['a second init while the first is being checked', [init({ apiKey: KEY }), init({ apiKey: KEY }), closed(4429)]],
  ['an operation without an init', [subscribe('1', '{ __typename }'), closed(4401)]],
  ['an operation before the acknowledgement', [init({ apiKey: KEY }), subscribe('1', STREAM), closed(4401)]],
  ['a ping before the init is answered', [say({ type: 'ping' }), hear('pong'), ...CONNECTED]],
  ['a completion before the init means nothing', [complete('1'), ...CONNECTED, ...SERVES]],
];

const pulses: [what: string, turns: Turn[]][] = [
  [
    'a ping is answered with its payload',
    [...CONNECTED, say({ type: 'ping', payload: { at: 7 } }), hear('pong', { payload: { at: 7 } })],
  ],
  [
    'a ping without a payload is answered without one',
    [...CONNECTED, say({ type: 'ping' }), { hear: { type: 'pong' } }],
  ],
  [
    'a pong that nobody asked for means nothing',
    [...CONNECTED, say({ type: 'pong' }), say({ type: 'pong', payload: { a: 1 } }), ...NOTHING],
  ],
  ['a ping whose payload is text', [...CONNECTED, say({ type: 'ping', payload: 'x' }), closed(4400)]],
  ['a pong whose payload is a list', [...CONNECTED, say({ type: 'pong', payload: [] }), closed(4400)]],
];

const operations: [what: string, turns: Turn[]][] = [
  [
    'a query is answered and completed',
    [
      ...CONNECTED,
      subscribe('q', '{ __typename }'),
      hear('next', { id: 'q', payload: { data: { __typename: 'Query' } } }),
      hear('complete', { id: 'q' }),
      ...NOTHING,
    ],
  ],
  [
    'a stream goes on until its client completes it, then says nothing more',
    [
      ...CONNECTED,
      subscribe('s', STREAM),
      hear('next', { id: 's', ...STATE }),
      SPEND,
      hear('next', { id: 's', ...CHANGE }),
      complete('s'),
      ...NOTHING,
      SPEND,
      ...SERVES,
    ],
  ],
  [
    'an id is free again once its stream was completed',
    [
      ...CONNECTED,
      subscribe('s', STREAM),
      hear('next', { id: 's' }),
      complete('s'),
      SPEND,
      subscribe('s', '{ __typename }'),
      hear('next', { id: 's' }),
      hear('complete', { id: 's' }),
    ],
  ],
  [
    'an id is free again once its query was answered',
    [
      ...CONNECTED,
      subscribe('q', '{ __typename }'),
      hear('next'),
      hear('complete'),
      subscribe('q', '{ __typename }'),
      hear('next', { id: 'q' }),
    ],
  ],
  [
    'an id is free again after its error',
    [
      ...CONNECTED,
      subscribe('q', '{ nonsense }'),
      hear('error', { id: 'q' }),
      subscribe('q', '{ __typename }'),
      hear('next', { id: 'q' }),
    ],
  ],
  [
    'an id that is in use',
    [...CONNECTED, subscribe('s', STREAM), hear('next', { id: 's' }), subscribe('s', STREAM), closed(4409)],
  ],
  ['the same id twice at once', [...CONNECTED, subscribe('s', STREAM), subscribe('s', STREAM), closed(4409)]],
  ['a completion of an id that nobody knows means nothing', [...CONNECTED, complete('unknown'), ...NOTHING]],
  [
    'streams of one socket go on side by side, and end one by one',
    [
      ...CONNECTED,
      ...['a', 'b'].flatMap((id) => [subscribe(id, STREAM), hear('next', { id, ...STATE })]),
      complete('a'),
      ...NOTHING,
      SPEND,
      hear('next', { id: 'b', ...CHANGE }),
      ...SERVES,
    ],
  ],
  ['any text is an id', [...CONNECTED, subscribe('é "\\ \n', '{ __typename }'), hear('next', { id: 'é "\\ \n' })]],
  [
    'operationName chooses',
    [
      ...CONNECTED,
      subscribe('q', 'query A { a: __typename } query B { b: __typename }', { operationName: 'B' }),
      hear('next', { payload: { data: { b: 'Query' } } }),
    ],
  ],
];

/** Each is told as the error of that operation, without a completion; the socket goes on. */
const mistakes = Object.entries<[query: string, rest?: object]>({
  'a syntax error': ['{ nonsense'],
  'an unknown field': ['{ nonsense }'],
  'a document without operations': ['fragment F on Query { __typename }'],
  'an empty document': [''],
  'an unknown operationName': ['query A { __typename }', { operationName: 'B' }],
  'two operations and no name': ['query A { __typename } query B { __typename }'],
  'a variable of the wrong shape': ['query ($id: ID!) { node(id: $id) { id } }', { variables: { id: { a: 1 } } }],
  'a variable that is missing': ['query ($id: ID!) { node(id: $id) { id } }'],
  'a cursor that is no number': ['subscription { balanceChanged(after: "x") { __typename } }'],
  'a stream of two fields': ['subscription { balanceChanged { __typename } usageRecorded { __typename } }'],
}).map(([what, [query, rest]]): [what: string, turns: Turn[]] => [
  `${what} is an error of that operation alone`,
  [
    ...CONNECTED,
    subscribe('bad', query, rest),
    hear('error', { id: 'bad', payload: [{ extensions: { code: expect.stringMatching(/^[A-Z_]+$/) as string } }] }),
    ...NOTHING,
    ...SERVES,
  ],
]);

const payload = { query: STREAM };
const malformed = Object.entries<unknown>({
  'text that is not JSON': '{nonsense',
  'empty text': '',
  'bytes that are not JSON': Buffer.from([0, 1, 2]),
  'a list': [],
  null: null,
  'a number': 7,
  'a message without a type': { id: '1' },
  'a type that is no text': { type: 7 },
  'a type of the older protocol': { type: 'start', id: '1', payload },
  'an acknowledgement, which only a server sends': { type: 'connection_ack' },
  'a result, which only a server sends': { id: '1', type: 'next', payload: {} },
  'an error, which only a server sends': { id: '1', type: 'error', payload: [{ message: 'x' }] },
  'an operation without an id': { type: 'subscribe', payload },
  'an operation whose id is empty': { id: '', type: 'subscribe', payload },
  'an operation whose id is a number': { id: 7, type: 'subscribe', payload },
  'an operation without a payload': { id: '1', type: 'subscribe' },
  'an operation without a query': { id: '1', type: 'subscribe', payload: {} },
  'an operation whose query is a number': { id: '1', type: 'subscribe', payload: { query: 7 } },
  'variables that are a list': { id: '1', type: 'subscribe', payload: { ...payload, variables: [1] } },
  'an operationName that is a number': { id: '1', type: 'subscribe', payload: { ...payload, operationName: 1 } },
  'extensions that are text': { id: '1', type: 'subscribe', payload: { ...payload, extensions: 'x' } },
  'a completion without an id': { type: 'complete' },
}).map(([what, message]): [what: string, turns: Turn[]] => [what, [...CONNECTED, say(message), closed(4400)]]);

const frames: [what: string, turns: Turn[]][] = [
  [
    'a message in a binary frame is read as text',
    [{ say: Buffer.from('{"type":"connection_init"}') }, hear('connection_ack')],
  ],
  [
    'a message in several frames is put together',
    [{ say: '{"type":"connec', fin: false }, { say: 'tion_init"}' }, hear('connection_ack')],
  ],
  [
    'a message of more than 64 KiB',
    [...CONNECTED, say({ type: 'ping', payload: { text: 'x'.repeat(65 * 1024) } }), closed(1009)],
  ],
  [
    'a message of just under 64 KiB is one like any other',
    [...CONNECTED, say({ type: 'ping', payload: { text: 'x'.repeat(63 * 1024) } }), hear('pong'), ...SERVES],
  ],
  ['silence after the upgrade', [{ opened: true }, closed(4408)]],
];

test.each([...greetings, ...pulses, ...operations, ...mistakes, ...malformed, ...frames])(
  '%s',
  async (_what, turns) => {
    const raw = await new RawSocket(server.socketUrl).opened();
    for (const turn of turns) {
      const [got, expected] = await take(raw, turn);
      expect(got).toMatchObject(expected);
    }
    // Whatever a client does wrong, it is never told that the server failed.
    expect(raw.closeCode).not.toBe(4500);
    raw.socket.close();
  },
);

test.each([
  ['no subprotocol', [], 4406],
  // This client ends it itself, since the server chose none of its own.
  ['the older subprotocol', ['graphql-ws'], 1006],
  ['ours among several', ['graphql-ws', 'graphql-transport-ws'], null],
])('%s is refused or taken at the upgrade', async (_what, protocols, code) => {
  const raw = new RawSocket(server.socketUrl, { protocols });
  if (code === null) await raw.opened();
  else await raw.closed();
  expect([raw.closeCode, raw.socket.protocol]).toEqual([code, code === null ? 'graphql-transport-ws' : '']);
  raw.socket.close();
});

/** Takes a turn. @returns what came of it and what must have. */
async function take(raw: RawSocket, turn: Turn): Promise<[got: object, expected: object]> {
  if ('say' in turn) raw.send(withKey(turn.say), turn.fin);
  if ('spend' in turn) await spend();
  if ('hear' in turn) return [await raw.take(), turn.hear];
  if (!('closed' in turn)) return [{}, {}];
  await raw.closed(turn.closed === 4408 ? 7_000 : 2_000);
  return [{ code: raw.closeCode }, { code: turn.closed }];
}

/** The key is made after the table was written. */
function withKey(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || Buffer.isBuffer(message)) return message;
  return JSON.parse(JSON.stringify(message).replace(`"${KEY}"`, `"${secret}"`)) as unknown;
}

async function spend(): Promise<void> {
  const document = `mutation { recordUsage(input: { credits: 1, idempotencyKey: "${randomUUID()}" }) { __typename } }`;
  const { data } = await server.request(document, { token: secret });
  expect(data.recordUsage.__typename).toBe('RecordUsagePayload');
}
