import { randomUUID } from 'node:crypto';
import { newSecret, signedHeaders } from '../inboxes/senders.ts';
import { openReceiver } from '../webhooks/receiver.ts';
import { cookieOf } from '../world/server.ts';

interface Shown {
  url: string;
  /** A member of the workspace. */
  user: { email: string; password: string };
  slug: string;
}

/** Places that the navigation does not lead to, by a name for their pictures. */
export type Places = [name: string, path: string][];

/** Endpoints that are told and one that fails, inboxes with what came, and alerts: made as a member makes them. */
export async function showTelling(shown: Shown): Promise<{ places: Places; close: () => Promise<void> }> {
  const receiver = await openReceiver();
  receiver.answer = ({ path }, response) =>
    path === '/down'
      ? response.writeHead(503, { 'content-type': 'text/plain' }).end('The database is being moved.')
      : response.writeHead(202, { 'content-type': 'application/json' }).end('{"accepted":true}');
  const run = await openRunner(shown);
  const base = `/w/${shown.slug}`;
  const endpoint = await showEndpoints(run, receiver.url);
  const inbox = await showInboxes(run);
  const alert = await showAlerts(run);
  await showIntegrations(run, receiver.url);
  const places: Places = [
    ['webhooks-create', `${base}/webhooks?create=true`],
    ['webhooks-endpoint', `${base}/webhooks?endpoint=${endpoint.id}`],
    ['webhooks-delivery', `${base}/webhooks?endpoint=${endpoint.id}&delivery=${endpoint.deliveryId}`],
    ['inboxes-create', `${base}/inboxes?create=true`],
    ['inboxes-inbox', `${base}/inboxes?inbox=${inbox.id}`],
    ['inboxes-delivery', `${base}/inboxes?inbox=${inbox.id}&delivery=${inbox.deliveryId}`],
    ['alerts-create', `${base}/alerts?create=true`],
    ['alerts-alert', `${base}/alerts?alert=${alert}`],
  ];
  return { places, close: () => receiver.close() };
}

// oxlint-disable-next-line typescript/no-explicit-any -- what is read of an answer says what is expected of it
type Run = (mutation: string, input: object, fields: string) => Promise<any>;

