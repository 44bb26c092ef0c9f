import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '#core/db';
import { type NewEvent, recordEvent } from '#core/events/events';
import { encodeId } from '#core/ids';
import { join } from '../graph/rights/callers.ts';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { follow, followSse, openClient, type Stream } from './clients.ts';

/** Two nodes over one database: what is done at one is heard at the other. */
let here: TestServer;
let there: TestServer;
beforeAll(async () => {
  here = await openServer({}, { isShared: true });
  there = await openServer({}, { beside: here });
});
afterAll(async () => {
  await there.close();
  await here.close();
});

const ACTIVITY = `subscription ($workspaceId: ID, $after: String) { event: activity(workspaceId: $workspaceId, after: $after) {
  __typename
  ... on FeedSnapshot { cursor seq balance { available } }
  ... on ActivityChange { cursor type actor { kind id name } targetId before after createdAt ledgerEntry { seq kind } }
  ... on FeedReset { cursor seq } } }`;

const told = ({ events }: Stream): Record<string, unknown>[] =>
  events.flatMap(({ data }) => (data ? [data.event as Record<string, unknown>] : []));
const types = (stream: Stream): unknown[] => told(stream).map(({ type, __typename }) => type ?? __typename);
const SCOPES = ['usage:write', 'holds:write', 'usage:read', 'keys:write', 'activity:read', 'balance:read'];

