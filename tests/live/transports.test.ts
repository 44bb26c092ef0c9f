import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../world/server.ts';
import { follow, followSse, openClient } from './clients.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await openServer();
  token = (await server.makeWorkspace()).key.secret;
});
afterAll(() => server.close());

type Errors = readonly { message: string; extensions: Record<string, unknown> }[] | undefined;
type Send = (query: string) => Promise<Errors>;

const transports: [name: string, send: Send][] = [
  ['POST', async (query) => (await server.request(query, { token })).errors],
  [
    'GET',
    async (query) => {
      const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return ((await response.json()) as { errors?: Errors }).errors;
    },
  ],
  [
    'SSE',
    async (query) => {
      const stream = await followSse(server.url, query, { token });
      await stream.until(({ isComplete }) => isComplete);
      return stream.events[0]?.errors;
    },
  ],
  [
    'a socket',
    async (query) => {
      const client = openClient(server.socketUrl, { token });
      const stream = follow(client, query);
      await stream.until(({ isComplete, failure }) => isComplete || failure !== null);
      await client.dispose();
      await expect.poll(() => client.closeCodes).toEqual([1000]);
      return stream.events[0]?.errors ?? (stream.failure as Errors);
    },
  ],
];

const deep = (levels: number): string =>
  levels === 0 ? 'id' : `workspace { apiKeys { edges { node { ${deep(levels - 1)} } } } }`;

const rules: [rule: string, query: string, code: RegExp][] = [
  [
    'cost',
    '{ workspace { usage(first: 100) { edges { node { apiKey { workspace { apiKeys(first: 100) { edges { cursor } } } } } } } } }',
    /VALIDATION_FAILED/,
  ],
  ['depth', `{ ${deep(6)} }`, /VALIDATION_FAILED/],
  ['page size', '{ workspace { usage(first: 101) { edges { cursor } } } }', /VALIDATION_FAILED/],
  ['length of the document', `{ __typename } # ${'x'.repeat(33_000)}`, /VALIDATION_FAILED/],
  ['number of tokens', `{ ${'a: __typename '.repeat(1_000)} }`, /./],
];

const cases = rules.flatMap(([rule, query, code]) =>
  transports
    .filter(([name]) => name !== 'GET' || query.length < 12_000)
    .map(([name, send]) => ({ rule, query, code, name, send })),
);

test.each(cases)('the limit on $rule holds over $name', async ({ query, code, send }) => {
  const errors = await send(query);
  expect(errors).toHaveLength(1);
  expect(String(errors?.[0]?.extensions['code'])).toMatch(code);
  expect(errors?.[0]?.extensions).not.toHaveProperty('http');
  expect(errors).toEqual(await transports[0]?.[1](query));
});

test.each(transports)('a fault is masked over %s, and found in the log by its request id', async (_name, send) => {
  await server.db.$executeRawUnsafe('ALTER TABLE operation RENAME TO operation_away');
  try {
    const errors = await send('{ operations { name } }');
    expect(JSON.stringify(errors)).not.toMatch(/prisma|relation|SELECT|operation_away|stack/i);
    const { extensions } = errors?.[0] ?? {};
    expect(extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) as string });
    expect(Object.keys(extensions ?? {}).toSorted()).toEqual(['code', 'requestId']);
    expect(server.logLines.join('')).toContain(String(extensions?.['requestId']));
  } finally {
    await server.db.$executeRawUnsafe('ALTER TABLE operation_away RENAME TO operation');
  }
});

test('a fault in the middle of a stream is told as a masked error and completion, over both', async () => {
  const { key, workspaceId } = await server.makeWorkspace();
  const USAGE = 'subscription { usageRecorded { __typename } }';
  const client = openClient(server.socketUrl, { token: key.secret });
  const streams = [follow(client, USAGE), await followSse(server.url, USAGE, { token: key.secret })];
  await Promise.all(streams.map((stream) => stream.until(({ events }) => events.length === 1)));
  await server.db.$executeRawUnsafe('ALTER TABLE ledger_entry RENAME TO ledger_entry_away');
  try {
    await server.db.balance.update({ where: { workspaceId }, data: { seq: 5n } });
    await Promise.all(streams.map((stream) => stream.until(({ isComplete }) => isComplete)));
    for (const { events } of streams) {
      expect(events.at(-1)?.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
      expect(JSON.stringify(events)).not.toMatch(/prisma|ledger|relation/i);
    }
    expect(client.closeCodes).toEqual([]);
  } finally {
    await server.db.$executeRawUnsafe('ALTER TABLE ledger_entry_away RENAME TO ledger_entry');
    await client.dispose();
  }
});
