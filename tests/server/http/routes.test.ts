import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientAddressReader } from '#server/client-address';
import { openServer, type TestServer } from '../../world/server.ts';
import { credits, type TestWorkspace } from '../../world/world.ts';

const ORIGIN = 'https://app.example.com';

let server: TestServer;
let workspace: TestWorkspace;
beforeAll(async () => {
  server = await openServer({ corsOrigins: [ORIGIN], metricsToken: 'a-metrics-token' });
  workspace = await server.makeWorkspace({ credits: credits(10) });
});
afterAll(() => server.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers });

const ask = (origin: string) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', authorization: `Bearer ${workspace.key.secret}` },
    body: JSON.stringify({ query: '{ apiKey { name } }' }),
  });

const request = (peer: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded ? { 'x-forwarded-for': forwarded } : {},
  }) as IncomingMessage;

describe('routes', () => {
  test('liveness and readiness answer in JSON', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
  });

  test('the schema that is served is the one that is committed', async () => {
    const committed = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
    expect(await (await get('/schema.graphql')).text()).toBe(committed);
  });

  test('metrics ask for their token, and no name that a client chooses becomes a label', async () => {
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics', { authorization: 'Bearer a-metrics-tokex' })).status).toBe(401);
    for (let index = 0; index < 50; index++) await server.request(`query Chosen${index} { __typename }`);
    const text = await (await get('/metrics', { authorization: 'Bearer a-metrics-token' })).text();
    expect(text).toContain('commonpurse_operation_seconds_count{transport="http",kind="query",outcome="ok"}');
    expect(text).toContain('commonpurse_sockets_open');
    expect(text).not.toContain('Chosen');
  });

  test('a browser gets the explorer, whole and loading nothing from elsewhere', async () => {
    const page = await get('/graphql', { accept: 'text/html' });
    const html = await page.text();
    expect(html).toContain('recordUsage');
    expect(html).not.toMatch(/(src|href)="https?:/);
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
    const again = await get('/graphql', { accept: 'text/html', 'if-none-match': page.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  test('what is not there is not found', async () => {
    expect((await get('/nothing')).status).toBe(404);
    expect((await fetch(`${server.url}/healthz`, { method: 'POST' })).status).toBe(404);
  });
});

describe('CORS', () => {
  test('an allowed origin may read answers', async () => {
    const answer = await ask(ORIGIN);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(await answer.json()).toEqual({ data: { apiKey: { name: 'Test key' } } });
  });

  test('another origin may not', async () => {
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).not.toBe(
      'https://evil.example',
    );
  });
});

test('a masked fault carries the request id that stands in the log', async () => {
  await server.db.$executeRawUnsafe('ALTER TABLE operation RENAME TO operation_away');
  const { errors, headers } = await server.request('{ operations { name } }', { token: workspace.key.secret });
  await server.db.$executeRawUnsafe('ALTER TABLE operation_away RENAME TO operation');
  const requestId = errors?.[0]?.extensions['requestId'];
  expect(errors?.[0]?.extensions['code']).toBe('INTERNAL_SERVER_ERROR');
  expect(requestId).toBe(headers.get('x-request-id'));
  expect(server.logLines.join('')).toContain(String(requestId));
  expect(JSON.stringify(errors)).not.toMatch(/operation_away|does not exist|prisma/i);
});

describe('the client’s address', () => {
  test('nobody’s word is taken unless said otherwise', () => {
    expect(clientAddressReader({ kind: 'nobody' })(request('10.0.0.1', '1.2.3.4'))).toBe('10.0.0.1');
  });

  test('as many hops are believed as there are proxies', () => {
    const read = clientAddressReader({ kind: 'hops', hops: 1 });
    expect(read(request('10.0.0.1', '6.6.6.6, 1.2.3.4'))).toBe('1.2.3.4');
    expect(read(request('10.0.0.1'))).toBe('10.0.0.1');
  });

  test('the nearest address that is no trusted proxy is the client', () => {
    const read = clientAddressReader({
      kind: 'addresses',
      ranges: [{ address: '10.0.0.0', prefix: 8, family: 'ipv4' }],
    });
    expect(read(request('::ffff:10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.9'))).toBe('1.2.3.4');
    expect(read(request('9.9.9.9', '1.2.3.4'))).toBe('9.9.9.9');
    expect(read(request('10.0.0.1', 'garbage'))).toBe('10.0.0.1');
  });
});
