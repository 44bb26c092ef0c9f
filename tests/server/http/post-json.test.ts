import { createServer, request as send, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryCounter } from '#adapters/memory-counter';
import { Access } from '#core/access/access';
import { OperationQuota } from '#core/quotas/operation-quota';
import { Quotas } from '#core/quotas/quotas';
import type { Context } from '#graph/context';
import { type Caller, Callers } from '#server/callers';
import { OpenAnswers } from '#server/drain';
import { Exports } from '#server/exports';
import { createGraphqlServer, type GraphqlServer } from '#server/graphql';
import { createRequestListener } from '#server/http';
import { Metrics } from '#server/metrics';
import { SharedAccess } from '#server/shared-access';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

/** Two servers over one yoga: ours, with the short way, and yoga's own handler. */
let world: World;
let workspace: TestWorkspace;
let ours: Listening;
let theirs: Listening;
let longWays = 0;

beforeAll(async () => {
  world = await openWorld();
  workspace = await world.makeWorkspace({ credits: credits(100) });
  const log = pino({ level: 'silent' });
  const metrics = new Metrics({ socketsOpen: () => 0, workspacesWatched: () => 0, cohorts: () => 0 });
  const { db, bus, keys } = world;
  const quotas = new Quotas({ counter: openMemoryCounter(), nodes: () => 1 });
  const contextFor = async (caller: Caller): Promise<Context> => {
    const actor = await caller.identify();
    const unused = null as never;
    const feeds = { feeds: unused, activity: unused, inboxFeeds: unused };
    const parts = {
      ...feeds,
      invitations: unused,
      inboxes: unused,
      recheck: unused,
      within: unused,
      lastEventId: null,
    };
    const outward = { sealer: unused, outbound: unused };
    const quota = new OperationQuota(quotas, null);
    return { db, actor, access: new Access(db, actor), credits: world.credits, keys, bus, quota, ...parts, ...outward };
  };
  const operators = { verify: async () => world.operator } as never;
  const sessions = { find: async () => null };
  const shared = new SharedAccess(bus);
  const door = { operators, sessions, findSessions: async () => new Map(), isTrustedOrigin: () => true };
  const callers = new Callers({ db, shared, keys, ...door });
  const yoga = createGraphqlServer({ contextFor, rights: null as never, log, metrics, corsOrigins: [] });
  const counted = counting(yoga);
  const draining = new AbortController().signal;
  const exports = new Exports({ callers, contextFor, addressOf: () => null, draining, log });
  const options = {
    callers,
    exports,
    metrics,
    log,
    metricsToken: undefined,
    corsOrigins: [],
    serveAuth: async () => {},
  };
  const reception = null as never;
  const edge = {
    ...options,
    reception,
    dashboard: null,
    isReady: async () => true,
    addressOf: () => null,
    openAnswers: new OpenAnswers(),
  };
  ours = await listen(createRequestListener({ ...edge, yoga: counted }));
  theirs = await listen((request, response) => {
    const { authorization } = request.headers;
    const caller = callers.caller({ authorization, cookie: undefined, origin: undefined }, { address: null });
    response.setHeader('X-Request-Id', caller.requestId);
    void yoga.handle(request, response, { caller, transport: 'http' });
  });
});

/** Counts the requests that take the long way. */
function counting(yoga: GraphqlServer): GraphqlServer {
  return Object.assign(Object.create(yoga) as GraphqlServer, {
    fetch: (...args: Parameters<typeof yoga.fetch>) => (longWays++, yoga.fetch(...args)),
    handleNodeRequestAndResponse: (...args: Parameters<typeof yoga.handleNodeRequestAndResponse>) => (
      longWays++,
      yoga.handleNodeRequestAndResponse(...args)
    ),
  });
}

afterAll(async () => {
  ours.close();
  theirs.close();
  await world.close();
});

interface Row {
  name: string;
  body: string | object;
  way: 'short' | 'long';
  accept?: string;
  type?: string;
  isAnonymous?: boolean;
}

const SPEND =
  'mutation($c: Credits, $k: String!) { recordUsage(input: { credits: $c, idempotencyKey: $k }) { __typename ... on UserError { code message path } ... on RecordUsagePayload { credits seq } } }';
const BALANCE = '{ workspace { name balance { available seq } } }';
const BOTH = 'application/graphql-response+json, application/json;q=0.9';

