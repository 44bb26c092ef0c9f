import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mintSecret } from '#core/access/secret';
import { encodeId } from '#core/ids';
import { follow, openClient } from '../../live/clients.ts';
import { openServer, type TestServer } from '../../world/server.ts';
import { credits, type TestWorkspace } from '../../world/world.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer({ trustProxy: { kind: 'hops', hops: 1 } })));
afterAll(() => server.close());

/** Minutes are those of the clock: a test that counts to a limit does so within one. */
beforeEach(async () => {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 10_000) await sleep(left);
});

const WHO = '{ apiKey { id } }';
const RECORD =
  'mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { __typename ... on RecordUsagePayload { replayed } } }';

/** A workspace on a plan of its own. */
async function onPlan(requestsPerMinute: number, key: { requestsPerMinute?: number } = {}): Promise<TestWorkspace> {
  const workspace = await server.makeWorkspace({ credits: credits(1_000), key });
  const name = `plan-${randomUUID().slice(0, 8)}`;
  const setPlan = 'mutation ($input: SetPlanInput!) { setPlan(input: $input) { __typename } }';
  const assignPlan =
    'mutation ($input: AssignPlanInput!) { assignPlan(input: $input) { ... on AssignPlanPayload { workspace { plan { name requestsPerMinute } } } } }';
  const { token } = server.operator;
  await server.request(setPlan, { token, variables: { input: { name, requestsPerMinute } } });
  const workspaceId = encodeId('Workspace', workspace.workspaceId);
  const answer = await server.request(assignPlan, { token, variables: { input: { workspaceId, plan: name } } });
  expect(answer.data.assignPlan.workspace.plan).toEqual({ name, requestsPerMinute });
  return workspace;
}

const ask = (token: string, headers: Record<string, string> = {}) => server.request(WHO, { token, headers });
const spend = (token: string, input: object = {}) =>
  server.request(RECORD, { token, variables: { input: { credits: '1', idempotencyKey: randomUUID(), ...input } } });

const from = (address: string) => ({ 'x-forwarded-for': address });

/** Uses up all but `left` of a plan. */
async function useUp({ key }: TestWorkspace, requests: number): Promise<void> {
  for (let count = 0; count < requests; count++) expect((await ask(key.secret)).status).toBe(200);
}

const RATE_LIMITED = { extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) as number } };

test('all keys of a workspace share its plan, and the one too many is a 429 that says when to come back', async () => {
  const workspace = await onPlan(6);
  const other = await server.makeKey(workspace.owner, workspace.workspaceId);
  await useUp(workspace, 4);
  expect((await ask(other.secret)).status).toBe(200);
  const last = await ask(workspace.key.secret);
  expect(last.headers.get('ratelimit-policy')).toBe('"requests";q=6;w=60');
  expect(last.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/);
  const { status, headers, errors, data } = await ask(other.secret);
  expect(status).toBe(429);
  expect(errors).toMatchObject([RATE_LIMITED]);
  expect(data ?? null).toBeNull();
  expect(headers.get('retry-after')).toBe(String(errors?.[0]?.extensions['retryAfter']));
  expect(headers.get('x-ratelimit-limit')).toBe('6');
  expect(headers.get('x-ratelimit-remaining')).toBe('0');
});

test('GET, SSE and sockets count alike, and a socket gets the error for the operation alone', async () => {
  const { key } = await onPlan(5);
  const url = `${server.url}/graphql?query=${encodeURIComponent(WHO)}`;
  const headers = { authorization: `Bearer ${key.secret}`, accept: 'application/json' };
  const got = await fetch(url, { headers });
  expect(got.headers.get('x-ratelimit-remaining')).toBe('4');
  const stream = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'subscription { balanceChanged { __typename } }' }),
  });
  expect(stream.headers.get('x-ratelimit-remaining')).toBe('3');
  await stream.body?.cancel();
  const client = openClient(server.socketUrl, { token: key.secret });
  for (let count = 0; count < 3; count++) {
    const answer = follow(client, WHO);
    await answer.until(({ isComplete }) => isComplete);
    expect(answer.failure).toBeNull();
  }
  const refused = follow(client, WHO);
  await refused.until(({ failure, events }) => failure !== null || events.length > 0);
  expect(JSON.stringify(refused.failure ?? refused.events)).toContain('RATE_LIMITED');
  expect(client.closeCodes).toEqual([]);
  expect((await fetch(url, { headers })).status).toBe(429);
  await client.dispose();
});

test('an open stream takes nothing for its events', async () => {
  const { key } = await onPlan(4);
  const client = openClient(server.socketUrl, { token: key.secret });
  const stream = follow(client, 'subscription { balanceChanged { __typename } }');
  await stream.until(({ events }) => events.length === 1);
  for (let seen = 1; seen < 4; seen++) {
    expect((await spend(key.secret)).status).toBe(200);
    // One at a time: a balance may skip states.
    await stream.until(({ events }) => events.length === seen + 1);
  }
  expect((await ask(key.secret)).status).toBe(429);
  await client.dispose();
});

