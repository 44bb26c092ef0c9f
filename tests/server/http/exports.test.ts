import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { openServer, type Person, type TestServer } from '../../world/server.ts';
import { credits, type TestWorkspace } from '../../world/world.ts';

let server: TestServer;
let workspace: TestWorkspace;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ credits: credits(100_000), key: { scopes: ['usage:write', 'usage:read'] } });
  await spend({ tag: '=cmd()', metadata: { said: 'one "two", three' } });
  await spend({ tag: 'plain', outcome: 'FAILED' });
  await spend({ tag: '-1' });
});
afterAll(() => server.close());

async function spend(more: object, { workspaceId, key: { actor } } = workspace): Promise<void> {
  const permit = await server.permit(actor, 'usage:write', workspaceId);
  const call = { apiKeyId: actor.apiKeyId, credits: credits(1), idempotencyKey: randomUUID(), ...more };
  await server.credits.recordUsage(permit, call);
}

const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${workspace.key.secret}` }) =>
  fetch(`${server.url}/export/${path}`, { headers });

const linesOf = async (path: string): Promise<string[]> => (await (await get(path)).text()).trimEnd().split(/\r?\n/);

test('usage comes as CSV that no spreadsheet runs, oldest first, as a file', async () => {
  const response = await get('usage.csv');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="usage-\d{4}-\d\d-\d\d\.csv"$/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.text();
  expect(text.endsWith('\r\n')).toBe(true);
  const [head, first, second, third] = text.split('\r\n');
  expect(head).toBe(
    'seq,createdAt,outcome,credits,availableAfter,operation,tag,environment,units,basePrice,discountPercent,price,declineReason,latencyMs,apiKeyId,memberId,metadata',
  );
  expect(first).toMatch(/^2,\d{4}-\d\d-\d\dT[\d:.]+Z,SUCCEEDED,1,99999,,'=cmd\(\),LIVE,1,,0,1,,,key_/);
  expect(first).toContain('"{""said"":""one \\""two\\"", three""}"');
  expect(second).toMatch(/^3,.*,FAILED,0,99999,,plain,/);
  expect(third).toContain(",'-1,");
});

test('the same comes as JSON lines, and the ledger with everything in it', async () => {
  const [first = ''] = await linesOf('usage.ndjson');
  expect(JSON.parse(first)).toMatchObject({
    seq: '2',
    credits: '1',
    tag: '=cmd()',
    metadata: { said: 'one "two", three' },
    apiKeyId: encodeId('ApiKey', workspace.key.actor.apiKeyId),
    declineReason: null,
  });
  const ledger = (await linesOf('ledger.ndjson')).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(ledger.map(({ seq, kind }) => `${String(seq)} ${String(kind)}`)).toEqual([
    '1 GRANT',
    '2 USAGE',
    '3 USAGE',
    '4 USAGE',
  ]);
  expect(ledger[0]).toMatchObject({
    actorKind: 'OPERATOR',
    actorOperatorTokenId: encodeId('OperatorToken', server.operator.operatorTokenId),
  });
  expect(await linesOf('ledger.csv?kinds=GRANT,REFUND')).toHaveLength(2);
});

const count = async (query: string): Promise<number> => (await linesOf(`usage.csv?${query}`)).length - 1;

test('filters are those of the view', async () => {
  const { apiKeyId, memberId } = workspace.key.actor;
  expect(await count('outcome=FAILED')).toBe(1);
  expect(await count('tag=plain')).toBe(1);
  expect(await count(`apiKeyId=${encodeId('ApiKey', apiKeyId)}&memberId=${encodeId('Member', memberId)}`)).toBe(3);
  expect(await count('operation=search.people')).toBe(0);
  const { createdAt } = await server.db.ledgerEntry.findFirstOrThrow({
    where: { workspaceId: workspace.workspaceId, seq: 3n },
  });
  const after = await server.db.ledgerEntry.count({
    where: { workspaceId: workspace.workspaceId, createdAt: { gte: createdAt }, seq: { gt: 1n } },
  });
  expect(await count(`since=${createdAt.toISOString()}`)).toBe(after);
  expect(await count(`until=${createdAt.toISOString()}`)).toBe(3 - after);
});

let long: TestWorkspace;

test('a long log is whole, every entry once and in order', async () => {
  long = await server.makeWorkspace({
    credits: credits(100_000),
    key: { scopes: ['usage:write', 'usage:read'] },
  });
  await server.db.$executeRaw`
    INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, price, credits, available_after, held_after, actor_kind)
    SELECT ${long.workspaceId}::uuid, n, now(), 'USAGE', 'SUCCEEDED', 1, 1, 1, 0, 'SYSTEM' FROM generate_series(2, 60000) AS n`;
  await server.db.balance.update({ where: { workspaceId: long.workspaceId }, data: { seq: 60_000n } });
  const response = await get('usage.ndjson', { authorization: `Bearer ${long.key.secret}` });
  expect(response.headers.get('x-last-seq')).toBe('60000');
  const lines = (await response.text()).trimEnd().split('\n');
  expect(lines.map((line) => Number((JSON.parse(line) as { seq: string }).seq))).toEqual(
    Array.from({ length: 59_999 }, (_, index) => index + 2),
  );
});

test('one caller has two at once; who goes away makes room', async () => {
  const own = { authorization: `Bearer ${long.key.secret}` };
  const leave = new AbortController();
  // Nobody reads them: what the server cannot send, it does not read either.
  const stuck = await Promise.all(
    [1, 2].map(() => fetch(`${server.url}/export/ledger.ndjson`, { headers: own, signal: leave.signal })),
  );
  expect(stuck.map(({ status }) => status)).toEqual([200, 200]);
  const third = await get('usage.csv', own);
  expect(third.headers.get('retry-after')).toBe('10');
  expect(await codeOf(third)).toEqual([429, 'RATE_LIMITED']);
  expect((await get('usage.csv')).status).toBe(200);
  leave.abort();
  await expect.poll(async () => (await get('usage.csv', own)).status, { timeout: 5_000 }).toBe(200);
});

test('a key that is revoked meanwhile gets no more of it', async () => {
  const { actor, secret } = await server.makeKey(long.owner, long.workspaceId, { scopes: ['usage:read'] });
  const response = await get('ledger.ndjson', { authorization: `Bearer ${secret}` });
  const revoke = `mutation { revokeApiKey(input: { apiKeyId: "${encodeId('ApiKey', actor.apiKeyId)}" }) { __typename } }`;
  expect((await server.request(revoke, { token: server.operator.token })).errors).toBeUndefined();
  await expect(response.text()).rejects.toThrow('terminated');
});

const codeOf = async (response: Response): Promise<unknown> => {
  const body = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
  return [response.status, body.errors[0]?.extensions.code];
};

test('a session names the workspace, and is bound to pages of the server itself', async () => {
  const person: Person = await server.signUp();
  const { workspaceId } = await server.db.member.findFirstOrThrow({ where: { userId: person.userId } });
  const path = `ledger.csv?workspaceId=${encodeId('Workspace', workspaceId)}`;
  expect((await get(path, { cookie: person.cookie })).status).toBe(200);
  expect(await codeOf(await get('ledger.csv', { cookie: person.cookie }))).toEqual([400, 'VALIDATION_FAILED']);
  const elsewhere = { cookie: person.cookie, origin: 'https://evil.example.com' };
  expect(await codeOf(await get(path, elsewhere))).toEqual([403, 'FORBIDDEN']);
  const foreign = `usage.csv?workspaceId=${encodeId('Workspace', workspace.workspaceId)}`;
  expect(await codeOf(await get(foreign, { cookie: person.cookie }))).toEqual([404, 'NOT_FOUND']);
});

test('others get nothing', async () => {
  expect(await codeOf(await get('usage.csv', {}))).toEqual([401, 'UNAUTHENTICATED']);
  const blind = await server.makeKey(workspace.owner, workspace.workspaceId, { scopes: ['usage:write'] });
  expect(await codeOf(await get('usage.csv', { authorization: `Bearer ${blind.secret}` }))).toEqual([403, 'FORBIDDEN']);
  const own = { authorization: `Bearer ${(await server.makeWorkspace()).key.secret}` };
  const foreign = `usage.csv?workspaceId=${encodeId('Workspace', workspace.workspaceId)}`;
  expect(await codeOf(await get(foreign, own))).toEqual([404, 'NOT_FOUND']);
  expect((await get('usage.xlsx')).status).toBe(404);
  expect((await fetch(`${server.url}/export/usage.csv`, { method: 'POST' })).status).toBe(404);
});

test.each([
  ['usage.csv?outcome=MAYBE', /outcome: .*An export of usage takes workspaceId, since, until, apiKeyId/],
  ['usage.csv?colour=red', /colour: .*takes workspaceId/],
  ['ledger.csv?kinds=GIFT', /kinds: .*takes workspaceId, since, until, kinds/],
  ['usage.csv?since=yesterday', /since: /],
  ['usage.csv?apiKeyId=nonsense', /apiKeyId is not the id of an API key/],
])('refuses %s and says what to do', async (path, words) => {
  const response = await get(path);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { errors: { message: string }[] }).errors[0]?.message).toMatch(words);
});
