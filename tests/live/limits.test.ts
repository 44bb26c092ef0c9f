import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId, newId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestKey } from '../world/world.ts';
import { follow, openClient } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const KEY =
  'id name effectiveScopes parent { id } allowedAddresses requestsPerMinute caps { period credits spent remaining resetsAt }';
const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename
  ... on CreateApiKeyPayload { secret apiKey { ${KEY} } } ... on UserError { code path message } } }`;
const UPDATE = `mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { __typename
  ... on UpdateApiKeyPayload { apiKey { ${KEY} state } } ... on UserError { code path message } } }`;
const SPEND = `mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { __typename
  ... on KeyLimitExceeded { period cap spent required resetsAt seq replayed apiKey { id } usageEntry { outcome declineReason credits } }
  ... on UserError { code message } } }`;
const BALANCE = 'subscription { event: balanceChanged { ... on FeedSnapshot { seq } } }';

async function create({ secret }: TestKey, input: object) {
  const variables = { input: { name: 'For a customer', idempotencyKey: randomUUID(), ...input } };
  const { data, errors } = await server.request(CREATE, { variables, token: secret });
  expect(errors).toBeUndefined();
  return data.createApiKey as { __typename: string; secret: string; apiKey: { id: string } };
}

async function update({ secret }: TestKey, input: object) {
  const { data } = await server.request(UPDATE, { variables: { input }, token: secret });
  return data.updateApiKey as { __typename: string; apiKey: object };
}

async function spend(token: string, amount: string) {
  const input = { credits: amount, idempotencyKey: randomUUID() };
  const { data } = await server.request(SPEND, { variables: { input }, token });
  return data.recordUsage as { __typename: string };
}

const makeMaker = () =>
  server.makeWorkspace({
    credits: credits(100),
    key: {
      scopes: ['usage:write', 'balance:read', 'keys:write'],
      caps: [{ period: 'MONTH', credits: credits(10) }],
    },
  });

test('a key hands out a lesser key whose caps are shown as they are used up, and both bind', async () => {
  const { key } = await makeMaker();
  const made = await create(key, { caps: [{ period: 'DAY', credits: '2.5' }], requestsPerMinute: 30 });
  const whole = { scopes: ['usage:write', 'balance:read'] };
  expect(made.apiKey).toMatchObject({
    effectiveScopes: whole.scopes,
    parent: { id: encodeId('ApiKey', key.actor.apiKeyId) },
    allowedAddresses: [],
    requestsPerMinute: 30,
    caps: [{ period: 'DAY', credits: '2.5', spent: '0', remaining: '2.5' }],
  });
  expect(await spend(made.secret, '2')).toMatchObject({ __typename: 'RecordUsagePayload' });
  expect(await spend(made.secret, '1')).toMatchObject({
    __typename: 'KeyLimitExceeded',
    code: 'KEY_LIMIT_EXCEEDED',
    period: 'DAY',
    cap: '2.5',
    spent: '2',
    required: '1',
    apiKey: { id: made.apiKey.id },
    resetsAt: expect.stringMatching(/T00:00:00.000Z$/) as string,
    usageEntry: { outcome: 'DECLINED', declineReason: 'KEY_LIMIT_EXCEEDED', credits: '0' },
  });
  const { data } = await server.request(`{ apiKey { ${KEY} } }`, { token: key.secret });
  expect(data.apiKey.caps).toMatchObject([{ period: 'MONTH', credits: '10', spent: '2', remaining: '8' }]);
  expect(await spend(key.secret, '8.5')).toMatchObject({ __typename: 'KeyLimitExceeded', period: 'MONTH' });
  // Whose cap it is, the lesser key learns as far as it may see keys: not here.
  await update(key, { apiKeyId: made.apiKey.id, caps: null });
  expect(await spend(made.secret, '8.5')).toMatchObject({ period: 'MONTH', cap: '10', spent: '2', apiKey: null });
  const raised = await update(key, { apiKeyId: made.apiKey.id, caps: [{ period: 'DAY', credits: 1 }] });
  expect(raised.apiKey).toMatchObject({ caps: [{ credits: '1', spent: '2', remaining: '0' }] });
});

test('each key of a list shows its own caps', async () => {
  const { key } = await makeMaker();
  for (let made = 0; made < 5; made++) await create(key, { caps: [{ period: 'TOTAL', credits: made + 1 }] });
  const { data } = await server.request('{ workspace { apiKeys { edges { node { caps { credits } } } } } }', {
    token: key.secret,
  });
  const caps = (data.workspace.apiKeys.edges as { node: { caps: { credits: string }[] } }[]).map(
    ({ node }) => node.caps,
  );
  expect(caps.map((each) => each.map((cap) => cap.credits))).toEqual([['5'], ['4'], ['3'], ['2'], ['1'], ['10']]);
});

test('a key that is disabled loses its streams within a second, and so do the keys it made', async () => {
  const { key } = await makeMaker();
  const made = await create(key, {});
  const streams = [key.secret, made.secret].map((token) => follow(openClient(server.socketUrl, { token }), BALANCE));
  await Promise.all(streams.map((stream) => stream.until(({ events }) => events.length > 0)));
  const disabled = await update(key, { apiKeyId: encodeId('ApiKey', key.actor.apiKeyId), disabled: true });
  expect(disabled).toMatchObject({ apiKey: { state: 'DISABLED' } });
  await Promise.all(streams.map((stream) => stream.until(({ isComplete }) => isComplete, 1_000)));
  const codes = streams.map(({ events }) => events.at(-1)?.errors?.[0]?.extensions['code']);
  expect(codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
});

test('an expiry that a member moves closer ends the sockets of the key and of the keys it made when it comes', async () => {
  const { key, workspaceId } = await makeMaker();
  const made = await create(key, {});
  const { cookie, userId } = await server.signUp();
  await server.db.member.create({ data: { id: newId(), workspaceId, userId, role: 'OWNER', createdAt: new Date() } });
  const clients = [key.secret, made.secret].map((token) => openClient(server.socketUrl, { token }));
  const streams = clients.map((client) => follow(client, BALANCE));
  await Promise.all(streams.map((stream) => stream.until(({ events }) => events.length > 0)));
  const input = { apiKeyId: encodeId('ApiKey', key.actor.apiKeyId), expiresAt: new Date(Date.now() + 1_500) };
  const { data } = await server.request(UPDATE, { variables: { input }, headers: { cookie, origin: server.url } });
  expect(data.updateApiKey).toMatchObject({ __typename: 'UpdateApiKeyPayload' });
  await expect.poll(() => clients.map(({ closeCodes }) => closeCodes), { timeout: 4_000 }).toEqual([[4403], [4403]]);
  expect(Date.now()).toBeGreaterThanOrEqual(input.expiresAt.getTime());
});