test('workspaces of one owner have quotas of their own, and sessions and operators none', async () => {
  const [one, other] = [await onPlan(2), await onPlan(2)];
  await useUp(one, 2);
  expect((await ask(one.key.secret)).status).toBe(429);
  expect((await ask(other.key.secret)).status).toBe(200);
  const { cookie } = await server.signUp();
  const session = await server.request('{ viewer { id } }', { headers: { cookie } });
  expect([session.status, session.headers.get('ratelimit')]).toEqual([200, null]);
  const operator = await server.request('{ operations { name } }', { token: server.operator.token });
  expect([operator.status, operator.headers.get('ratelimit')]).toEqual([200, null]);
});

test('a key with a limit of its own stops there', async () => {
  const workspace = await onPlan(50, { requestsPerMinute: 2 });
  await useUp(workspace, 2);
  expect((await ask(workspace.key.secret)).status).toBe(429);
  const other = await server.makeKey(workspace.owner, workspace.workspaceId);
  expect((await ask(other.secret)).status).toBe(200);
});

test('a repeated call costs no request, also when it was declined', async () => {
  const { key } = await onPlan(3);
  const call = { idempotencyKey: randomUUID() };
  const declined = { idempotencyKey: randomUUID(), credits: '5000' };
  expect((await spend(key.secret, call)).status).toBe(200);
  expect((await spend(key.secret, declined)).data.recordUsage.__typename).toBe('InsufficientCredits');
  for (let count = 0; count < 10; count++) {
    expect((await spend(key.secret, call)).data.recordUsage.replayed).toBe(true);
    expect((await spend(key.secret, declined)).status).toBe(200);
  }
  expect((await ask(key.secret)).status).toBe(200);
  expect((await ask(key.secret)).status).toBe(429);
});

test('each call in one operation counts', async () => {
  const { key } = await onPlan(5);
  const calls = ['a', 'b', 'c'].map(
    (name) => `${name}: recordUsage(input: { credits: "1", idempotencyKey: "${randomUUID()}" }) { __typename }`,
  );
  const answer = await server.request(`mutation { ${calls.join(' ')} }`, { token: key.secret });
  expect(answer.errors).toBeUndefined();
  expect((await ask(key.secret)).headers.get('x-ratelimit-remaining')).toBe('1');
});

test('a gateway’s call counts for its customer', async () => {
  const { key } = await onPlan(2);
  const { token } = server.operator;
  for (let count = 0; count < 2; count++) expect((await spend(token, { apiKey: key.secret })).status).toBe(200);
  const refused = await spend(token, { apiKey: key.secret });
  expect(refused.errors).toMatchObject([RATE_LIMITED]);
  expect(refused.status).toBe(429);
  expect((await ask(key.secret)).status).toBe(429);
});

test('a document that is no good and a key that is none touch no quota', async () => {
  const { key } = await onPlan(2);
  for (let count = 0; count < 5; count++) {
    await server.request('{ nothing }', { token: key.secret });
    await ask(`${key.secret.slice(0, -1)}0`);
  }
  expect((await ask(key.secret)).headers.get('x-ratelimit-remaining')).toBe('1');
});

test('an address that guesses keys has none looked up any more; known keys and other addresses go on', async () => {
  const known = await server.makeWorkspace();
  const fresh = await server.makeKey(known.owner, known.workspaceId);
  expect((await ask(known.key.secret, from('203.0.113.7'))).status).toBe(200);
  for (let count = 0; count < 30; count++) {
    expect((await ask(mintSecret('cp_live_').text, from('203.0.113.7'))).status).toBe(401);
  }
  const guess = await ask(mintSecret('cp_live_').text, from('203.0.113.7'));
  expect([guess.status, guess.errors?.[0]?.extensions['code']]).toEqual([429, 'RATE_LIMITED']);
  expect((await ask(fresh.secret, from('203.0.113.7'))).status).toBe(429);
  expect((await ask(known.key.secret, from('203.0.113.7'))).status).toBe(200);
  expect((await ask(fresh.secret, from('203.0.113.8'))).status).toBe(200);
});

test('addresses of one IPv6 network guess together', async () => {
  for (let count = 0; count < 30; count++) await ask(mintSecret('cp_live_').text, from(`2001:db8:1:2::${count}`));
  expect((await ask(mintSecret('cp_live_').text, from('2001:db8:1:2::ffff'))).status).toBe(429);
  expect((await ask(mintSecret('cp_live_').text, from('2001:db8:1:3::1'))).status).toBe(401);
});
