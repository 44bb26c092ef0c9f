import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

export const MUTATION = `mutation ($input: RecordUsageInput!) {
  recordUsage(input: $input) { ... on RecordUsagePayload { credits seq balance { available } } }
}`;

export const BATCH_MUTATION = `mutation ($input: RecordUsageBatchInput!) {
  recordUsageBatch(input: $input) {
    ... on RecordUsageBatchPayload { results { ... on RecordUsagePayload { credits seq balance { available } } } }
  }
}`;

/** One micro-credit, under a key of its own. */
export const debitInput = () => ({ credits: '0.000001', idempotencyKey: randomUUID() });

/** A server in a process of its own. */
export interface Server {
  kind: 'product' | 'no-op' | 'recipe' | 'broadcast' | 'worker';
  url: string;
  child: ChildProcess;
}

/** @param isShared whether other nodes serve over the same database. */
export function startServer(
  kind: 'product' | 'no-op',
  databaseUrl: string,
  { isShared = false } = {},
): Promise<Server> {
  return start(kind, './http-server.ts', [kind, databaseUrl, isShared ? 'shared' : 'alone']);
}

/** What tells others, beside servers over the same database. */
export function startWorkerProcess(databaseUrl: string): Promise<Server> {
  return start('worker', './worker-process.ts', [databaseUrl]);
}

/** What the product's live delivery is compared with. */
export function startLiveBaseline(kind: 'recipe' | 'broadcast'): Promise<Server> {
  return start(kind, './live-baseline.ts', [kind]);
}

/** The product runs as it is shipped: the loader of sources gives every closure a table of its own. */
let isBuilt = false;

function build(): void {
  if (isBuilt) return;
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(LAUNCHER), 'prepare'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The product could not be built: ${stderr}`);
  isBuilt = true;
}

const LAUNCHER = new URL('../bin/commonpurse.mjs', import.meta.url);

async function start(kind: Server['kind'], file: string, args: string[]): Promise<Server> {
  build();
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--import', 'tsx', '--expose-gc'],
  });
  const died = once(child, 'exit').then(() => {
    throw new Error(`The ${kind} server did not start`);
  });
  const [{ url }] = (await Promise.race([once(child, 'message'), died])) as [{ url: string }];
  died.catch(() => undefined);
  return { kind, url, child };
}

export async function stopServer({ child }: Server): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** One call metered over HTTP. Rejects on a refusal, which is fast: counted as a call, it would flatter the figure. */
export function recordUsage(url: string, { agent, secret }: { agent: Agent; secret: string }): Promise<void> {
  const body = JSON.stringify({ query: MUTATION, variables: { input: debitInput() } });
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${secret}`,
    };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => (text.includes('"seq"') ? resolve() : reject(new Error(text))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
