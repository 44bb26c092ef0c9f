import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { type Answer, openServer, type TestServer } from '../../world/server.ts';
import { credits, type TestWorkspace } from '../../world/world.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const REFUSAL = '__typename ... on UserError { code message path }';
const BALANCE = 'balance { available held total seq }';

/** The whole answer, without errors: a test says what it expects of it by what it reads. */
async function ask(token: string, document: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  const answer = await server.request(document, { token, variables });
  expect(answer.errors).toBeUndefined();
  return answer;
}

async function mutate(
  token: string,
  name: string,
  { input, fields }: { input: object; fields: string },
): Promise<Payload> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { ${REFUSAL} ... on ${type}Payload { ${fields} } } }`;
  const { data } = await ask(token, document, { input: { idempotencyKey: randomUUID(), ...input } });
  return data[name] as Payload;
}

/** What these tests read of payloads. */
interface Payload {
  hold: { id: string };
  usageEntry: { id: string };
}

const HOLD = `hold { id state remaining captured } credits seq replayed ${BALANCE}`;

async function openHold({ key }: TestWorkspace, input: object = {}): Promise<Payload> {
  return mutate(key.secret, 'createHold', { input: { credits: '10', ...input }, fields: HOLD });
}

test('a gateway holds for its customer, captures by the hold alone, and the answer carries cost, seq and balance', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(20) });
  const { token } = server.operator;
  const input = { apiKey: workspace.key.secret, credits: '10', seconds: 60 };
  const { hold, ...opened } = await mutate(token, 'createHold', { input, fields: HOLD });
  expect(opened).toMatchObject({ credits: '10', seq: '2', balance: { available: '10', held: '10' }, replayed: false });
  const captured = await mutate(token, 'captureHold', {
    input: { holdId: hold.id, credits: '4' },
    fields: `${HOLD} usageEntry { credits draws { credits grant { amount } } }`,
  });
  expect(captured).toMatchObject({
    hold: { state: 'CAPTURED', captured: '4', remaining: '0' },
    credits: '4',
    seq: '3',
    balance: { available: '16', held: '0', seq: '4' },
    usageEntry: { credits: '4', draws: [{ credits: '4', grant: { amount: '20' } }] },
  });
  const late = await mutate(token, 'releaseHold', { input: { holdId: hold.id }, fields: HOLD });
  expect(late).toMatchObject({ __typename: 'HoldNotOpen', code: 'HOLD_NOT_OPEN', path: ['input', 'holdId'] });
});

test('a hold that the balance does not cover is declined, and is no metered call', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(5) });
  const document = `mutation ($input: CreateHoldInput!) { createHold(input: $input) {
    __typename ... on InsufficientCredits { required available seq usageEntry { id } } } }`;
  const input = { credits: '10', idempotencyKey: randomUUID() };
  expect((await ask(workspace.key.secret, document, { input })).data.createHold).toEqual({
    __typename: 'InsufficientCredits',
    required: '10',
    available: '5',
    seq: '2',
    usageEntry: null,
  });
});

test('every item of a batch has its own answer, and what was answered before counts as no request', async () => {
  const { key } = await server.makeWorkspace({ credits: credits(2) });
  const items = [1, 1, 1].map(() => ({ credits: '1', idempotencyKey: randomUUID() }));
  const input = { items: [...items, { operation: 'no.such', idempotencyKey: randomUUID() }] };
  const document = `mutation ($input: RecordUsageBatchInput!) { recordUsageBatch(input: $input) { ${REFUSAL}
    ... on RecordUsageBatchPayload { results { ${REFUSAL} ... on RecordUsagePayload { credits seq replayed } } } } }`;
  const send = async (more: object = {}) => {
    const { data } = await ask(key.secret, document, { input: { ...input, ...more } });
    return data.recordUsageBatch as { results: object[] };
  };
  const first = await send();
  expect(first.results).toMatchObject([
    { credits: '1', replayed: false },
    { credits: '1', replayed: false },
    { __typename: 'InsufficientCredits' },
    { __typename: 'NotFound', path: ['input', 'items', '3', 'operation'] },
  ]);
  expect((await send()).results).toMatchObject([{ replayed: true }, { replayed: true }, {}, {}]);
  // Keys that were used one by one are no atomic batch.
  expect(await send({ mode: 'ATOMIC' })).toMatchObject({ __typename: 'IdempotencyConflict' });
  expect(await send({ items: [] })).toMatchObject({ __typename: 'ValidationFailed', path: ['input', 'items'] });
});

test('the ledger tells what each decision was, and the balance before and after it', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(20) });
  const { workspaceId, key } = workspace;
  const { token } = server.operator;
  const usage = await mutate(key.secret, 'recordUsage', { input: { credits: '6' }, fields: 'usageEntry { id }' });
  const refund = { usageEntryId: usage.usageEntry.id, credits: '2', reason: 'half of it failed' };
  const fields = `credits seq replayed ${BALANCE} entry { kind refSeq reason actorKind }`;
  expect(await mutate(token, 'refundUsage', { input: refund, fields })).toMatchObject({
    credits: '2',
    balance: { available: '16' },
    entry: { kind: 'REFUND', refSeq: '2', reason: 'half of it failed', actorKind: 'OPERATOR' },
  });
  const id = encodeId('Workspace', workspaceId);
  const removal = { workspaceId: id, direction: 'REMOVE', credits: '1', reason: 'miscounted' };
  await mutate(token, 'adjustCredits', { input: removal, fields });
  await openHold(workspace);
  const document = `query ($id: ID!) { workspace(id: $id) {
    ledger(first: 10) { edges { node { seq kind credits availableBefore availableAfter heldBefore heldAfter draws { credits } } } }
    grants(open: true) { edges { node { amount remaining held spent expired } } }
    holds(state: OPEN) { edges { node { remaining operation } } }
    balanceAt(time: "2020-01-01T00:00:00Z") { available seq } } }`;
  const { workspace: seen } = (await ask(token, document, { id })).data;
  const edges = seen.ledger.edges as { node: object }[];
  const entries = edges.map(({ node }) => node);
  expect(entries).toMatchObject([
    { seq: '5', kind: 'HOLD', availableBefore: '15', availableAfter: '5', heldBefore: '0', heldAfter: '10' },
    { seq: '4', kind: 'ADJUSTMENT', availableBefore: '16', availableAfter: '15' },
    { seq: '3', kind: 'REFUND', availableBefore: '14', availableAfter: '16', draws: [{ credits: '2' }] },
    { seq: '2', kind: 'USAGE', availableBefore: '20', availableAfter: '14' },
    { seq: '1', kind: 'GRANT', availableBefore: '0', availableAfter: '20' },
  ]);
  const grant = { amount: '20', remaining: '5', held: '10', spent: '4', expired: '1' };
  expect(seen.grants.edges).toEqual([{ node: grant }]);
  expect(seen.holds.edges).toEqual([{ node: { remaining: '10', operation: null } }]);
  expect(seen.balanceAt).toEqual({ available: '0', seq: '0' });
  const now = `query ($id: ID!, $time: DateTime!) { workspace(id: $id) { balanceAt(time: $time) { available held seq } } }`;
  const { workspace: then } = (await ask(token, now, { id, time: new Date().toISOString() })).data;
  expect(then.balanceAt).toEqual({ available: '5', held: '10', seq: '5' });
});

test('a balance is read as the clock has left it, whether or not anything was written', async () => {
  const workspace = await server.makeWorkspace();
  const { token } = server.operator;
  const id = encodeId('Workspace', workspace.workspaceId);
  const expiresAt = new Date(Date.now() + 500);
  const input = { workspaceId: id, credits: '3', source: 'TRIAL', expiresAt: expiresAt.toISOString() };
  await mutate(token, 'grantCredits', { input, fields: BALANCE });
  const document = `query ($id: ID!) { workspace(id: $id) { ${BALANCE} } }`;
  expect((await ask(token, document, { id })).data.workspace.balance).toMatchObject({ available: '3' });
  await new Promise((resolve) => setTimeout(resolve, expiresAt.getTime() - Date.now() + 5));
  expect((await ask(token, document, { id })).data.workspace.balance).toMatchObject({ available: '0', seq: '2' });
});

test('a hold whose client died is freed by itself within two seconds of its deadline', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(10) });
  await openHold(workspace, { seconds: 1 });
  const { workspaceId } = workspace;
  await expect
    .poll(() => server.db.balance.findUniqueOrThrow({ where: { workspaceId } }), { timeout: 3_000, interval: 100 })
    .toMatchObject({ available: credits(10), held: 0n });
});

test('a quote is what the call will cost', async () => {
  const { key } = await server.makeWorkspace({ credits: credits(5) });
  const document = `{ quote(credits: "2") { price exactPrice credits declineReason draws { credits grant { amount } } balance { available } } }`;
  expect((await ask(key.secret, document)).data.quote).toEqual({
    price: '2',
    exactPrice: '2',
    credits: '2',
    declineReason: null,
    draws: [{ credits: '2', grant: { amount: '5' } }],
    balance: { available: '5' },
  });
});
