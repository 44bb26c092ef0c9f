import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAesSealer } from '#adapters/aes-sealer';
import { type App, startApp } from '#main/app';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, openWorld, type World } from '../world/world.ts';
import { follow, followSse, openClient, type Stream } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const USAGE = `subscription ($workspaceId: ID, $after: Seq) { event: usageRecorded(workspaceId: $workspaceId, after: $after) { ... on FeedSnapshot { seq } ... on UsageChange { seq } ... on FeedReset { seq } } }`;

const lastCode = ({ events }: Stream): unknown => events.at(-1)?.errors?.[0]?.extensions['code'];
const hasBegun = ({ events }: Stream): boolean => events.length > 0;
const hasEnded = ({ isComplete }: Stream): boolean => isComplete;

/** One subscriber a transport, both begun. */
async function followBoth(
  { token, headers = {} }: { token?: string; headers?: Record<string, string> },
  variables: Record<string, unknown> = {},
) {
  const client = openClient(server.socketUrl, { ...(token && { token }), headers });
  const bySocket = follow(client, USAGE, variables);
  const bySse = await followSse(server.url, USAGE, { ...(token && { token }), headers, variables });
  await Promise.all([bySocket.until(hasBegun), bySse.until(hasBegun)]);
  return { client, streams: [bySocket, bySse] };
}

async function signUp() {
  const { cookie } = await server.signUp();
  const { data } = await server.request('{ viewer { id workspaces { id } } }', { headers: { cookie } });
  return { cookie, origin: server.url, workspaceId: data.viewer.workspaces[0].id as string };
}

const revokeByApi = async ({ owner, apiKeyId }: { owner: { cookie: string }; apiKeyId: string }): Promise<void> => {
  const { data } = await server.request(
    'mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { __typename } }',
    { variables: { input: { apiKeyId } }, headers: { cookie: owner.cookie, origin: server.url } },
  );
  expect(data.revokeApiKey.__typename).toBe('RevokeApiKeyPayload');
};

test('a key that is revoked here ends its streams within a second and its socket with 4401', async () => {
  const owner = await signUp();
  const { data } = await server.request(
    `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret apiKey { id } } } }`,
    {
      variables: { input: { name: 'Key', workspaceId: owner.workspaceId, idempotencyKey: randomUUID() } },
      headers: { cookie: owner.cookie, origin: server.url },
    },
  );
  const { secret, apiKey } = data.createApiKey;
  const { client, streams } = await followBoth({ token: secret });
  const revokedAt = Date.now();
  await revokeByApi({ owner, apiKeyId: apiKey.id });
  await Promise.all(streams.map((stream) => stream.until(hasEnded, 1_000)));
  expect(streams.map(lastCode)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  await expect.poll(() => client.closeCodes, { timeout: 1_000 }).toEqual([4401]);
  expect(Date.now() - revokedAt).toBeLessThan(1_500);
});

test('a key that is revoked behind the back of this node ends them within two seconds', async () => {
  const { key, workspaceId } = await server.makeWorkspace();
  const { client, streams } = await followBoth({ token: key.secret });
  await server.db.apiKey.update({ where: { id: key.actor.apiKeyId }, data: { revokedAt: new Date() } });
  await server.db.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } });
  await Promise.all(streams.map((stream) => stream.until(hasEnded, 2_000)));
  expect(streams.map(lastCode)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  await expect.poll(() => client.closeCodes, { timeout: 1_000 }).toEqual([4401]);
});

