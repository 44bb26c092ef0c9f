import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { countStatements } from '../../../bench/statements.ts';
import { openServer, type TestServer } from '../../world/server.ts';
import { credits, type TestKey } from '../../world/world.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer({ trustProxy: { kind: 'hops', hops: 1 } })));
afterAll(() => server.close());

const OWN = '{ apiKey { id lastUsedAt } }';
const VERIFY = `query ($apiKey: String!, $clientAddress: String) { verifyApiKey(apiKey: $apiKey, clientAddress: $clientAddress) {
  valid refusal scopes apiKey { id state } workspace { id balance { available } } } }`;
const RECORD = `mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { __typename ... on UserError { message path } } }`;

const from = (address: string) => ({ 'x-forwarded-for': address });

async function listed(allowedAddresses: string[]): Promise<{ key: TestKey; workspaceId: string }> {
  const workspace = await server.makeWorkspace({ credits: credits(5), key: { scopes: ['usage:write', 'keys:read'] } });
  await server.db.apiKey.update({ where: { id: workspace.key.actor.apiKeyId }, data: { allowedAddresses } });
  return workspace;
}

test('a key’s list of addresses is held against the address that the trusted proxy names', async () => {
  const { key } = await listed(['192.0.2.0/24']);
  const inside = await server.request(OWN, { token: key.secret, headers: from('192.0.2.9') });
  expect(inside.data.apiKey.id).toBe(encodeId('ApiKey', key.actor.apiKeyId));
  const outside = await server.request(OWN, { token: key.secret, headers: from('198.51.100.9') });
  expect(outside.errors?.[0]).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
  const spend = { variables: { input: { credits: '1', idempotencyKey: randomUUID() } }, token: key.secret };
  const refused = await server.request(RECORD, { ...spend, headers: from('198.51.100.9') });
  expect(refused.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
});

test('a gateway passes on where its customer called from', async () => {
  const { key } = await listed(['2001:db8::/32']);
  const record = async (more: object) => {
    const input = { apiKey: key.secret, credits: '1', idempotencyKey: randomUUID(), ...more };
    const { data } = await server.request(RECORD, { variables: { input }, token: server.operator.token });
    return data.recordUsage as object;
  };
  expect(await record({ clientAddress: '2001:db8::5' })).toEqual({ __typename: 'RecordUsagePayload' });
  const path = ['input', 'clientAddress'];
  expect(await record({ clientAddress: '2001:db9::5' })).toMatchObject({ __typename: 'NotFound', path });
  expect(await record({})).toMatchObject({ __typename: 'ValidationFailed', path });
});

test('an operator learns whether a key works, whose it is and what it may do', async () => {
  const { key, workspaceId } = await listed(['192.0.2.0/24']);
  const verify = async (variables: object) => {
    const { data } = await server.request(VERIFY, { variables: { ...variables }, token: server.operator.token });
    return data.verifyApiKey as object;
  };
  const known = {
    apiKey: { id: encodeId('ApiKey', key.actor.apiKeyId), state: 'ACTIVE' },
    workspace: { id: encodeId('Workspace', workspaceId), balance: { available: '5' } },
  };
  const apiKey = key.secret;
  const scopes = ['usage:write', 'keys:read'];
  expect(await verify({ apiKey, clientAddress: '192.0.2.1' })).toEqual({
    valid: true,
    refusal: null,
    scopes,
    ...known,
  });
  const outside = { valid: false, refusal: 'ADDRESS', scopes: [], ...known };
  expect(await verify({ apiKey, clientAddress: '192.0.3.1' })).toEqual(outside);
  const unknown = { valid: false, refusal: 'UNKNOWN', scopes: [], apiKey: null, workspace: null };
  expect(await verify({ apiKey: 'cp_live_nonsense' })).toEqual(unknown);
  expect(await verify({ apiKey: server.operator.token })).toEqual(unknown);
  const missing = await server.request(VERIFY, { variables: { apiKey }, token: server.operator.token });
  expect(missing.errors?.[0]).toMatchObject({ extensions: { code: 'VALIDATION_FAILED' } });
  expect(server.logLines.filter((line) => line.includes(apiKey.slice(12)))).toEqual([]);
});

test('a warm key costs a request no SQL statement, a cold one does', async () => {
  const { key } = await server.makeWorkspace();
  const ask = (count: number) => async () => {
    for (let call = 0; call < count; call++) {
      expect((await server.request('{ __typename }', { token: key.secret })).data).toEqual({ __typename: 'Query' });
    }
  };
  expect(await countStatements(ask(1))).toBeGreaterThan(0);
  // What the server tidies up once a second may fall among the requests, though not every time.
  const counts = [await countStatements(ask(50)), await countStatements(ask(50)), await countStatements(ask(50))];
  expect(Math.min(...counts)).toBe(0);
});

test('nobody but an operator verifies keys', async () => {
  const { key } = await server.makeWorkspace();
  const { errors } = await server.request(VERIFY, { variables: { apiKey: key.secret }, token: key.secret });
  expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
});
