import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommonpurseClient, createClient } from '#client/client';
import { encodeId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';

let server: TestServer;
let acme: TestWorkspace;
let purse: CommonpurseClient;
let operator: CommonpurseClient;

beforeAll(async () => {
  server = await openServer();
  acme = await server.makeWorkspace({ credits: credits(10) });
  purse = createClient({ url: server.url, apiKey: acme.key.secret });
  operator = createClient({ url: `${server.url}/`, operatorToken: server.operator.token });
  await operator.setOperation({ name: 'search.people', price: '2', description: 'Find people.' });
});

afterAll(() => server.close());

describe('recordUsage', () => {
  it('answers with what was charged, the balance after it and the number of the decision', async () => {
    const recorded = await purse.recordUsage({ operation: 'search.people', units: '1.5', metadata: { page: 1 } });
    expect(recorded).toMatchObject({
      ok: true,
      credits: '3',
      replayed: false,
      balance: { available: '7', held: '0', total: '7' },
    });
    const { items } = await purse.usagePage({ first: 1 });
    const logged = { operation: 'search.people', units: '1.5', outcome: 'SUCCEEDED', metadata: { page: 1 } };
    expect(items).toMatchObject([{ ...logged, seq: recorded.seq }]);
  });

  it('answers with ok: false and what is missing when the balance does not cover the price', async () => {
    const recorded = await purse.recordUsage({ credits: '100', idempotencyKey: 'too-much' });
    expect(recorded).toMatchObject({
      ok: false,
      error: { code: 'INSUFFICIENT_CREDITS', required: '100', available: '7' },
      idempotencyKey: 'too-much',
    });
  });

  it('answers with ok: false and the cap of the key that a call would break, the same when repeated', async () => {
    const caps = [{ period: 'TOTAL', credits: credits(1) }] as const;
    const { key } = await server.makeWorkspace({ credits: credits(10), key: { caps } });
    const capped = createClient({ url: server.url, apiKey: key.secret });
    const call = { credits: '1.5', idempotencyKey: 'above-the-cap' };
    const recorded = await capped.recordUsage(call);
    const error = {
      code: 'KEY_LIMIT_EXCEEDED',
      required: '1.5',
      period: 'TOTAL',
      cap: '1',
      spent: '0',
      resetsAt: null,
    };
    expect(recorded).toMatchObject({ ok: false, error, replayed: false });
    expect(await capped.recordUsage(call)).toEqual({ ...recorded, replayed: true });
  });

  it("debits the customer's key that an operator names", async () => {
    const recorded = await operator.recordUsage({ credits: 1, apiKey: acme.key.secret });
    expect(recorded).toMatchObject({ ok: true, balance: { available: '6' } });
  });

  it('works with a key that may do nothing else', async () => {
    const key = await server.makeKey(acme.owner, acme.workspaceId, { scopes: ['usage:write'] });
    const recorded = await createClient({ url: server.url, apiKey: key.secret }).recordUsage({ credits: 1 });
    expect(recorded).toMatchObject({ ok: true, credits: '1' });
  });

  it.each([
    [
      'a price below zero',
      { credits: -1 },
      { code: 'VALIDATION_FAILED', message: expect.stringContaining('input.credits') as string },
    ],
    ['a tag too long', { credits: 1, tag: 'x'.repeat(65) }, { code: 'VALIDATION_FAILED', path: ['input', 'tag'] }],
    ['an unknown operation', { operation: 'no.such' }, { code: 'NOT_FOUND', path: ['input', 'operation'] }],
    ['a used key with another input', { credits: 5, idempotencyKey: 'too-much' }, { code: 'IDEMPOTENCY_CONFLICT' }],
  ])('throws for %s, naming the field', async (_what, input, error) => {
    await expect(purse.recordUsage(input)).rejects.toMatchObject({ name: 'CommonpurseError', ...error });
  });
});

describe('errors', () => {
  it.each([
    [
      'a key that nobody made',
      () => createClient({ url: server.url, apiKey: 'cp_live_x' }).balance(),
      'UNAUTHENTICATED',
    ],
    ['an operator who names no workspace', () => operator.balance(), 'VALIDATION_FAILED'],
    ['a key that asks for what only operators may', () => purse.setOperation({ name: 'a.b', price: 1 }), 'FORBIDDEN'],
  ])('name the refusal of %s', async (_who, ask, code) => {
    await expect(ask()).rejects.toMatchObject({ code, isTransient: false });
  });

  it('carry the id under which the server logged the request', async () => {
    await expect(createClient({ url: server.url, apiKey: 'cp_live_x' }).balance()).rejects.toMatchObject({
      requestId: expect.stringMatching(/^[\w.:-]{8,64}$/) as string,
    });
  });
});

describe('reading', () => {
  it('walks the whole log page by page, newest first', async () => {
    const { key } = await server.makeWorkspace({ credits: credits(10) });
    const reader = createClient({ url: server.url, apiKey: key.secret });
    for (let index = 0; index < 5; index++) await reader.recordUsage({ credits: 1, tag: `call-${index}` });
    const tags: (string | null)[] = [];
    for await (const { tag } of reader.usage({ first: 2 })) tags.push(tag);
    expect(tags).toEqual(['call-4', 'call-3', 'call-2', 'call-1', 'call-0']);
  });

  it('filters the log', async () => {
    const declined = await purse.usagePage({ filter: { outcome: 'DECLINED' } });
    expect(declined.items.map(({ price }) => price)).toEqual(['100']);
  });

  it('knows the key, the workspace and the prices', async () => {
    expect(await purse.apiKey()).toMatchObject({ name: 'Test key', state: 'ACTIVE' });
    expect(await purse.workspace()).toMatchObject({ id: encodeId('Workspace', acme.workspaceId), name: 'Acme' });
    expect(await purse.operations()).toMatchObject([{ name: 'search.people', price: '2' }]);
  });

  it('lets an operator find workspaces and end keys', async () => {
    const ids: string[] = [];
    for await (const { id } of operator.workspaces({ search: 'acme' })) ids.push(id);
    const workspaceId = encodeId('Workspace', acme.workspaceId);
    expect(ids).toContain(workspaceId);
    for await (const { id } of operator.apiKeys({ workspaceId })) await operator.revokeApiKey(id);
    await expect(purse.balance()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
