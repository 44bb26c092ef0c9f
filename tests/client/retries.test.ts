import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient } from '#client/client';
import { CommonpurseError } from '#client/errors';
import { encodeId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';
import { openProxy, type Proxy } from './proxy.ts';
import { type CannedAnswer, openStandIn, type StandIn } from './stand-in.ts';

const QUICK = { delayMinMs: 1, delayMaxMs: 200 };

describe('a request whose answer gets lost', () => {
  let server: TestServer;
  let proxy: Proxy;

  beforeAll(async () => {
    server = await openServer();
    proxy = await openProxy(server.url);
  });

  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  it('is repeated under the same generated key and charged once', async () => {
    const { key } = await server.makeWorkspace({ credits: credits(10) });
    const purse = createClient({ url: proxy.url, apiKey: key.secret, retry: QUICK });
    proxy.loseAnswers(2);
    const recorded = await purse.recordUsage({ credits: 3 });
    expect(recorded).toMatchObject({ ok: true, credits: '3', replayed: true, balance: { available: '7' } });
    expect((await purse.usagePage()).items).toHaveLength(1);
  });

  it('leaves its key on the error, so that a later attempt learns what was decided', async () => {
    const { key } = await server.makeWorkspace({ credits: credits(10) });
    const purse = createClient({ url: proxy.url, apiKey: key.secret, retry: { ...QUICK, attemptsMax: 2 } });
    proxy.loseAnswers(2);
    const error = await failureOf(purse.recordUsage({ credits: 4 }));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', isTransient: true, requestId: null });
    const { idempotencyKey } = error;
    const settled = await purse.recordUsage({ credits: 4, idempotencyKey: idempotencyKey ?? '' });
    expect(settled).toMatchObject({ ok: true, replayed: true, idempotencyKey, balance: { available: '6' } });
  });

  it('is repeated for grants too, and grants once', async () => {
    const { workspaceId } = await server.makeWorkspace();
    const operator = createClient({ url: proxy.url, operatorToken: server.operator.token, retry: QUICK });
    proxy.loseAnswers(1);
    const granted = await operator.grantCredits({ workspaceId: encodeId('Workspace', workspaceId), credits: '2.5' });
    expect(granted).toMatchObject({ replayed: true, balance: { available: '2.5' } });
  });
});

describe('an answer that says to come back', () => {
  let standIn: StandIn;
  afterEach(() => standIn.close());

  const open = async (...answers: [CannedAnswer, ...CannedAnswer[]]) => {
    standIn = await openStandIn(...answers);
    return createClient({ url: standIn.url, apiKey: 'cp_live_x', retry: QUICK });
  };

  it.each([
    ['503 UNAVAILABLE', refused(503, 'UNAVAILABLE')],
    ['200 with UNAVAILABLE', refused(200, 'UNAVAILABLE')],
    ['500 with a masked fault', refused(500, 'INTERNAL_SERVER_ERROR')],
    ['502 from a proxy', { status: 502, body: '<html>Bad gateway</html>' }],
    ['429 from a proxy', { status: 429, body: 'Slow down' }],
  ])('is heeded: %s', async (_what, answer) => {
    const purse = await open(answer, answer, answered());
    expect(await purse.operations()).toEqual([]);
    expect(standIn.bodies).toHaveLength(3);
    expect(new Set(standIn.bodies).size).toBe(1);
  });

  it('is waited for as long as it asks', async () => {
    const purse = await open(refused(429, 'RATE_LIMITED', { 'retry-after': '0.15' }), answered());
    const startedAt = performance.now();
    await purse.operations();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(149);
  });

  it('is passed on when it asks for longer than the longest wait', async () => {
    const purse = await open(refused(429, 'RATE_LIMITED', { 'retry-after': '60' }));
    expect(await failureOf(purse.operations())).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 60_000 });
    expect(standIn.bodies).toHaveLength(1);
  });

  it.each([
    ['400', refused(400, 'GRAPHQL_VALIDATION_FAILED'), 'UNEXPECTED'],
    ['401', refused(401, 'UNAUTHENTICATED'), 'UNAUTHENTICATED'],
    ['404 of another service', { status: 404, body: 'Not found' }, 'UNEXPECTED'],
    ['200 of another service', { status: 200, body: '<html>Welcome</html>' }, 'UNEXPECTED'],
    ['200 with an error', refused(200, 'FORBIDDEN'), 'FORBIDDEN'],
  ])('is no other one: %s is final', async (_what, answer, code) => {
    const purse = await open(answer);
    expect(await failureOf(purse.operations())).toMatchObject({ code, isTransient: false });
    expect(standIn.bodies).toHaveLength(1);
  });

  it('is no longer waited for once the caller gives up', async () => {
    const purse = await open(refused(503, 'UNAVAILABLE', { 'retry-after': '0.2' }));
    const reason = new Error('Enough');
    const controller = new AbortController();
    const operations = purse.operations({ signal: controller.signal });
    await vi.waitUntil(() => standIn.bodies.length > 0);
    setTimeout(() => controller.abort(reason), 20);
    await expect(operations).rejects.toBe(reason);
    expect(standIn.bodies).toHaveLength(1);
  });

  it('is not waited for longer than the limit of one attempt when it never comes', async () => {
    standIn = await openStandIn(answered());
    const retry = { ...QUICK, attemptsMax: 2 };
    const purse = createClient({ url: standIn.url, apiKey: 'cp_live_x', fetch: silent, timeoutMs: 20, retry });
    expect(await failureOf(purse.operations())).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('within 20 ms') as string,
    });
  });
});

async function failureOf(promise: Promise<unknown>): Promise<CommonpurseError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CommonpurseError);
  return error as CommonpurseError;
}

function answered(operations: object[] = []): CannedAnswer {
  return { status: 200, body: JSON.stringify({ data: { operations } }) };
}

function refused(status: number, code: string, headers: Record<string, string> = {}): CannedAnswer {
  return { status, headers, body: JSON.stringify({ errors: [{ message: 'No.', extensions: { code } }] }) };
}

/** Never answers. */
const silent: typeof fetch = (_url, init) =>
  new Promise((_, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
  });
