import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { newSecret, signedHeaders } from '../inboxes/senders.ts';
import { deliver, makeInbox, post, publicId } from '../inboxes/stage.ts';
import { openServer, type TestServer } from '../world/server.ts';
import type { TestWorkspace } from '../world/world.ts';

let server: TestServer;
let workspace: TestWorkspace;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ key: { scopes: ['inboxes:write'] } });
});
afterAll(() => server.close());

const RESULT = '__typename ... on UserError { code message path }';

// oxlint-disable-next-line typescript/no-explicit-any -- every test would otherwise spell out the shape it asserts anyway
type Data = any;

async function ask(
  document: string,
  variables: Record<string, unknown> = {},
  token = workspace.key.secret,
): Promise<Record<string, Data>> {
  const { data, errors } = await server.request(document, { token, variables });
  if (errors) throw new Error(JSON.stringify([errors, server.logLines.slice(-3)]));
  return data as Record<string, Data>;
}

async function change(name: string, input: object, payload = ''): Promise<Data> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const document = `mutation ($input: ${type}Input!) { result: ${name}(input: $input) { ${RESULT} ${payload && `... on ${type}Payload { ${payload} }`} } }`;
  return (await ask(document, { input })).result;
}

interface Page {
  edges: { node: { id: string; number: string; headers: object[] } }[];
}

const nodesOf = ({ edges }: Page) => edges.map(({ node }) => node);

const idsOf = (page: Page) => nodesOf(page).map(({ id }) => id);

const create = (input: object, payload = 'replayed inbox { id name url provider description }') =>
  change('createInbox', { idempotencyKey: randomUUID(), ...input }, payload);

test('an inbox is made once for its idempotency key, and shows its address and never its secret', async () => {
  const input = {
    name: 'stripe-live',
    description: ' Payments ',
    provider: 'STRIPE',
    signingSecret: newSecret('STRIPE'),
  };
  const idempotencyKey = randomUUID();
  const made = await create({ ...input, idempotencyKey });
  expect(made).toMatchObject({
    replayed: false,
    inbox: {
      name: 'stripe-live',
      description: 'Payments',
      provider: 'STRIPE',
      url: expect.stringMatching(/\/inbox\/\w{32}$/),
    },
  });
  expect(await create({ ...input, idempotencyKey })).toMatchObject({ replayed: true, inbox: { id: made.inbox.id } });
  expect(await create({ name: 'stripe-test', idempotencyKey })).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  const everything = await server.db.$queryRaw<{ row: string }[]>`
    SELECT row_to_json(i)::text AS row FROM inbox i UNION ALL SELECT row_to_json(e)::text FROM event e`;
  expect(JSON.stringify(everything)).not.toContain(input.signingSecret);
});

test.each(['ab', 'a'.repeat(51), '-abc', 'abc-', 'Abc', 'a b', 'a_b', 'äbc', 'abc\n', ''])(
  'refuses the name %j',
  async (name) => {
    expect(await create({ name })).toMatchObject({ code: 'VALIDATION_FAILED', path: ['input', 'name'] });
  },
);

test.each<[string, object, string]>([
  ['a provider without its secret', { provider: 'GITHUB' }, 'signingSecret'],
  ['a secret of nobody', { signingSecret: 'x'.repeat(20) }, 'provider'],
  ['a secret that the provider does not make', { provider: 'STRIPE', signingSecret: 'sk_live_51H' }, 'signingSecret'],
  ['a description without end', { description: 'x'.repeat(501) }, 'description'],
])('refuses %s', async (_name, input, field) => {
  const refused = await create({ name: 'refused', ...input });
  expect(refused).toMatchObject({ code: 'VALIDATION_FAILED', path: ['input', field] });
});

