import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Role } from '#core/access/policy';
import { mintSecret } from '#core/access/secret';
import { encodeId, newId } from '#core/ids';
import { deleteWorkspace } from '#core/workspaces/deletion';
import { RightsWatch } from '#server/rights-watch';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestKey, type TestWorkspace } from '../world/world.ts';
import { follow, followSse, openClient, type Stream } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer({ trustProxy: { kind: 'hops', hops: 1 } })));
afterAll(() => server.close());

const USAGE = `subscription ($workspaceId: ID, $after: Seq) { event: usageRecorded(workspaceId: $workspaceId, after: $after) {
  ... on FeedSnapshot { seq } ... on UsageChange { seq usageEntry { apiKey { name } } } } }`;
const ACTIVITY = `subscription ($workspaceId: ID) { event: activity(workspaceId: $workspaceId) {
  ... on FeedSnapshot { cursor } ... on ActivityChange { cursor type } ... on FeedReset { cursor } } }`;
const OWN = `subscription ($workspaceId: ID, $after: Seq) { event: usageRecorded(workspaceId: $workspaceId, after: $after) {
  ... on FeedSnapshot { seq } ... on UsageChange { seq usageEntry { apiKey {
    createdBy { user { workspaces { id } sessions { id } } } workspace { auditLog(first: 1) { edges { node { type } } } } } } } } }`;
const CHANGE_ROLE = `mutation ($input: ChangeMemberRoleInput!) { changeMemberRole(input: $input) { __typename } }`;

const hasBegun = ({ events }: Stream): boolean => events.length > 0;
const lastCode = ({ events }: Stream): unknown => events.at(-1)?.errors?.[0]?.extensions['code'];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function signUpMember({ workspaceId }: TestWorkspace, role: Role) {
  const { cookie, userId } = await server.signUp();
  await server.db.member.create({ data: { id: newId(), workspaceId, userId, role, createdAt: new Date() } });
  return { headers: { cookie, origin: server.url }, userId };
}

const keyOf = (userId: string, workspaceId: string): Promise<TestKey> =>
  server.makeKey({ kind: 'USER', userId, sessionId: '', address: null }, workspaceId);

async function record({ workspaceId, key }: TestWorkspace, by = key): Promise<bigint> {
  const permit = await server.permit(by.actor, 'usage:write', workspaceId);
  const call = { apiKeyId: by.actor.apiKeyId, idempotencyKey: randomUUID(), credits: 1n };
  await server.credits.recordUsage(permit, call);
  return (await server.db.balance.findUniqueOrThrow({ where: { workspaceId } })).seq;
}

async function spend(workspace: TestWorkspace, by = workspace.key): Promise<bigint> {
  const seq = await record(workspace, by);
  server.app.bus.publish({ kind: 'credits', workspaceId: workspace.workspaceId, seq });
  return seq;
}

const inWorkspace = ({ workspaceId }: TestWorkspace) => ({ workspaceId: encodeId('Workspace', workspaceId) });

test('whose role is changed, again and again, hears everything once and in order', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const { workspaceId } = workspace;
  const admin = await signUpMember(workspace, 'ADMIN');
  const people = await Promise.all([1, 2, 3].map(() => signUpMember(workspace, 'MEMBER')));
  const streams = people.map(({ headers }) =>
    follow(openClient(server.socketUrl, { headers }), ACTIVITY, inWorkspace(workspace)),
  );
  for (const stream of streams) await stream.until(hasBegun);
  for (let turn = 0; turn < 12; turn++) {
    const { userId = '' } = people[turn % 3] ?? {};
    const { id, role } = await server.db.member.findFirstOrThrow({ where: { userId, workspaceId } });
    const input = { memberId: encodeId('Member', id), role: role === 'MEMBER' ? 'VIEWER' : 'MEMBER' };
    const { data } = await server.request(CHANGE_ROLE, { headers: admin.headers, variables: { input } });
    expect(data.changeMemberRole.__typename).toBe('ChangeMemberRolePayload');
    await pause(60);
  }
  for (const stream of streams) await stream.until(({ events }) => events.length >= 13);
  await pause(200);
  const cursors = streams.map(({ events }) => events.map(({ data }): unknown => data.event.cursor));
  for (const heard of cursors) expect([heard.length, new Set(heard).size]).toEqual([13, 13]);
});

test('what was asked of one’s own by other rights is not sent again, and is what a request would answer', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const { workspaceId } = workspace;
  const [ada, bob] = [await signUpMember(workspace, 'ADMIN'), await signUpMember(workspace, 'VIEWER')];
  const key = await keyOf(ada.userId, workspaceId);
  const open = ({ headers }: typeof ada, after?: bigint): Stream =>
    follow(openClient(server.socketUrl, { headers }), OWN, {
      ...inWorkspace(workspace),
      ...(after !== undefined && { after: String(after) }),
    });
  const streams = [open(ada), open(bob)];
  for (const stream of streams) await stream.until(hasBegun);
  await spend(workspace, key);
  for (const stream of streams) await stream.until(({ events }) => events.length === 2);
  const { data } = await server.request('{ viewer { workspaces { id } } }', { headers: ada.headers });
  const told = streams[0]?.events[1]?.data.event.usageEntry.apiKey;
  expect(told.createdBy.user.workspaces).toEqual(data.viewer.workspaces);
  expect(told.workspace.auditLog.edges).toHaveLength(1);
  const seq = await spend(workspace, key);
  await streams[0]?.until(({ events }) => events.length === 3);
  await server.db.member.updateMany({ where: { userId: ada.userId, workspaceId }, data: { role: 'VIEWER' } });
  server.app.bus.publish({ kind: 'access', workspaceId });
  const late = open(ada, seq - 1n);
  await late.until(hasBegun);
  expect(late.events[0]?.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
});

