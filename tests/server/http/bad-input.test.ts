import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeEntryId, encodeId, newId } from '#core/ids';
import { openServer, type TestServer } from '../../world/server.ts';
import { credits, type TestWorkspace } from '../../world/world.ts';

let server: TestServer;
let mine: TestWorkspace;
let foreign: TestWorkspace;
beforeAll(async () => {
  server = await openServer();
  mine = await server.makeWorkspace({ credits: credits(100) });
  foreign = await server.makeWorkspace({ credits: credits(100) });
});
afterAll(() => server.close());

/** What no answer may ever carry: SQL, a stack, a path, a host. */
const LEAK = /SELECT|INSERT|prisma|postgres|127\.0\.0\.1|node_modules|\.ts:|\n\s+at /i;

async function ask(document: string, variables?: Record<string, unknown>, token = mine.key.secret) {
  const { headers: _headers, ...answer } = await server.request(document, { token, ...(variables && { variables }) });
  expect(JSON.stringify(answer)).not.toMatch(LEAK);
  return answer;
}

const SPEND = `mutation($input: RecordUsageInput!) {
  recordUsage(input: $input) { __typename ... on UserError { code message path } }
}`;

test.each(['1e30', -1, '0.0000001', 0.5, '-1', ' 1', '', 1e30, true, '0x10', '1,5'])(
  'refuses %j as credits, and says where it stood',
  async (amount) => {
    const { errors } = await ask(SPEND, { input: { credits: amount, idempotencyKey: 'k' } });
    expect(errors?.[0]?.message).toMatch(/at "input\.credits";.*Credits must be a decimal string/);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const literal = await ask(
      `mutation { recordUsage(input: { credits: ${JSON.stringify(amount)}, idempotencyKey: "k" }) { __typename } }`,
    );
    expect(literal.errors?.[0]).toMatchObject({
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      locations: [{ line: 1 }],
    });
  },
);

test.each([
  ['idempotencyKey', { credits: '1', idempotencyKey: 'x'.repeat(300) }],
  ['idempotencyKey', { credits: '1', idempotencyKey: '' }],
  ['idempotencyKey', { credits: '1', idempotencyKey: 'a\nb' }],
  ['credits', { credits: '999999999999999999', idempotencyKey: 'k' }],
  ['operation', { idempotencyKey: 'k' }],
  ['units', { credits: '1', units: '0', idempotencyKey: 'k' }],
  ['latencyMs', { credits: '1', latencyMs: -1, idempotencyKey: 'k' }],
  ['tag', { credits: '1', tag: 'a\0', idempotencyKey: 'k' }],
  ['metadata', { credits: '1', metadata: { a: 'x'.repeat(5_000) }, idempotencyKey: 'k' }],
  ['metadata', { credits: '1', metadata: { a: '\0' }, idempotencyKey: 'k' }],
  ['apiKey', { credits: '1', apiKey: 'cp_live_x', idempotencyKey: 'k' }],
])('names the field that is wrong: %s', async (field, input) => {
  const { data } = await ask(SPEND, { input });
  expect(data?.recordUsage).toMatchObject({ __typename: 'ValidationFailed', path: ['input', field] });
  expect(data?.recordUsage.message).toContain(field);
});

test('a refused call costs nothing and is no decision', async () => {
  const { data } = await ask('{ workspace { balance { available seq } } }');
  expect(data?.workspace.balance).toEqual({ available: '100', seq: '1' });
});

test('a price beyond every balance is a refusal, not a fault', async () => {
  await ask(
    'mutation { setOperation(input: { name: "big", price: "1000000000000" }) { __typename } }',
    {},
    server.operator.token,
  );
  const { data } = await ask(SPEND, { input: { operation: 'big', units: '1000000000', idempotencyKey: 'big' } });
  expect(data?.recordUsage).toMatchObject({ code: 'VALIDATION_FAILED', path: ['input', 'units'] });
});

test.each(['slug', 'operation filter', 'operation'])(
  'a NUL character in %s is no fault of the server',
  async (place) => {
    const variables = { text: 'a\0b' };
    const documents: Record<string, string> = {
      slug: 'query($text: String) { workspace(slug: $text) { id } }',
      'operation filter':
        'query($text: String) { workspace { usage(filter: { operation: $text }) { edges { cursor } } } }',
      operation:
        'mutation($text: String) { recordUsage(input: { operation: $text, idempotencyKey: "n" }) { __typename } }',
    };
    const { errors } = await ask(documents[place] ?? '', variables);
    expect(errors?.map((error) => error.extensions.code) ?? []).not.toContain('INTERNAL_SERVER_ERROR');
  },
);

