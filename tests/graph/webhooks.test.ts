import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import type { TestWorkspace } from '../world/world.ts';

let server: TestServer;
let workspace: TestWorkspace;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ key: { scopes: ['webhooks:write'] } });
});
afterAll(() => server.close());

const CREATE = `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
  ... on CreateWebhookEndpointPayload { secret replayed webhookEndpoint { id url eventTypes disabledAt } }
  ... on UserError { code message path } } }`;

async function create(input: object): Promise<Record<string, unknown>> {
  const all = { url: 'https://example.com/hook', eventTypes: ['BALANCE_LOW'], idempotencyKey: randomUUID(), ...input };
  const answer = await server.request(CREATE, { variables: { input: all }, token: workspace.key.secret });
  expect(answer.errors).toBeUndefined();
  return answer.data.createWebhookEndpoint as Record<string, unknown>;
}

test('an endpoint shows its secret once, and never again', async () => {
  const idempotencyKey = randomUUID();
  const first = await create({ idempotencyKey });
  expect(first).toMatchObject({
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    replayed: false,
    webhookEndpoint: { url: 'https://example.com/hook', eventTypes: ['BALANCE_LOW'], disabledAt: null },
  });
  const again = await create({ idempotencyKey });
  expect(again).toEqual({ ...first, secret: null, replayed: true });
  const stored = await server.db.webhookEndpoint.findFirstOrThrow({ where: { workspaceId: workspace.workspaceId } });
  const text = Buffer.from(String(first['secret']).slice(6), 'base64');
  expect(Buffer.from(stored.secret).includes(text)).toBe(false);
  expect(Buffer.from(stored.secret).includes(String(first['secret']))).toBe(false);
  expect(server.logLines.join('\n')).not.toContain(String(first['secret']));
});

test.each([
  ['http://10.0.0.1/', /^url leads to an address that is not public/],
  ['http://169.254.169.254/latest/meta-data', /not public/],
  ['https://user:password@example.com/', /^url holds a name or password/],
  ['ftp://example.com/', /^url is no URL of a web server/],
  ['no url', /^url has characters|^url is no URL/],
  [`https://example.com/${'x'.repeat(3_000)}`, /^url is longer than 2048 characters/],
])('refuses the URL %s in words', async (url, message) => {
  expect(await create({ url })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: ['input', 'url'],
    message: expect.stringMatching(message),
  });
});

test('refuses no types, and a description without end', async () => {
  expect(await create({ eventTypes: [] })).toMatchObject({ path: ['input', 'eventTypes'] });
  expect(await create({ description: 'x'.repeat(501) })).toMatchObject({ path: ['input', 'description'] });
  const unknown = await server.request(CREATE, {
    variables: { input: { url: 'https://example.com', eventTypes: ['NOTHING'], idempotencyKey: '1' } },
    token: workspace.key.secret,
  });
  expect(unknown.errors?.[0]?.message).toMatch(/NOTHING.*WebhookEventType/);
});

test('the catalogue says each type with an example', async () => {
  const { data } = await server.request('{ webhookEventTypes { type name description example } }', {
    token: workspace.key.secret,
  });
  expect(data.webhookEventTypes).toContainEqual({
    type: 'API_KEY_CREATED',
    name: 'api_key.created',
    description: expect.stringContaining('never told'),
    example: expect.objectContaining({ environment: 'LIVE' }),
  });
});

test('a fifty-first endpoint is refused', async () => {
  const made = await server.makeWorkspace({ key: { scopes: ['webhooks:write'] } });
  const at = new Date();
  await server.db.webhookEndpoint.createMany({
    data: Array.from({ length: 50 }, () => ({
      id: randomUUID(),
      workspaceId: made.workspaceId,
      url: 'https://example.com/',
      description: '',
      eventTypes: ['balance.low'],
      isOrdered: false,
      secret: Buffer.of(1),
      createdAt: at,
    })),
  });
  const input = { url: 'https://example.com/', eventTypes: ['BALANCE_LOW'], idempotencyKey: '1' };
  const { data } = await server.request(CREATE, { variables: { input }, token: made.key.secret });
  expect(data.createWebhookEndpoint).toMatchObject({ code: 'CONFLICT' });
});

test('what is disabled is neither tested nor replayed before it is enabled', async () => {
  const { webhookEndpoint } = await create({});
  const { id } = webhookEndpoint as { id: string };
  const token = workspace.key.secret;
  const run = async (text: string) =>
    (await server.request(`mutation { ${text} }`, { token })).data as Record<string, Record<string, unknown>>;
  const disabled = await run(
    `updateWebhookEndpoint(input: { webhookEndpointId: "${id}", disabled: true }) { ... on UpdateWebhookEndpointPayload { webhookEndpoint { disabledReason } } }`,
  );
  expect(disabled['updateWebhookEndpoint']?.['webhookEndpoint']).toEqual({ disabledReason: 'MEMBER' });
  const attempt = `sendTestWebhook(input: { webhookEndpointId: "${id}", eventType: USAGE_RECORDED, idempotencyKey: "t" }) { __typename }
    replayDeliveries(input: { webhookEndpointId: "${id}", since: "2026-01-01T00:00:00Z" }) { __typename }`;
  expect(Object.values(await run(attempt))).toEqual([{ __typename: 'Conflict' }, { __typename: 'Conflict' }]);
  await run(`updateWebhookEndpoint(input: { webhookEndpointId: "${id}", disabled: false }) { __typename }`);
  const { sendTestWebhook } = await run(
    `sendTestWebhook(input: { webhookEndpointId: "${id}", eventType: USAGE_RECORDED, idempotencyKey: "u" }) { ... on SendTestWebhookPayload { delivery { state event { type body } } } }`,
  );
  expect(sendTestWebhook?.['delivery']).toMatchObject({ state: 'PENDING', event: { type: 'usage.recorded' } });
  const unknown = encodeId('WebhookEndpoint', randomUUID());
  expect(await run(`deleteWebhookEndpoint(input: { webhookEndpointId: "${unknown}" }) { __typename }`)).toEqual({
    deleteWebhookEndpoint: { __typename: 'NotFound' },
  });
});