test('wrong guesses from the address of one who follows do not end what they follow', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const headers = { 'x-forwarded-for': '198.51.100.7' };
  const stream = follow(openClient(server.socketUrl, { token: workspace.key.secret, headers }), USAGE);
  await stream.until(hasBegun);
  const guess = () => server.request('{ apiKey { name } }', { token: mintSecret('cp_live_').text, headers });
  for (let turn = 0; turn < 32; turn++) await guess();
  expect((await guess()).status).toBe(429);
  server.app.bus.publish({ kind: 'access', workspaceId: workspace.workspaceId });
  await spend(workspace);
  await stream.until(({ events }) => events.length === 2);
  expect(stream).toMatchObject({ isComplete: false, failure: null });
  stream.stop();
});

test('what was run before a right was lost is not sent after it: over server-sent events, and alone on a socket', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const { workspaceId } = workspace;
  const { headers, userId } = await signUpMember(workspace, 'MEMBER');
  const variables = inWorkspace(workspace);
  const bySse = await followSse(server.url, USAGE, { headers, variables });
  await bySse.until(hasBegun);
  const seq = await record(workspace);
  const after = String(seq - 1n);
  // Who reads the names of keys waits for this table, and is in the middle of an event.
  const alone = await server.db.$transaction(
    async (tx) => {
      await tx.$executeRaw`LOCK TABLE api_key IN ACCESS EXCLUSIVE MODE`;
      server.app.bus.publish({ kind: 'credits', workspaceId, seq });
      const begun = follow(openClient(server.socketUrl, { headers }), USAGE, { ...variables, after });
      await pause(300);
      await server.db.member.updateMany({ where: { userId, workspaceId }, data: { removedAt: new Date() } });
      server.app.bus.publish({ kind: 'access', workspaceId });
      await pause(100);
      return begun;
    },
    { timeout: 10_000 },
  );
  for (const stream of [bySse, alone]) {
    await stream.until(({ isComplete }) => isComplete);
    expect(lastCode(stream)).toBe('NOT_FOUND');
    expect(stream.events.filter(({ data }) => data?.event?.usageEntry)).toEqual([]);
  }
});

test(
  'an operator hears no more of a workspace that was deleted, nor by a token that was revoked',
  { timeout: 30_000 },
  async () => {
    const [deleted, other] = [await server.makeWorkspace(), await server.makeWorkspace()];
    const streams = [deleted, other].map((workspace) =>
      follow(openClient(server.socketUrl, { token: server.operator.token }), USAGE, inWorkspace(workspace)),
    );
    for (const stream of streams) await stream.until(hasBegun);
    const hints: unknown[] = [];
    const stop = server.app.bus.subscribe((hint) => hint.kind === 'access' && hints.push(hint));
    const permit = await server.permit(deleted.owner, 'workspace:delete', deleted.workspaceId);
    await deleteWorkspace(server.db, permit, { name: 'Acme' });
    await streams[0]?.until(({ isComplete }) => isComplete, 5_000);
    await pause(1_200);
    stop();
    expect(hints.length).toBeLessThanOrEqual(2);
    const where = { id: server.operator.operatorTokenId };
    await server.db.operatorToken.update({ where, data: { revokedAt: new Date() } });
    await streams[1]?.until(({ isComplete }) => isComplete, 15_000);
    expect(streams[1] && lastCode(streams[1])).toBe('UNAUTHENTICATED');
    await server.db.operatorToken.update({ where, data: { revokedAt: null } });
  },
);

test('a key that nobody told the end of ends what it follows within fifteen seconds', { timeout: 30_000 }, async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const twin = await server.makeKey(workspace.owner, workspace.workspaceId);
  const [speaker, other] = [workspace.key, twin].map(({ secret }) => openClient(server.socketUrl, { token: secret }));
  const streams = [speaker, other].flatMap((client) => (client ? [follow(client, USAGE)] : []));
  for (const stream of streams) await stream.until(hasBegun);
  await server.db.apiKey.update({ where: { id: twin.actor.apiKeyId }, data: { revokedAt: new Date() } });
  await expect.poll(() => other?.closeCodes, { timeout: 15_000 }).toEqual([4401]);
  expect(speaker?.closeCodes).toEqual([]);
});

test('a subscription that is refused for how its answer is wanted leaves nothing behind', async () => {
  const watch = vi.spyOn(RightsWatch.prototype, 'watch');
  const { key } = await server.makeWorkspace();
  const refused = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${key.secret}`,
    },
    body: JSON.stringify({ query: USAGE }),
  });
  expect(refused.status).toBe(406);
  expect(watch).not.toHaveBeenCalled();
  watch.mockRestore();
});
