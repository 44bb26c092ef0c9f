import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBase62 } from '#lib/base62';
import type { App } from '#main/app';

/** What a newcomer needs to try everything; kept in a 0600 file so that later starts and the example can use it. */
export interface Demo {
  url: string;
  operatorToken: string;
  user: { email: string; password: string };
  workspace: { id: string; name: string; slug: string };
  keys: { name: string; environment: 'LIVE' | 'TEST'; secret: string }[];
}

const FILE = 'demo.json';

const KEYS = [
  { name: 'Production Server', environment: 'LIVE' },
  { name: 'Development', environment: 'TEST' },
  { name: 'CI/CD Pipeline', environment: 'LIVE' },
] as const;

const OPERATIONS = [
  { name: 'search.people', price: '2', description: 'Find people by name, company or title.' },
  { name: 'enrich.company', price: '5', description: 'Everything public about one company.' },
  { name: 'ai.summarize', price: '0.25', description: 'A summary; a unit is a thousand characters.' },
] as const;

const CALLS_SEEDED = 24;

/** The demo that an earlier start left in the data folder, or null. */
export async function loadDemo(dataDir: string): Promise<Demo | null> {
  try {
    return JSON.parse(await readFile(join(dataDir, FILE), 'utf8')) as Demo;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether the server at this address knows the demo's first key. */
export async function worksAt(url: string, { keys }: Demo): Promise<boolean> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keys[0]?.secret}` },
    body: JSON.stringify({ query: '{ apiKey { id } }' }),
  });
  return response.ok;
}

/** Makes a user, a workspace with three keys and credits, prices, and some usage: all through the public API. */
export async function seedDemo(app: App, dataDir: string): Promise<Demo> {
  const operatorToken = await app.mintOperatorToken('Demo');
  const user = { email: 'demo@commonpurse.example', password: `demo-${randomBase62(12)}` };
  const cookie = await signUp(app.localUrl, user);
  const asUser = (document: string, variables: object) => call(app.localUrl, { cookie, document, variables });
  const asOperator = (document: string, variables: object) =>
    call(app.localUrl, { authorization: `Bearer ${operatorToken}`, document, variables });

  const { viewer } = await asUser(`{ viewer { workspaces { id name slug } } }`, {});
  const workspace = (viewer as { workspaces: Demo['workspace'][] }).workspaces[0];
  if (!workspace) throw new Error('The demo user has no workspace');
  for (const input of OPERATIONS) await asOperator(SET_OPERATION, { input });
  await asOperator(GRANT, {
    input: {
      workspaceId: workspace.id,
      credits: '1000',
      source: 'PURCHASE',
      reason: 'First top-up',
      idempotencyKey: randomUUID(),
    },
  });
  await asOperator(GRANT, {
    input: {
      workspaceId: workspace.id,
      credits: '50',
      source: 'TRIAL',
      reason: 'Welcome',
      idempotencyKey: randomUUID(),
    },
  });
  const keys: Demo['keys'] = [];
  for (const key of KEYS) {
    const { createApiKey } = await asUser(CREATE_KEY, {
      input: { ...key, workspaceId: workspace.id, idempotencyKey: randomUUID() },
    });
    keys.push({ ...key, secret: (createApiKey as { secret: string }).secret });
  }
  await seedUsage(app.localUrl, keys);

  const demo: Demo = { url: app.url, operatorToken, user, workspace, keys };
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(dataDir, FILE), `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  return demo;
}

async function seedUsage(url: string, keys: Demo['keys']): Promise<void> {
  for (let index = 0; index < CALLS_SEEDED; index++) {
    const key = keys[index % keys.length];
    const operation = OPERATIONS[(index * 7) % OPERATIONS.length];
    if (!key || !operation) continue;
    const input = {
      operation: operation.name,
      outcome: index % 11 === 10 ? 'FAILED' : 'SUCCEEDED',
      units: operation.name === 'ai.summarize' ? String(1 + (index % 5)) : '1',
      latencyMs: 40 + ((index * 37) % 400),
      idempotencyKey: randomUUID(),
    };
    await call(url, { authorization: `Bearer ${key.secret}`, document: RECORD, variables: { input } });
  }
}

const SET_OPERATION = `mutation ($input: SetOperationInput!) { setOperation(input: $input) { __typename } }`;
const GRANT = `mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) { __typename } }`;
const CREATE_KEY = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename ... on CreateApiKeyPayload { secret } } }`;
const RECORD = `mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { __typename } }`;

async function signUp(url: string, user: Demo['user']): Promise<string> {
  const response = await fetch(`${url}/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ ...user, name: 'Demo' }),
  });
  if (!response.ok) throw new Error(`The demo user could not sign up: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

interface Request {
  document: string;
  variables: object;
  cookie?: string;
  authorization?: string;
}

async function call(url: string, { document, variables, ...credentials }: Request): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentials },
    body: JSON.stringify({ query: document, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: unknown };
  const refused = Object.values(data ?? {}).find(
    (value) => !((value as { __typename?: string } | null)?.__typename ?? 'Payload').endsWith('Payload'),
  );
  if (!data || errors || refused) throw new Error(`The demo could not be seeded: ${JSON.stringify(errors ?? refused)}`);
  return data;
}