async function openRunner({ url, user, slug }: Shown): Promise<Run> {
  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, ...headers },
      body: JSON.stringify(body),
    });
  const cookie = cookieOf(await post('/auth/sign-in/email', user));
  const ask = async (query: string, variables: object): Promise<Record<string, unknown>> => {
    const response = await post('/graphql', { query, variables }, { cookie });
    const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
    if (!data || errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const { workspace } = await ask('query ($slug: String!) { workspace(slug: $slug) { id } }', { slug });
  const workspaceId = (workspace as { id: string }).id;
  return async (mutation, input, fields) => {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}`;
    const query = `mutation ($input: ${type}Input!) { ${mutation}(input: $input) { ... on ${type}Payload { ${fields} } } }`;
    const own = /^(create|connect)/.test(mutation) ? { workspaceId, idempotencyKey: randomUUID() } : {};
    return (await ask(query, { input: { ...own, ...input } }))[mutation];
  };
}

async function showEndpoints(run: Run, url: string): Promise<{ id: string; deliveryId: string }> {
  const add = async (path: string, description: string, eventTypes: string[]): Promise<string> => {
    const input = { url: url + path, description, eventTypes };
    return (await run('createWebhookEndpoint', input, 'webhookEndpoint { id }')).webhookEndpoint.id as string;
  };
  const test = async (webhookEndpointId: string, eventType: string): Promise<string> => {
    const input = { webhookEndpointId, eventType, idempotencyKey: randomUUID() };
    return (await run('sendTestWebhook', input, 'delivery { id }')).delivery.id as string;
  };
  const idle = await add('/old', 'The staging server', ['CREDITS_GRANTED']);
  await run('updateWebhookEndpoint', { webhookEndpointId: idle, disabled: true }, 'webhookEndpoint { id }');
  const down = await add('/down', '', ['BALANCE_LOW', 'BALANCE_DEPLETED']);
  const id = await add('/hooks', 'Our billing', ['USAGE_RECORDED', 'BALANCE_LOW', 'API_KEY_CREATED', 'ALERT_FIRED']);
  for (const type of ['BALANCE_LOW', 'BALANCE_DEPLETED']) await test(down, type);
  for (const type of ['API_KEY_CREATED', 'MEMBER_JOINED', 'BALANCE_LOW']) await test(id, type);
  return { id, deliveryId: await test(id, 'USAGE_RECORDED') };
}

async function showInboxes(run: Run): Promise<{ id: string; deliveryId: string }> {
  const signingSecret = newSecret('GITHUB');
  await run('createInbox', { name: 'form-on-our-site', description: 'What people write to us' }, 'inbox { id }');
  await run(
    'createInbox',
    { name: 'stripe-billing', provider: 'STRIPE', signingSecret: newSecret('STRIPE') },
    'inbox { id }',
  );
  const { inbox } = await run(
    'createInbox',
    { name: 'github-main', provider: 'GITHUB', signingSecret },
    'inbox { id url }',
  );
  const post = async (body: string, headers: Record<string, string>): Promise<string> => {
    const response = await fetch(inbox.url as string, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'user-agent': 'GitHub-Hookshot/7c1d2a', ...headers },
    });
    return ((await response.json()) as { id: string }).id;
  };
  const signed = (body: string, eventId: string = randomUUID()) =>
    post(body, { 'x-github-event': 'push', ...signedHeaders('GITHUB', { secret: signingSecret, body, eventId }) });
  const first = await signed('{"ref":"refs/heads/main","commits":[{"id":"6f1c","added":["src/a.ts"]}],"forced":false}');
  await signed('{"ref":"refs/tags/v1.2.0"}', 'once');
  await signed('{"ref":"refs/tags/v1.2.0"}', 'once');
  await post('{"ref":"refs/heads/forged"}', { 'x-hub-signature-256': 'sha256=00' });
  const dealtWith = { inboxId: inbox.id as string, deliveryIds: [first], idempotencyKey: randomUUID() };
  await run('acknowledgeDeliveries', dealtWith, 'deliveryIds');
  return { id: inbox.id as string, deliveryId: first };
}

async function showIntegrations(run: Run, url: string): Promise<void> {
  const connect = async (provider: string, description: string, settings: Record<string, string>): Promise<void> => {
    const input = {
      provider,
      description,
      eventTypes: ['CREDITS_GRANTED', 'BALANCE_DEPLETED'],
      settings: Object.entries(settings).map(([name, value]) => ({ name, value })),
    };
    const { integration } = await run('connectIntegration', input, 'integration { id }');
    const asked = { integrationId: integration.id as string, idempotencyKey: randomUUID() };
    await run('testIntegration', asked, 'integration { id }');
  };
  await connect('HTTP', 'Our pager', { url: `${url}/pager`, headerValue: 'Bearer hidden' });
  await connect('HTTP', '', { url: `${url}/down` });
  await connect('EMAIL', 'The people who pay', { to: 'finance@example.com' });
}

async function showAlerts(run: Run): Promise<string> {
  const add = async (name: string, condition: string, threshold: string, rest: object = {}): Promise<string> =>
    (await run('createAlert', { name, condition, threshold, ...rest }, 'alert { id }')).alert.id as string;
  const muted = await add('A costly day', 'DAILY_SPEND', '500', { mailedAddresses: ['finance@example.com'] });
  await run('muteAlert', { alertId: muted, until: new Date(Date.now() + 86_400_000).toISOString() }, 'alert { id }');
  await add('Failing calls', 'ERROR_PERCENT', '10', { windowMinutes: 60, callsMin: 50, mailedRoles: ['MEMBER'] });
  await add('Keys near their caps', 'KEY_CAP_PERCENT', '80');
  const id = await add('Top up', 'BALANCE', '5000', { mailedRoles: ['OWNER', 'ADMIN'] });
  await run('testAlert', { alertId: id }, 'alert { id }');
  return id;
}