async function mutate(
  token: string,
  name: string,
  input: object,
  selection: string,
): Promise<Record<string, { id: string }>> {
  const inputType = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const { data, errors } = await here.request(
    `mutation ($input: ${inputType}!) { result: ${name}(input: $input) { __typename ${selection} ... on UserError { message } } }`,
    { token, variables: { input } },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  expect(data.result.__typename).toMatch(/Payload$/);
  return data.result as Record<string, { id: string }>;
}

const keyed = (input: object): object => ({ ...input, idempotencyKey: randomUUID() });
const openAt = (server: TestServer, token: string, variables: Record<string, unknown> = {}): Stream =>
  follow(openClient(server.socketUrl, { token }), ACTIVITY, variables);

test('what is decided and changed at one node is told at another, each with who, what, before and after', async () => {
  const { key, workspaceId } = await here.makeWorkspace({ credits: credits(10), key: { scopes: SCOPES } });
  const stream = openAt(there, key.secret);
  await stream.until(({ events }) => events.length === 1);
  expect(told(stream)[0]).toMatchObject({ __typename: 'FeedSnapshot', seq: '1', balance: { available: '10' } });
  const { apiKey } = await mutate(
    key.secret,
    'createApiKey',
    keyed({ name: 'Lesser', scopes: ['usage:read'] }),
    '... on CreateApiKeyPayload { apiKey { id } }',
  );
  await stream.until(({ events }) => events.length === 2);
  const { hold } = await mutate(
    key.secret,
    'createHold',
    keyed({ credits: '4' }),
    '... on CreateHoldPayload { hold { id } }',
  );
  await mutate(
    key.secret,
    'captureHold',
    keyed({ holdId: hold?.id, credits: '1.5' }),
    '... on CaptureHoldPayload { seq }',
  );
  await stream.until(({ events }) => events.length === 5);
  const actor = { kind: 'API_KEY', id: encodeId('ApiKey', key.actor.apiKeyId), name: 'Test key' };
  expect(told(stream).slice(1)).toMatchObject([
    {
      type: 'api_key.created',
      actor,
      targetId: apiKey?.id,
      before: null,
      after: { name: 'Lesser', scopes: ['usage:read'] },
      ledgerEntry: null,
    },
    {
      type: 'hold.opened',
      actor,
      targetId: hold?.id,
      before: { available: '10', held: '0' },
      after: { available: '6', held: '4', credits: '4' },
      ledgerEntry: { seq: '2', kind: 'HOLD' },
    },
    { type: 'hold.captured', after: { available: '6', held: '2.5', credits: '1.5' }, ledgerEntry: { seq: '3' } },
    { type: 'hold.released', after: { available: '8.5', held: '0', credits: '2.5' } },
  ]);
  const cursor = told(stream)[2]?.['cursor'];
  const resumed = openAt(here, key.secret, { workspaceId: encodeId('Workspace', workspaceId), after: cursor });
  await resumed.until(({ events }) => events.length === 2);
  expect(told(resumed)).toEqual(told(stream).slice(3));
  stream.stop();
  resumed.stop();
});

test('an event of a type that nobody has heard of yet is told like any other', async () => {
  const { workspaceId } = await here.makeWorkspace();
  const stream = openAt(there, here.operator.token, { workspaceId: encodeId('Workspace', workspaceId) });
  await stream.until(({ events }) => events.length === 1);
  const event = { workspaceId, actorKind: 'SYSTEM', actorId: null, address: '203.0.113.7' } as const;
  const unheardOf = { ...event, type: 'starship.launched', targetId: 'somewhere', after: { speed: 'high' } };
  await inTransaction(here.db, (tx) => recordEvent(tx, unheardOf as unknown as NewEvent<'workspace.erased'>));
  await stream.until(({ events }) => events.length === 2, 2_000);
  expect(told(stream)[1]).toMatchObject({ type: 'starship.launched', targetId: null, after: { speed: 'high' } });
  expect(JSON.stringify(stream.events)).not.toContain('203.0.113.7');
  stream.stop();
});

const strangers: [name: string, token: (workspace: TestWorkspace) => Promise<string>, code: string][] = [
  [
    'a key without the scope',
    async ({ owner, workspaceId }) => (await here.makeKey(owner, workspaceId, { scopes: ['usage:read'] })).secret,
    'FORBIDDEN',
  ],
  ['a key of another workspace', async () => (await here.makeWorkspace()).key.secret, 'NOT_FOUND'],
];

test.each(strangers)('%s is refused', async (_name, tokenOf, code) => {
  const workspace = await here.makeWorkspace();
  const stream = openAt(here, await tokenOf(workspace), {
    workspaceId: encodeId('Workspace', workspace.workspaceId),
  });
  await stream.until(({ failure, events }) => failure !== null || events.length > 0);
  expect(JSON.stringify([stream.failure, stream.events])).toContain(code);
  stream.stop();
});

test('a VIEWER follows it by session, and hears nothing more once removed', async () => {
  const workspace = await here.makeWorkspace({ credits: credits(5) });
  const viewer = await here.signUp();
  const memberId = await join(here, workspace.workspaceId, { userId: viewer.userId, role: 'VIEWER' });
  const owner = await here.signUp();
  await join(here, workspace.workspaceId, { userId: owner.userId, role: 'OWNER' });
  const stream = await followSse(there.url, ACTIVITY, {
    headers: { cookie: viewer.cookie },
    variables: { workspaceId: encodeId('Workspace', workspace.workspaceId) },
  });
  await stream.until(({ events }) => events.length === 1);
  await here.makeKey(workspace.owner, workspace.workspaceId);
  await stream.until(({ events }) => events.length === 2, 2_000);
  expect(types(stream)).toEqual(['FeedSnapshot', 'api_key.created']);
  const removed = await here.request(
    `mutation { removeMember(input: { memberId: "${encodeId('Member', memberId)}" }) { __typename } }`,
    { headers: { cookie: owner.cookie } },
  );
  expect(removed.data.removeMember.__typename).toBe('RemoveMemberPayload');
  await stream.until(({ isComplete }) => isComplete, 2_000);
  await here.makeKey(workspace.owner, workspace.workspaceId);
  expect(types(stream).filter((type) => type === 'api_key.created')).toHaveLength(1);
  expect(JSON.stringify(stream.events.at(-1))).toContain('NOT_FOUND');
});

test('what is no cursor is refused by name, and one of the future begins again', async () => {
  const { key } = await here.makeWorkspace({ key: { scopes: SCOPES } });
  const wrong = openAt(here, key.secret, { after: '17' });
  await wrong.until(({ failure, events }) => failure !== null || events.length > 0);
  expect(JSON.stringify([wrong.failure, wrong.events])).toContain('after is not a cursor of activity');
  const future = openAt(here, key.secret, { after: Buffer.from('a1:99:0').toString('base64url') });
  await future.until(({ events }) => events.length === 1);
  expect(types(future)).toEqual(['FeedReset']);
  future.stop();
});