test('foreign ids answer as ids that were never given out', async () => {
  const spend = await ask(
    SPEND.replace('__typename', '__typename ... on RecordUsagePayload { seq }'),
    { input: { credits: '1', idempotencyKey: 'f' } },
    foreign.key.secret,
  );
  const { workspaceId, key } = foreign;
  const seq = BigInt(spend.data?.recordUsage.seq);
  const pairs = [
    [encodeId('Workspace', workspaceId), encodeId('Workspace', newId())],
    [encodeId('ApiKey', key.actor.apiKeyId), encodeId('ApiKey', newId())],
    [encodeId('Member', key.actor.memberId), encodeId('Member', newId())],
    [encodeId('User', foreign.owner.userId), encodeId('User', newId())],
    [encodeEntryId({ workspaceId, seq }), encodeEntryId({ workspaceId, seq: 999n })],
  ];
  for (const [theirs, absent] of pairs) {
    const read = 'query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } workspace(id: $id) { id } }';
    const answers = [await ask(read, { id: theirs }), await ask(read, { id: absent })];
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.data).toEqual({ node: null, nodes: [null], workspace: null });
    const revoke =
      'mutation($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { __typename ... on UserError { code message path } } }';
    expect(await ask(revoke, { id: theirs })).toEqual(await ask(revoke, { id: absent }));
  }
});

test.each(['zzz', '', Buffer.from('c1:1 OR 1=1').toString('base64url'), 'x'.repeat(10_000), '../../etc/passwd'])(
  'refuses the forged cursor %#',
  async (after) => {
    const { errors } = await ask('query($after: String) { workspace { usage(after: $after) { edges { cursor } } } }', {
      after,
    });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('after'),
      extensions: { code: 'VALIDATION_FAILED', path: ['after'] },
    });
  },
);

test("another workspace's cursor shows nothing of that workspace", async () => {
  const page = '{ workspace { usage { edges { cursor node { id } } } } }';
  const cursor = (await ask(page, {}, foreign.key.secret)).data?.workspace.usage.edges[0].cursor;
  const { data } = await ask(
    `query($a: String) { workspace { usage(before: $a, last: 5) { edges { node { id } } } } }`,
    { a: cursor },
  );
  expect(data?.workspace.usage.edges).toEqual([]);
});

const ids = Array.from({ length: 101 }, () => 'ws_01h455vb4pex5vsknk084sn02q');
const alias = (count: number, field: string) =>
  `{ ${Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ')} }`;
const fragments = Array.from(
  { length: 60 },
  (_, i) => `fragment f${i} on Workspace { ...f${i + 1} ...f${i + 1} }`,
).join(' ');
const PAGE =
  'workspace { apiKeys(first: 100) { edges { node { workspace { apiKeys(first: 100) { edges { cursor } } } } } } }';

test.each([
  ['10,000 aliases', alias(10_000, 'viewer { id }'), {}],
  ['300 aliases', alias(300, 'viewer { id }'), {}],
  ['a page too large', '{ workspace { usage(first: 1000) { edges { cursor } } } }', {}],
  [
    'a page too large in a variable',
    'query($n: Int) { workspace { usage(first: $n) { edges { cursor } } } }',
    { n: 1000 },
  ],
  ['a negative page', '{ workspace { usage(first: -1) { edges { cursor } } } }', {}],
  ['pages in pages', `{ ${PAGE} }`, {}],
  ['pages in a fragment', `fragment F on Query { ${PAGE} } { ...F }`, {}],
  ['fragments that double', `{ workspace { ...f0 } } ${fragments} fragment f60 on Workspace { id }`, {}],
  [
    'fragments in a circle',
    '{ workspace { ...a } } fragment a on Workspace { ...b } fragment b on Workspace { ...a }',
    {},
  ],
  [
    'deep nesting',
    `{ workspace { ${'apiKeys { edges { node { workspace { '.repeat(8)} id ${'} } } }'.repeat(8)} } }`,
    {},
  ],
  [
    'deep introspection',
    '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
    {},
  ],
  ['too many ids', 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }],
  [
    'a variable nested too deeply',
    'query($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    { x: JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`) },
  ],
])('refuses an operation that asks for too much, at once: %s', async (_name, document, variables) => {
  const startedAt = performance.now();
  const { errors, data } = await ask(document, variables);
  expect(errors?.[0]?.extensions.code).toMatch(/^(VALIDATION_FAILED|GRAPHQL_VALIDATION_FAILED|GRAPHQL_PARSE_FAILED)$/);
  expect(data?.workspace ?? null).toBeNull();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('wrong, truncated and revoked keys are told apart from none only by what to do', async () => {
  const revoked = await server.makeKey(mine.owner, mine.workspaceId);
  await ask(
    'mutation($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { __typename } }',
    { id: encodeId('ApiKey', revoked.actor.apiKeyId) },
    server.operator.token,
  );
  for (const token of [mine.key.secret.slice(0, -1), `${mine.key.secret}x`, revoked.secret, 'x', 'cp_op_x']) {
    const { status, errors, data } = await ask('{ workspace { id } }', {}, token);
    expect([status, errors?.[0]?.extensions.code, data]).toEqual([401, 'UNAUTHENTICATED', undefined]);
  }
});

test('no secret reaches the log', () => {
  const log = server.logLines.join('');
  for (const secret of [mine.key.secret, foreign.key.secret, server.operator.token]) expect(log).not.toContain(secret);
});
