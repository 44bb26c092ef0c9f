import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '#client/client';
import { audit, openBooks } from '../../examples/gateway/audit.ts';
import { type Answered, planCalls, sendCalls } from '../../examples/gateway/calls.ts';
import { createGateway } from '../../examples/gateway/gateway.ts';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';

const PRICES = { 'search.people': '2', 'enrich.company': '5', 'ai.summarize': '0.25' };

let server: TestServer;
let gateway: ServerType;
let gatewayUrl: string;

beforeAll(async () => {
  server = await openServer();
  const purse = createClient({ url: server.url, operatorToken: server.operator.token });
  for (const [name, price] of Object.entries(PRICES)) await purse.setOperation({ name, price });
  const { fetch } = createGateway(purse);
  gatewayUrl = await new Promise((resolve) => {
    gateway = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(`http://127.0.0.1:${port}`));
  });
});

afterAll(async () => {
  gateway.close();
  await server.close();
});

/** Three customers on one balance: two that pay, and one that tries things out. */
async function makeCustomers(balance: number) {
  const { owner, workspaceId, key } = await server.makeWorkspace({ credits: credits(balance) });
  const pipeline = await server.makeKey(owner, workspaceId, { name: 'CI/CD Pipeline' });
  const development = await server.makeKey(owner, workspaceId, { name: 'Development', environment: 'TEST' });
  const customers = [
    { secret: key.secret, environment: 'LIVE' },
    { secret: development.secret, environment: 'TEST' },
    { secret: pipeline.secret, environment: 'LIVE' },
  ] as const;
  return { customers, purse: createClient({ url: server.url, apiKey: key.secret }) };
}

describe('the gateway', () => {
  it(
    'charges 1,000 mixed calls, 64 at once, exactly once each, whatever was sent twice',
    { timeout: 120_000 },
    async () => {
      const { customers, purse } = await makeCustomers(2_000);
      const opening = await openBooks(purse);
      const answers = await sendCalls(gatewayUrl, planCalls(1_000, customers), { concurrency: 64 });
      const books = await audit(purse, opening, answers);
      expect(books).toMatchObject({ calls: 1_000, declined: 0, faults: [] });
      expect(books.sends).toBeGreaterThan(1_250);
    },
  );

  it('withholds the result of a call that the balance does not cover, and never goes below zero', async () => {
    const { customers, purse } = await makeCustomers(20);
    const opening = await openBooks(purse);
    const answers: Answered[] = await sendCalls(gatewayUrl, planCalls(60, customers), { concurrency: 8 });
    const books = await audit(purse, opening, answers);
    expect(books.faults).toEqual([]);
    expect(books.declined).toBeGreaterThan(0);
    expect(Number(books.available)).toBeGreaterThanOrEqual(0);
  });

  it('says what is missing with 402 and gives nothing away', async () => {
    const { customers } = await makeCustomers(1);
    const response = await call('/v1/companies/acme.example', customers[0].secret);
    expect(response.status).toBe(402);
    expect(response.headers.get('commonpurse-balance')).toBe('1');
    expect(await response.json()).toMatchObject({ error: { code: 'PAYMENT_REQUIRED', required: '5', available: '1' } });
  });

  it('says which cap of the key a call would break with 402', async () => {
    const { customers } = await makeCustomers(10);
    const { apiKeyId } = await server.keys.verify(customers[0].secret, null);
    await server.db.apiKey.update({ where: { id: apiKeyId }, data: { capDay: credits(4) } });
    const response = await call('/v1/companies/acme.example', customers[0].secret);
    expect(response.status).toBe(402);
    const error = { code: 'KEY_LIMIT_EXCEEDED', required: '5', period: 'DAY', cap: '4', spent: '0' };
    expect(await response.json()).toMatchObject({ error });
  });

  it('answers a repeated call with the same receipt, and a changed one under the same key with 422', async () => {
    const { customers } = await makeCustomers(10);
    const key = { 'idempotency-key': 'one' };
    const first = await call('/v1/companies/acme.example', customers[0].secret, key);
    const again = await call('/v1/companies/acme.example', customers[0].secret, key);
    expect([again.status, again.headers.get('commonpurse-replayed')]).toEqual([200, 'true']);
    expect(again.headers.get('commonpurse-seq')).toBe(first.headers.get('commonpurse-seq'));
    expect(await again.json()).toEqual(await first.json());
    expect((await call('/v1/companies/other.example', customers[0].secret, key)).status).toBe(422);
  });

  it.each([
    ['no key', {}],
    ['a key that nobody made', { authorization: 'Bearer cp_live_nobody' }],
    ['something else than a key', { authorization: 'Basic cm9vdA==' }],
  ])('refuses %s with 401', async (_what, headers) => {
    const response = await fetch(`${gatewayUrl}/v1/people`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
  });

  it('passes on the address of its customer, by which the customer’s key is refused with 401 or served', async () => {
    const { customers } = await makeCustomers(10);
    const { apiKeyId } = await server.keys.verify(customers[0].secret, null);
    const allow = (range: string) =>
      server.db.apiKey.update({ where: { id: apiKeyId }, data: { allowedAddresses: [range] } });
    await allow('192.0.2.0/24');
    const refused = await call('/v1/people', customers[0].secret);
    expect([refused.status, await refused.json()]).toEqual([
      401,
      { error: { code: 'UNAUTHENTICATED', message: 'This API key may not be used from your address.' } },
    ]);
    await allow('127.0.0.0/8');
    await expect.poll(async () => (await call('/v1/people', customers[0].secret)).status, { timeout: 8_000 }).toBe(200);
  });

  it('answers 503 with Retry-After, and no result, while Commonpurse is away', async () => {
    const away = createClient({
      url: 'http://127.0.0.1:1',
      operatorToken: 'cp_op_x',
      retry: { attemptsMax: 2, delayMinMs: 1 },
    });
    const response = await createGateway(away).request('/v1/people', {
      headers: { authorization: 'Bearer cp_live_x' },
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } });
  });
});

function call(path: string, apiKey: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(gatewayUrl + path, { headers: { authorization: `Bearer ${apiKey}`, ...headers } });
}
