import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordEvent } from '#core/events/events';
import { encodeEventId, encodeId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import type { TestWorkspace } from '../world/world.ts';

const PASSWORD = 'a-long-password-of-ada';

let server: TestServer;
let workspace: TestWorkspace;
let cookie: string;

interface Entry {
  id: string;
  number: string;
  type: string;
  actor: { kind: string; id: string | null; name: string | null };
  targetId: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  address: string | null;
}

beforeAll(async () => {
  server = await openServer();
  workspace = await signUp();
}, 60_000);
afterAll(() => server.close());

/** A person over HTTP, as their own OWNER, with a key that reads the audit log. */
async function signUp(): Promise<TestWorkspace> {
  const email = `${randomUUID()}@example.com`;
  const response = await fetch(`${server.url}/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email, password: PASSWORD, name: 'Ada Byron' }),
  });
  cookie = response.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
  const { id: userId } = await server.db.user.findUniqueOrThrow({ where: { email } });
  const { id: workspaceId } = await server.db.workspace.findUniqueOrThrow({ where: { defaultOfId: userId } });
  const owner = { kind: 'USER', userId, sessionId: '', address: null, email } as const;
  const key = await server.makeKey(owner, workspaceId, { scopes: ['audit:read', 'keys:write'] });
  return { workspaceId, owner, key };
}

const change = (mutation: string, token?: string) =>
  server.request(
    `mutation { ${mutation} { __typename ... on UserError { code message } } }`,
    token ? { token } : { headers: { cookie } },
  );

async function readLog(args = '', token = workspace.key.secret) {
  const { data, errors } = await server.request(
    `{ workspace { auditLog${args} { edges { cursor node { id number type actor { kind id name } targetId before after address } } pageInfo { hasNextPage endCursor } } } }`,
    { token },
  );
  const connection = data?.workspace?.auditLog as
    | { edges: { cursor: string; node: Entry }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }
    | undefined;
  return { errors, entries: connection?.edges.map(({ node }) => node) ?? [], pageInfo: connection?.pageInfo };
}

const workspaceGid = () => encodeId('Workspace', workspace.workspaceId);

test('each change says who did what to what, from where, and what it was before', async () => {
  await change(`renameWorkspace(input: { workspaceId: "${workspaceGid()}", name: "Analytical Engines" })`);
  const spare = await server.makeKey(workspace.owner, workspace.workspaceId, { name: 'Spare' });
  const spareId = encodeId('ApiKey', spare.actor.apiKeyId);
  await change(`revokeApiKey(input: { apiKeyId: "${spareId}" })`, server.operator.token);
  const { entries } = await readLog('(first: 3)');
  const ada = { kind: 'USER', id: encodeId('User', workspace.owner.userId), name: 'Ada Byron' };
  const [revoked, created, renamed] = entries;
  expect(revoked).toEqual({
    id: encodeEventId({ workspaceId: workspace.workspaceId, number: BigInt(revoked?.number ?? 0) }),
    number: String(Number(created?.number) + 1),
    type: 'api_key.revoked',
    actor: { kind: 'OPERATOR', id: encodeId('OperatorToken', server.operator.operatorTokenId), name: 'Test' },
    targetId: spareId,
    before: { name: 'Spare' },
    after: null,
    address: '127.0.0.1',
  });
  expect(created).toMatchObject({ type: 'api_key.created', actor: ada, targetId: spareId, address: null });
  expect(renamed).toMatchObject({
    type: 'workspace.renamed',
    actor: ada,
    targetId: workspaceGid(),
    before: { name: "Ada Byron's workspace" },
    after: { name: 'Analytical Engines' },
    address: '127.0.0.1',
  });
});

test('what an event says about other objects are public ids, like everywhere', async () => {
  const { entries } = await readLog('(filter: { type: "member.joined" })');
  expect(entries).toHaveLength(1);
  expect(entries[0]?.targetId).toMatch(/^mem_/);
  expect(entries[0]?.after).toEqual({ userId: encodeId('User', workspace.owner.userId), role: 'OWNER' });
});

test('the system is nobody in particular, and a deleted actor keeps an id but no name', async () => {
  const { workspaceId } = workspace;
  const gone = randomUUID();
  await server.db.$transaction(async (tx) => {
    const before = { name: 'x' };
    const about = { workspaceId, type: 'api_key.revoked', targetId: workspace.key.actor.apiKeyId, before } as const;
    await recordEvent(tx, { ...about, actorKind: 'SYSTEM', actorId: null });
    await recordEvent(tx, { ...about, actorKind: 'API_KEY', actorId: gone });
  });
  const { entries } = await readLog('(first: 2)');
  expect(entries.map(({ actor }) => actor)).toEqual([
    { kind: 'API_KEY', id: encodeId('ApiKey', gone), name: null },
    { kind: 'SYSTEM', id: null, name: null },
  ]);
});

test('pages follow one another without gap or repetition, in both directions', async () => {
  const all = (await readLog('(first: 100)')).entries.map(({ id }) => id);
  const paged: string[] = [];
  let after = '';
  for (;;) {
    const { entries, pageInfo } = await readLog(`(first: 2${after})`);
    paged.push(...entries.map(({ id }) => id));
    if (!pageInfo?.hasNextPage) break;
    after = `, after: "${pageInfo.endCursor}"`;
  }
  expect(paged).toEqual(all);
  expect((await readLog('(last: 3)')).entries.map(({ id }) => id)).toEqual(all.slice(-3));
});

test('filters leave what matches all of them', async () => {
  const all = (await readLog('(first: 100)')).entries;
  const ids = async (filter: string) =>
    (await readLog(`(first: 100, filter: { ${filter} })`)).entries.map(({ id }) => id);
  const matching = (matches: (entry: Entry) => boolean) => all.filter(matches).map(({ id }) => id);
  const ada = encodeId('User', workspace.owner.userId);
  expect(await ids('type: "api_key.created"')).toEqual(matching(({ type }) => type === 'api_key.created'));
  expect(await ids(`actorId: "${ada}"`)).toEqual(matching(({ actor }) => actor.id === ada));
  expect(await ids(`targetId: "${workspaceGid()}"`)).toEqual(matching(({ targetId }) => targetId === workspaceGid()));
  expect(await ids(`actorId: "${ada}", type: "workspace.renamed"`)).toHaveLength(1);
  const middle = await server.db.event.findFirstOrThrow({ where: { workspaceId: workspace.workspaceId, number: 4n } });
  const time = middle.createdAt.toISOString();
  const [before, since] = [await ids(`until: "${time}"`), await ids(`since: "${time}"`)];
  expect([...since, ...before]).toEqual(all.map(({ id }) => id));
  expect(since).toContain(encodeEventId(middle));
});

test('what belongs to another workspace matches nothing, like what never was', async () => {
  const foreign = await server.makeWorkspace({ key: { scopes: ['audit:read'] } });
  const theirs = await readLog('(first: 1)', foreign.key.secret);
  const [foreignKey, nothing] = [foreign.key.actor.apiKeyId, randomUUID()].map((id) => encodeId('ApiKey', id));
  for (const field of ['actorId', 'targetId']) {
    const answers = await Promise.all([foreignKey, nothing].map((id) => readLog(`(filter: { ${field}: "${id}" })`)));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.entries).toEqual([]);
  }
  // A cursor is a place in the reader's own list.
  const { entries } = await readLog(`(after: "${theirs.pageInfo?.endCursor}")`);
  expect(entries.every(({ id }) => id.startsWith(encodeEventId({ ...workspace, number: 1n }).slice(0, -1)))).toBe(true);
  const node = await server.request(`{ node(id: "${theirs.entries[0]?.id}") { id } }`, { token: foreign.key.secret });
  expect(node.data).toEqual({ node: null });
});

test.each([
  ['an actor that is no id', 'actorId: "nobody"', ['filter', 'actorId']],
  ['a target of a foreign making', 'targetId: "key_0"', ['filter', 'targetId']],
  ['a NUL in the type', 'type: "a\\u0000"', ['filter', 'type']],
  [
    'a time that ends before it begins',
    'since: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z"',
    ['filter', 'since'],
  ],
])('%s is refused with the field to blame', async (_what, filter, path) => {
  const { errors } = await readLog(`(filter: { ${filter} })`);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_FAILED', path });
});

test('no event of a used database holds a secret', async () => {
  const sessions = await server.db.session.findMany({ select: { token: true } });
  const secrets = [PASSWORD, workspace.key.secret, server.operator.token, ...sessions.map(({ token }) => token)];
  const created = await server.request(
    `mutation { createApiKey(input: { workspaceId: "${workspaceGid()}", name: "One more", idempotencyKey: "${randomUUID()}" }) { ... on CreateApiKeyPayload { secret } } }`,
    { headers: { cookie } },
  );
  secrets.push(created.data.createApiKey.secret);
  const events = await server.db.event.findMany();
  expect(events.length).toBeGreaterThan(10);
  const text = JSON.stringify(events.map(({ before, after, address }) => [before, after, address]));
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10);
    expect(text).not.toContain(secret);
  }
  expect(text).not.toMatch(/cp_(live|test|op)_/);
  // Whatever a later change calls it: a run of characters that no name, time or UUID has could open a door.
  expect(text).not.toMatch(/[A-Za-z0-9+/_]{20,}/);
});