const ROWS: Row[] = [
  { name: 'a query', body: { query: BALANCE }, way: 'short' },
  {
    name: 'null variables',
    body: { query: BALANCE, variables: null, extensions: null, operationName: null },
    way: 'short',
  },
  { name: 'extensions', body: { query: BALANCE, extensions: { trace: true } }, way: 'short' },
  { name: 'introspection', body: { query: getIntrospectionQuery() }, way: 'short' },
  { name: 'introspection by nobody', body: { query: getIntrospectionQuery() }, way: 'short', isAnonymous: true },
  {
    name: 'an operation by name',
    body: { query: 'query A { a: __typename } query B { b: __typename }', operationName: 'B' },
    way: 'short',
  },
  { name: 'no operation of that name', body: { query: 'query A { __typename }', operationName: 'C' }, way: 'short' },
  {
    name: 'two operations, none named',
    body: { query: 'query A { __typename } query B { __typename }' },
    way: 'short',
  },
  { name: 'a charge', body: { query: SPEND, variables: { c: '1', k: 'same-on-both-replayed' } }, way: 'short' },
  { name: 'too little credit', body: { query: SPEND, variables: { c: '5000', k: 'declined' } }, way: 'short' },
  { name: 'a refusal in the union', body: { query: SPEND, variables: { c: '1', k: 'x'.repeat(300) } }, way: 'short' },
  { name: 'a variable of the wrong shape', body: { query: SPEND, variables: { c: 0.5, k: 'k' } }, way: 'short' },
  { name: 'a missing variable', body: { query: SPEND, variables: {} }, way: 'short' },
  { name: 'nobody', body: { query: BALANCE }, way: 'short', isAnonymous: true },
  { name: 'forbidden', body: { query: '{ workspaces { edges { cursor } } }' }, way: 'short' },
  { name: 'too large', body: { query: '{ workspace { usage(first: 1000) { edges { cursor } } } }' }, way: 'short' },
  { name: 'too long', body: { query: `{ ${' '.repeat(40_000)} __typename }` }, way: 'short' },
  { name: 'too many tokens', body: { query: `{ ${'a '.repeat(3_000)} }` }, way: 'short' },
  {
    name: 'variables too deep',
    body: `{"query":"{__typename}","variables":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`,
    way: 'short',
  },
  { name: 'an unknown field', body: { query: '{ nope }' }, way: 'short' },
  { name: 'a syntax error', body: { query: '{' }, way: 'short' },
  { name: 'an empty document', body: { query: '' }, way: 'short' },
  { name: 'only a fragment', body: { query: 'fragment F on Query { __typename }' }, way: 'short' },
  ...['*/*', 'application/json', 'application/graphql-response+json', BOTH].flatMap((accept): Row[] => [
    { name: `Accept ${accept}`, body: { query: BALANCE }, accept, way: 'short' },
    { name: `Accept ${accept}, invalid`, body: { query: '{ nope }' }, accept, way: 'short' },
    { name: `Accept ${accept}, unparsable`, body: { query: '{' }, accept, way: 'short' },
    { name: `Accept ${accept}, nobody`, body: { query: BALANCE }, accept, way: 'short', isAnonymous: true },
    {
      name: `Accept ${accept}, bad variable`,
      body: { query: SPEND, variables: { c: -1, k: 'k' } },
      accept,
      way: 'short',
    },
  ]),
  { name: 'a charset', body: { query: BALANCE }, type: 'application/json; charset=utf-8', way: 'short' },
  { name: 'another Accept', body: { query: BALANCE }, accept: 'text/html', way: 'long' },
  { name: 'a type in capitals', body: { query: BALANCE }, type: 'Application/JSON', way: 'long' },
  { name: 'malformed JSON', body: '{"query":', way: 'long' },
  { name: 'an empty body', body: '', way: 'long' },
  { name: 'a batch', body: [{ query: BALANCE }], way: 'long' },
  { name: 'JSON null', body: 'null', way: 'long' },
  { name: 'a JSON string', body: '"x"', way: 'long' },
  { name: 'no query', body: {}, way: 'long' },
  { name: 'a query that is no string', body: { query: 1 }, way: 'long' },
  { name: 'an unknown parameter', body: { query: BALANCE, foo: 1 }, way: 'long' },
  { name: 'variables that are no object', body: { query: BALANCE, variables: [] }, way: 'long' },
  { name: 'extensions that are no object', body: { query: BALANCE, extensions: 'x' }, way: 'long' },
  { name: 'an operationName that is no string', body: { query: BALANCE, operationName: 1 }, way: 'long' },
  { name: 'a form', body: 'query={__typename}', type: 'application/x-www-form-urlencoded', way: 'long' },
  { name: 'text', body: { query: BALANCE }, type: 'text/plain', way: 'long' },
];

test.each(ROWS)('answers as yoga does: $name', async (row) => {
  // A first charge and its replay differ by nature; both servers answer the replay.
  if (row.body instanceof Object && 'variables' in row.body) await post(theirs, row);
  const expected = await post(theirs, row);
  const before = longWays;
  expect(await post(ours, row)).toEqual(expected);
  expect(longWays > before ? 'long' : 'short').toBe(row.way);
});

test('covers the short way with most of its rows', () => {
  expect(ROWS.filter(({ way }) => way === 'short').length).toBeGreaterThan(40);
});

interface Listening {
  port: number;
  close: () => void;
}

async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

const COMPARED = ['content-type', 'www-authenticate', 'allow', 'retry-after', 'content-length', 'set-cookie'];

async function post({ port }: Listening, { body, accept, type, isAnonymous }: Row) {
  const headers = {
    'content-type': type ?? 'application/json',
    ...(accept && { accept }),
    ...(!isAnonymous && { authorization: `Bearer ${workspace.key.secret}` }),
  };
  return new Promise<object>((resolve, reject) => {
    const request = send(
      { port, host: '127.0.0.1', method: 'POST', path: '/graphql', headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const named = COMPARED.map((name) => [name, response.headers[name]]);
          resolve({
            status: response.statusCode,
            text,
            hasId: 'x-request-id' in response.headers,
            ...Object.fromEntries(named),
          });
        });
      },
    );
    request.on('error', reject).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}
