import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import type { TestKey } from '../world/world.ts';
import { follow, followSse, openClient, type Stream } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const BALANCE = 'subscription { event: balanceChanged { ... on FeedSnapshot { seq } } }';
const ROTATE = `mutation ($input: RotateApiKeyInput!) { rotateApiKey(input: $input) { __typename
  ... on RotateApiKeyPayload { secret replayed apiKey { id lastFour previousSecret { lastFour expiresAt lastUsedAt } } }
  ... on UserError { code } } }`;

const hasBegun = ({ events }: Stream): boolean => events.length > 0;
const hasEnded = ({ isComplete }: Stream): boolean => isComplete;
const lastCode = ({ events }: Stream): unknown => events.at(-1)?.errors?.[0]?.extensions['code'];

async function followBoth(token: string) {
  const client = openClient(server.socketUrl, { token });
  const [bySocket, bySse] = [follow(client, BALANCE), await followSse(server.url, BALANCE, { token })];
  const streams: Stream[] = [bySocket, bySse];
  await Promise.all(streams.map((stream) => stream.until(hasBegun)));
  return { client, streams, bySocket, bySse };
}

interface Rotated {
  secret: string;
  apiKey: { previousSecret: object | null };
}

async function rotate({ actor, secret }: TestKey, input: object): Promise<Rotated> {
  const variables = { input: { apiKeyId: encodeId('ApiKey', actor.apiKeyId), idempotencyKey: randomUUID(), ...input } };
  const { data } = await server.request(ROTATE, { variables, token: secret });
  return data.rotateApiKey as Rotated;
}

test('a rotation shows the new secret once, and what is left of the old one', async () => {
  const { key } = await server.makeWorkspace({ key: { scopes: ['keys:write'] } });
  const rotated = await rotate(key, { idempotencyKey: 'once' });
  const previousSecret = { lastFour: key.secret.slice(-4), expiresAt: expect.any(String) };
  expect(rotated).toMatchObject({
    __typename: 'RotateApiKeyPayload',
    replayed: false,
    apiKey: { id: encodeId('ApiKey', key.actor.apiKeyId), lastFour: rotated.secret.slice(-4), previousSecret },
  });
  expect(await rotate(key, { idempotencyKey: 'once' })).toMatchObject({ secret: null, replayed: true });
  const after = await rotate({ ...key, secret: rotated.secret }, { overlap: 'NONE' });
  expect(after.apiKey.previousSecret).toBeNull();
  expect(server.logLines.filter((line) => line.includes(rotated.secret.slice(12, -4)))).toEqual([]);
});

test('without overlap the sockets and server-sent events of the old secret end at once, those of the new one stay', async () => {
  const { key } = await server.makeWorkspace({ key: { scopes: ['keys:write', 'balance:read'] } });
  const { secret } = await rotate(key, {});
  const [old, fresh] = [await followBoth(key.secret), await followBoth(secret)];
  await rotate({ ...key, secret }, { overlap: 'ONE_HOUR' });
  await old.bySse.until(hasEnded, 1_000);
  expect(lastCode(old.bySse)).toBe('UNAUTHENTICATED');
  await expect.poll(() => old.client.closeCodes).toEqual([4403]);
  expect(old.bySocket.isComplete).toBe(false);
  expect(fresh.client.closeCodes).toEqual([]);
  expect(fresh.streams.map(hasEnded)).toEqual([false, false]);
  for (const stream of fresh.streams) stream.stop();
  await fresh.client.dispose();
});

test('when an overlap ends, so do the sockets of the old secret, an idle one too, and its server-sent events', async () => {
  const { key, workspaceId } = await server.makeWorkspace({ key: { scopes: ['keys:write', 'balance:read'] } });
  const { client, streams, bySse } = await followBoth(key.secret);
  const idle = openClient(server.socketUrl, { token: key.secret });
  await rotate(key, { overlap: 'ONE_HOUR' });
  // An hour is long: the end is brought forward, as another node would have written it.
  await server.db.apiKeySecret.update({
    where: { id: key.actor.secretId },
    data: { expiresAt: new Date(Date.now() + 2_500) },
  });
  await server.db.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } });
  await new Promise((resolve) => setTimeout(resolve, 1_700));
  expect(streams.map(hasEnded)).toEqual([false, false]);
  await bySse.until(hasEnded, 2_000);
  expect(lastCode(bySse)).toBe('UNAUTHENTICATED');
  await expect.poll(() => [client.closeCodes, idle.closeCodes]).toEqual([[4403], [4403]]);
});

test('a stock client whose credential expires comes back with its next one, and its stream goes on', async () => {
  const { key, owner, workspaceId } = await server.makeWorkspace();
  const expiring = await server.makeKey(owner, workspaceId, { expiresAt: new Date(Date.now() + 1_200) });
  const credentials = [expiring.secret, key.secret];
  const connectionParams = () => ({ apiKey: credentials.shift() ?? key.secret });
  const client = openClient(server.socketUrl, { connectionParams, retryAttempts: 5 });
  const stream = follow(client, BALANCE);
  await stream.until(hasBegun);
  await expect.poll(() => client.closeCodes, { timeout: 3_000 }).toEqual([4403]);
  await stream.until(({ events }) => events.length === 2);
  expect(stream).toMatchObject({ isComplete: false, failure: null });
  expect(stream.events.every(({ errors }) => errors === undefined)).toBe(true);
  await client.dispose();
});