test('a name is taken for ever, and what came stays readable', async () => {
  const { inbox } = await create({ name: 'a-1' });
  const deliveryId = await deliver(inbox, 'kept');
  const gone = await change('deactivateInbox', { inboxId: inbox.id }, 'inbox { deactivatedAt }');
  expect(gone.inbox.deactivatedAt).not.toBeNull();
  expect((await post(inbox)).status).toBe(404);
  expect(await create({ name: 'a-1' })).toMatchObject({ code: 'CONFLICT', path: ['input', 'name'] });
  const again = await change('deactivateInbox', { inboxId: inbox.id }, 'inbox { deactivatedAt }');
  expect(again).toEqual(gone);
  expect(await change('updateInbox', { inboxId: inbox.id, description: 'x' })).toMatchObject({ code: 'CONFLICT' });
  const LISTS = `{ workspace { live: inboxes(first: 50) { edges { node { id } } }
    all: inboxes(first: 50, includeDeactivated: true) { edges { node { id } } } } }`;
  const { live, all } = (await ask(LISTS)).workspace;
  expect(idsOf(live)).not.toContain(inbox.id);
  expect(idsOf(all)).toContain(inbox.id);
  const { node } = await ask(
    `{ node(id: "${publicId(deliveryId)}") { ... on InboxDelivery { text inbox { name } } } }`,
  );
  expect(node).toEqual({ text: 'kept', inbox: { name: 'a-1' } });
  const claimed = await change('claimDeliveries', { inboxId: inbox.id, idempotencyKey: '1' }, 'deliveries { id }');
  expect(claimed.deliveries).toEqual([{ id: publicId(deliveryId) }]);
});

test('a new secret counts for what comes next; without a provider nothing is checked', async () => {
  const [old, fresh] = [newSecret('GITHUB'), newSecret('GITHUB')];
  const { inbox } = await create({ name: 'github', provider: 'GITHUB', signingSecret: old });
  const send = async (secret: string) => {
    const id = await deliver(inbox, '{}', signedHeaders('GITHUB', { secret, body: '{}', eventId: randomUUID() }));
    return (await server.db.inboxDelivery.findUniqueOrThrow({ where: { id } })).signature;
  };
  const update = (input: object) => change('updateInbox', { inboxId: inbox.id, ...input }, 'inbox { provider }');
  expect([await send(old), await send(fresh)]).toEqual(['VERIFIED', 'FAILED']);
  expect(await update({ provider: 'SLACK' })).toMatchObject({ code: 'VALIDATION_FAILED' });
  expect(await update({ signingSecret: fresh })).toMatchObject({ inbox: { provider: 'GITHUB' } });
  expect([await send(old), await send(fresh)]).toEqual(['FAILED', 'VERIFIED']);
  expect(await update({ description: 'Still GitHub' })).toMatchObject({ inbox: { provider: 'GITHUB' } });
  expect(await send(fresh)).toBe('VERIFIED');
  expect(await update({ provider: null })).toMatchObject({ inbox: { provider: null } });
  expect(await send(fresh)).toBe('UNCHECKED');
  const where = { targetId: (await server.db.inbox.findFirstOrThrow({ where: { name: 'github' } })).id };
  const events = await server.db.event.findMany({ where, orderBy: { number: 'asc' } });
  expect(events.map(({ type, after }) => [type, after])).toEqual([
    ['inbox.created', { name: 'github', provider: 'GITHUB' }],
    ['inbox.updated', { provider: 'GITHUB', isSecretReplaced: true }],
    ['inbox.updated', { description: 'Still GitHub' }],
    ['inbox.updated', { provider: null }],
  ]);
});

const LIST = `query ($id: ID!, $filter: InboxDeliveryFilter) { node(id: $id) { ... on Inbox { receivedCount
  deliveries(first: 10, filter: $filter) { edges { node { number state signature duplicateOf text base64 contentType
    headers { name value } charge } } } } } }`;