test('a workspace that is deleted behind the back of this node ends them within two seconds', async () => {
  const { key, workspaceId } = await server.makeWorkspace();
  const { client, streams } = await followBoth({ token: key.secret });
  await server.db.workspace.update({
    where: { id: workspaceId },
    data: { deletedAt: new Date(), accessVersion: { increment: 1 } },
  });
  await Promise.all(streams.map((stream) => stream.until(hasEnded, 2_000)));
  expect(streams.map(lastCode)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  await expect.poll(() => client.closeCodes, { timeout: 1_000 }).toEqual([4401]);
});

test('a member who is removed hears NOT_FOUND and completion; the socket stays, since the session lives', async () => {
  const { workspaceId, ...headers } = await signUp();
  const { client, streams } = await followBoth({ headers }, { workspaceId });
  const before = Date.now();
  await server.db
    .$executeRaw`UPDATE member SET removed_at = now() WHERE user_id = (SELECT user_id FROM member ORDER BY created_at DESC LIMIT 1)`;
  await server.db
    .$executeRaw`UPDATE workspace SET access_version = access_version + 1 WHERE id = (SELECT workspace_id FROM member ORDER BY created_at DESC LIMIT 1)`;
  await Promise.all(streams.map((stream) => stream.until(hasEnded, 2_000)));
  expect(streams.map(lastCode)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  expect(Date.now() - before).toBeLessThan(2_500);
  expect(client.closeCodes).toEqual([]);
  await client.dispose();
});

test('signing out ends the streams of that session, and of no other', async () => {
  const { workspaceId, ...headers } = await signUp();
  const other = await signUp();
  const { client, streams } = await followBoth({ headers }, { workspaceId });
  const bystander = follow(
    openClient(server.socketUrl, { headers: { cookie: other.cookie, origin: other.origin } }),
    USAGE,
    { workspaceId: other.workspaceId },
  );
  await bystander.until(hasBegun);
  const response = await fetch(`${server.url}/auth/sign-out`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(200);
  await Promise.all(streams.map((stream) => stream.until(hasEnded, 1_000)));
  expect(streams.map(lastCode)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  await expect.poll(() => client.closeCodes, { timeout: 1_000 }).toEqual([4401]);
  expect(bystander).toMatchObject({ isComplete: false, failure: null });
  bystander.stop();
});

test('a session that ends without a word ends its streams within ten seconds', { timeout: 30_000 }, async () => {
  const { workspaceId, ...headers } = await signUp();
  const { client, streams } = await followBoth({ headers }, { workspaceId });
  await server.db
    .$executeRaw`DELETE FROM session WHERE user_id = (SELECT user_id FROM session ORDER BY created_at DESC LIMIT 1)`;
  await Promise.all(streams.map((stream) => stream.until(hasEnded, 10_000)));
  expect(streams.map(lastCode)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  await expect.poll(() => client.closeCodes, { timeout: 1_000 }).toEqual([4401]);
});

test('a key that expires ends its socket, whose streams are not over, and its server-sent events, when its time comes', async () => {
  const { owner, workspaceId } = await server.makeWorkspace();
  const key = await server.makeKey(owner, workspaceId, { expiresAt: new Date(Date.now() + 1_200) });
  const { client, streams } = await followBoth({ token: key.secret });
  const [bySocket, bySse] = streams;
  await expect.poll(() => client.closeCodes, { timeout: 3_000 }).toEqual([4403]);
  expect(bySocket).toMatchObject({ isComplete: false, events: [{ data: expect.anything() }] });
  await bySse?.until(hasEnded, 1_000);
  expect(bySse && lastCode(bySse)).toBe('UNAUTHENTICATED');
});

async function refusedBeforeAck(token: string): Promise<unknown> {
  const client = openClient(server.socketUrl, { token });
  let isAcknowledged = false;
  client.on('connected', () => void (isAcknowledged = true));
  const stream = follow(client, USAGE);
  await stream.until(({ failure }) => failure !== null);
  const { code } = stream.failure as { code: number };
  return { code, isAcknowledged };
}

test('what is no key is refused before the acknowledgement', async () => {
  expect(await refusedBeforeAck('nonsense')).toEqual({ code: 4401, isAcknowledged: false });
});

test('a revoked key is refused before the acknowledgement', async () => {
  const { key } = await server.makeWorkspace();
  await server.db.apiKey.update({ where: { id: key.actor.apiKeyId }, data: { revokedAt: new Date() } });
  expect(await refusedBeforeAck(key.secret)).toEqual({ code: 4401, isAcknowledged: false });
});

test('a server that stops asks its clients to come back; the stock client does, and goes on where it was', async () => {
  const world = await openWorld();
  const { key, workspaceId } = await world.makeWorkspace({ credits: credits(10) });
  const spend = async (): Promise<unknown> =>
    world.credits.recordUsage(await world.permit(key.actor, 'usage:write', workspaceId), {
      apiKeyId: key.actor.apiKeyId,
      credits: credits(1),
      idempotencyKey: randomUUID(),
    });
  const first = await startOver(world, 0);
  const client = openClient(`${first.url.replace('http', 'ws')}/graphql`, { token: key.secret, retryAttempts: 100 });
  // The client sends its variables anew on each socket: keeping `after` current in them is all that resuming takes.
  const variables: { after?: string } = {};
  const seen: number[] = [];
  client.subscribe<{ event: { seq: string } }>(
    { query: USAGE, variables },
    {
      next: ({ data }) => {
        if (data) variables.after = data.event.seq;
        seen.push(Number(data?.event.seq));
      },
      error: () => undefined,
      complete: () => undefined,
    },
  );
  const sse = await followSse(first.url, USAGE, { token: key.secret });
  await expect.poll(() => seen).toEqual([1]);
  await sse.until(hasBegun);

  const stoppedAt = Date.now();
  await first.close();
  expect(Date.now() - stoppedAt).toBeLessThan(3_000);
  expect(client.closeCodes[0]).toBe(1012);
  await sse.until(({ failure }) => failure !== null);
  expect(sse.isComplete).toBe(false);

  await spend();
  const second = await startOver(world, Number(new URL(first.url).port));
  await spend();
  await expect.poll(() => seen, { timeout: 5_000 }).toEqual([1, 2, 3]);
  await client.dispose();
  await second.close();
  await world.close();
});

function startOver({ databaseUrl }: World, port: number): Promise<App> {
  return startApp({
    config: {
      host: '127.0.0.1',
      port,
      publicUrl: undefined,
      trustProxy: { kind: 'nobody' },
      corsOrigins: [],
      mail: { smtpUrl: undefined, from: 'Commonpurse <no-reply@localhost>' },
      signIn: { isVerifiedEmailRequired: false, github: undefined },
      metricsToken: undefined,
      redisUrl: undefined,
      idempotencyDays: 30,
      outbound: { allowedRanges: [], ports: [] },
    },
    databaseUrl,
    sharedThrough: null,
    authSecret: 'a-secret-for-tests-that-is-long-enough',
    sealer: openAesSealer({ current: Buffer.alloc(32) }),
    log: pino({ level: 'silent' }),
    printMail: () => undefined,
  });
}
