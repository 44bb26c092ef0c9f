import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeId, encodeId, newId } from '#core/ids';
import { follow, openClient } from '../live/clients.ts';
import { openServer, type Person, type TestServer } from '../world/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const ERROR = '... on UserError { code path }';

/** Runs one mutation as somebody and returns what its only field answered. */
async function run(person: Person, document: string, input: object): Promise<Record<string, unknown>> {
  const { data, errors } = await server.request(document, {
    variables: { input },
    headers: { cookie: person.cookie, origin: server.url },
  });
  expect(errors).toBeUndefined();
  return Object.values(data as Record<string, Record<string, unknown>>)[0] ?? {};
}

const CREATE = `mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { ... on CreateWorkspacePayload { workspace { id } } ${ERROR} } }`;
const CREATE_KEY = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret } ${ERROR} } }`;
const DELETE = `mutation ($input: DeleteWorkspaceInput!) { deleteWorkspace(input: $input) { ... on DeleteWorkspacePayload { deletedWorkspace { id name deletedAt erasesAt } } ${ERROR} } }`;
const RESTORE = `mutation ($input: RestoreWorkspaceInput!) { restoreWorkspace(input: $input) { ... on RestoreWorkspacePayload { workspace { id name viewerRole } } ${ERROR} } }`;
const TRANSFER = `mutation ($input: TransferWorkspaceInput!) { transferWorkspace(input: $input) { ... on TransferWorkspacePayload { workspace { viewerRole } } ${ERROR} } }`;
const MINE = '{ viewer { workspaces { id viewerRole balance { available } } deletedWorkspaces { id } } }';
const SPEND = `mutation { recordUsage(input: { credits: "1", idempotencyKey: "${randomUUID()}" }) { ... on RecordUsagePayload { balance { available } } ${ERROR} } }`;

/** A workspace made through the API, with a key and credits. */
async function makeWorkspace(owner: Person, amount: number) {
  const { workspace } = (await run(owner, CREATE, { name: 'Acme', idempotencyKey: randomUUID() })) as {
    workspace: { id: string };
  };
  const key = await run(owner, CREATE_KEY, {
    workspaceId: workspace.id,
    name: 'Key',
    scopes: ['usage:write', 'usage:read', 'balance:read', 'keys:read', 'members:read'],
    idempotencyKey: randomUUID(),
  });
  await server.request(
    `mutation { grantCredits(input: { workspaceId: "${workspace.id}", credits: "${amount}", idempotencyKey: "${randomUUID()}" }) { __typename } }`,
    { token: server.operator.token },
  );
  return { id: workspace.id, secret: key['secret'] as string };
}

interface Mine {
  workspaces: { id: string }[];
  deletedWorkspaces: { id: string }[];
}

async function mine({ cookie }: Person): Promise<Mine> {
  const { data } = await server.request(MINE, { headers: { cookie } });
  return (data as { viewer: Mine }).viewer;
}

test('two workspaces of one user share nothing: neither balance nor keys nor usage', async () => {
  const owner = await server.signUp();
  const [one, two] = [await makeWorkspace(owner, 10), await makeWorkspace(owner, 20)];
  await server.request(SPEND, { token: one.secret });
  expect((await mine(owner)).workspaces).toMatchObject([
    { viewerRole: 'OWNER', balance: { available: '0' } },
    { id: one.id, viewerRole: 'OWNER', balance: { available: '9' } },
    { id: two.id, viewerRole: 'OWNER', balance: { available: '20' } },
  ]);
  const EVERYTHING = `{ own: workspace { id usage { edges { node { id } } } apiKeys { edges { node { id } } } }
    other: workspace(id: "${one.id}") { id balance { available } }
    otherNode: node(id: "${one.id}") { id } }`;
  const { data } = await server.request(EVERYTHING, { token: two.secret });
  expect(data).toMatchObject({ own: { id: two.id, usage: { edges: [] } }, other: null, otherNode: null });
  expect(data.own.apiKeys.edges).toHaveLength(1);
  // The same idempotency key is another request there.
  expect((await server.request(SPEND, { token: two.secret })).data.recordUsage).toEqual({
    balance: { available: '19' },
  });
  const MEMBERS = '{ workspace { members { edges { node { user { workspaces { id } } } } } } }';
  const seen = (await server.request(MEMBERS, { token: two.secret })).data.workspace.members.edges;
  expect(seen).toEqual([{ node: { user: { workspaces: [{ id: two.id }] } } }]);
});

test('whoever sees a colleague sees no workspace of theirs that they do not share, and not what they deleted', async () => {
  const [owner, colleague] = [await server.signUp(), await server.signUp()];
  const { id } = await makeWorkspace(owner, 1);
  await join(id, colleague);
  const ask = (fields: string) =>
    server.request(`{ workspace(id: "${id}") { members { edges { node { user { id ${fields} } } } } } }`, {
      headers: { cookie: colleague.cookie },
    });
  const { data, errors } = await ask('workspaces { id }');
  expect(errors).toBeUndefined();
  expect(data.workspace.members.edges[0].node.user.workspaces).toEqual([{ id }]);
  expect((await ask('deletedWorkspaces { id }')).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
});

async function join(id: string, { userId }: Person): Promise<string> {
  const workspaceId = decodeId('Workspace', id) ?? '';
  const memberId = newId();
  await server.db.member.create({
    data: { id: memberId, workspaceId, userId, role: 'MEMBER', createdAt: new Date() },
  });
  return encodeId('Member', memberId);
}

test('deleting stops its keys at once and ends its streams within a second; restoring brings both back', async () => {
  const owner = await server.signUp();
  const { id, secret } = await makeWorkspace(owner, 5);
  expect((await server.request('{ workspace { id } }', { token: secret })).status).toBe(200);
  const USAGE = 'subscription ($id: ID) { usageRecorded(workspaceId: $id) { __typename } }';
  const byKey = openClient(server.socketUrl, { token: secret });
  const bySession = openClient(server.socketUrl, { headers: { cookie: owner.cookie, origin: server.url } });
  const streams = [follow(byKey, USAGE), follow(bySession, USAGE, { id })];
  await Promise.all(streams.map((stream) => stream.until(({ events }) => events.length > 0)));

  expect(await run(owner, DELETE, { workspaceId: id, name: 'acme' })).toEqual({
    code: 'VALIDATION_FAILED',
    path: ['input', 'name'],
  });
  const deletedAt = Date.now();
  const { deletedWorkspace } = await run(owner, DELETE, { workspaceId: id, name: 'Acme' });
  const refused = await server.request(SPEND, { token: secret });
  expect([refused.status, refused.errors?.[0]?.extensions['code']]).toEqual([401, 'UNAUTHENTICATED']);
  await Promise.all(streams.map((stream) => stream.until(({ isComplete }) => isComplete, 1_000)));
  expect(Date.now() - deletedAt).toBeLessThan(1_000);
  expect(streams.map(({ events }) => events.at(-1)?.errors?.[0]?.extensions['code'])).toEqual([
    'UNAUTHENTICATED',
    'NOT_FOUND',
  ]);
  await expect.poll(() => byKey.closeCodes, { timeout: 1_000 }).toEqual([4401]);

  expect(await mine(owner)).toMatchObject({ workspaces: [{ viewerRole: 'OWNER' }], deletedWorkspaces: [{ id }] });
  expect(await run(owner, DELETE, { workspaceId: id, name: 'Acme' })).toEqual({ deletedWorkspace });
  const stranger = await server.signUp();
  for (const document of [DELETE, RESTORE]) {
    const input = document === DELETE ? { workspaceId: id, name: 'Acme' } : { workspaceId: id };
    expect(await run(stranger, document, input)).toEqual({ code: 'NOT_FOUND', path: ['input', 'workspaceId'] });
  }
  expect(await run(owner, RESTORE, { workspaceId: id })).toEqual({
    workspace: { id, name: 'Acme', viewerRole: 'OWNER' },
  });
  expect(await run(owner, RESTORE, { workspaceId: id })).toMatchObject({ code: 'CONFLICT' });
  const again = follow(bySession, USAGE, { id });
  await again.until(({ events }) => events.length > 0);
  expect((await server.request(SPEND, { token: secret })).data.recordUsage).toEqual({ balance: { available: '4' } });
  await again.until(({ events }) => events.some(({ data }) => data.usageRecorded.__typename === 'UsageChange'));
  await bySession.dispose();
});

test('what a request did to a workspace counts for the rest of the same request', async () => {
  const owner = await server.signUp();
  const { id } = await makeWorkspace(owner, 0);
  const { data, errors } = await server.request(
    `mutation { renameWorkspace(input: { workspaceId: "${id}", name: "Acme" }) { __typename }
      deleteWorkspace(input: { workspaceId: "${id}", name: "Acme" }) { __typename }
      again: renameWorkspace(input: { workspaceId: "${id}", name: "Late" }) { __typename }
      restoreWorkspace(input: { workspaceId: "${id}" }) { ... on RestoreWorkspacePayload { workspace { name } } } }`,
    { headers: { cookie: owner.cookie, origin: server.url } },
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ again: { __typename: 'NotFound' }, restoreWorkspace: { workspace: { name: 'Acme' } } });
});

test('a workspace is handed over, and its former OWNER may no longer do what only OWNERs may', async () => {
  const [owner, heir] = [await server.signUp(), await server.signUp()];
  const { id } = await makeWorkspace(owner, 0);
  const memberId = await join(id, heir);
  expect(await run(owner, TRANSFER, { workspaceId: id, memberId: encodeId('Member', newId()) })).toEqual({
    code: 'NOT_FOUND',
    path: ['input', 'memberId'],
  });
  expect(await run(owner, TRANSFER, { workspaceId: id, memberId })).toEqual({ workspace: { viewerRole: 'ADMIN' } });
  const { errors } = await server.request(DELETE, {
    variables: { input: { workspaceId: id, name: 'Acme' } },
    headers: { cookie: owner.cookie, origin: server.url },
  });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(await run(heir, DELETE, { workspaceId: id, name: 'Acme' })).toMatchObject({ deletedWorkspace: { id } });
});

test('who deleted the default workspace can still sign in, has no other made for them, and restores it', async () => {
  const owner = await server.signUp({ name: 'Grace' });
  const { email, password } = owner;
  const id = (await mine(owner)).workspaces[0]?.id;
  await run(owner, DELETE, { workspaceId: id, name: "Grace's workspace" });
  const response = await fetch(`${server.url}/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email, password }),
  });
  expect(response.status).toBe(200);
  expect(await mine(owner)).toEqual({ workspaces: [], deletedWorkspaces: [{ id }] });
  await run(owner, RESTORE, { workspaceId: id });
  expect((await mine(owner)).workspaces).toMatchObject([{ id }]);
});