test('deliveries tell what came, as text where it is text, and are listed by what is known of them', async () => {
  const secret = newSecret('STANDARD_WEBHOOKS');
  const { inbox } = await create({ name: 'listed', provider: 'STANDARD_WEBHOOKS', signingSecret: secret });
  const headers = signedHeaders('STANDARD_WEBHOOKS', { secret, body: '{"a":1}', eventId: 'm1' });
  const first = await deliver(inbox, '{"a":1}', headers);
  await deliver(inbox, '{"a":1}', headers);
  await deliver(inbox, new Uint8Array([0xff, 0x00]), { cookie: 'a=b', 'content-type': 'image/png' });
  const list = async (filter?: object) => {
    const { node } = await ask(LIST, { id: inbox.id, filter });
    return nodesOf(node.deliveries).map(({ number }) => number);
  };
  const { node } = await ask(LIST, { id: inbox.id });
  const [binary, again, original] = nodesOf(node.deliveries);
  expect(node.receivedCount).toBe('3');
  expect(original).toMatchObject({
    number: '1',
    state: 'PENDING',
    signature: 'VERIFIED',
    duplicateOf: null,
    text: '{"a":1}',
    contentType: 'application/json',
    charge: 'NONE',
  });
  expect(again).toMatchObject({ number: '2', duplicateOf: publicId(first) });
  expect(binary).toMatchObject({ signature: 'FAILED', text: null, base64: '/wA=', contentType: 'image/png' });
  expect(binary?.headers).toContainEqual({ name: 'cookie', value: null });
  await change('acknowledgeDeliveries', { inboxId: inbox.id, deliveryIds: [publicId(first)], idempotencyKey: '1' });
  expect(await list({ isAcknowledged: true })).toEqual(['1']);
  expect(await list({ isAcknowledged: false })).toEqual(['3', '2']);
  expect(await list({ isDuplicate: true })).toEqual(['2']);
  expect(await list({ isDuplicate: false, signature: 'VERIFIED' })).toEqual(['1']);
  expect(await list({ eventId: 'm1' })).toEqual(['2', '1']);
  expect(await list({ since: '2040-01-01T00:00:00Z' })).toEqual([]);
});

test('bodies are asked for in small pages', async () => {
  const big = `query ($id: ID!) { node(id: $id) { ... on Inbox { deliveries(first: 50) { edges { node { text } } } } } }`;
  const { id } = await makeInbox(server, workspace);
  const { errors } = await server.request(big, { token: workspace.key.secret, variables: { id } });
  expect(errors?.[0]?.extensions['code']).toBe('VALIDATION_FAILED');
});

test('what is acknowledged is of this inbox and of this workspace, all of it or nothing', async () => {
  const [here, there] = [await makeInbox(server, workspace), await makeInbox(server, workspace)];
  const stranger = await server.makeWorkspace();
  const foreign = publicId(await deliver(await makeInbox(server, stranger)));
  const [own, other] = [publicId(await deliver(here)), publicId(await deliver(there))];
  const acknowledge = (deliveryIds: string[], inboxId = here.id, idempotencyKey = randomUUID()) =>
    change('acknowledgeDeliveries', { inboxId, deliveryIds, idempotencyKey }, 'replayed deliveryIds');
  const absent = encodeId('InboxDelivery', randomUUID());
  for (const wrong of [foreign, other, absent, 'indel_nonsense', here.id]) {
    expect(await acknowledge([own, wrong])).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'deliveryIds'] });
  }
  const { inboxId } = await server.db.inboxDelivery.findFirstOrThrow({
    where: { inbox: { workspaceId: stranger.workspaceId } },
  });
  expect(await acknowledge([foreign], encodeId('Inbox', inboxId))).toMatchObject({ code: 'NOT_FOUND' });
  expect(await acknowledge([])).toMatchObject({ code: 'VALIDATION_FAILED' });
  expect(await server.db.inboxDelivery.count({ where: { acknowledgedAt: { not: null }, inboxId: here.inboxId } })).toBe(
    0,
  );
  const key = randomUUID();
  const done = await acknowledge([own, own], here.id, key);
  expect(done).toMatchObject({ replayed: false, deliveryIds: [own] });
  expect(await acknowledge([own], here.id, key)).toEqual({ ...done, replayed: true });
  const { acknowledgedAt } = await server.db.inboxDelivery.findFirstOrThrow({ where: { inboxId: here.inboxId } });
  expect(await acknowledge([own])).toEqual(done);
  const again = await server.db.inboxDelivery.findFirstOrThrow({ where: { inboxId: here.inboxId } });
  expect(again.acknowledgedAt).toEqual(acknowledgedAt);
  expect(acknowledgedAt).not.toBeNull();
  expect(await acknowledge([publicId(await deliver(here))], here.id, key)).toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
  });
});

test('who may not change inboxes is not shown their addresses', async () => {
  const { id } = await makeInbox(server, workspace);
  const { secret } = await server.makeKey(workspace.owner, workspace.workspaceId, { scopes: ['inboxes:read'] });
  const { node } = await ask(`{ node(id: "${id}") { ... on Inbox { url name } } }`, {}, secret);
  expect(node).toEqual({ url: null, name: expect.any(String) });
});
