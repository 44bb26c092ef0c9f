import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { openGround } from './ground.ts';
import { type Measured, measure } from './measure.ts';
import { atMost, type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';

const CONNECTIONS = 64;
const MUTATION = `mutation ($input: RecordUsageInput!) {
  recordUsage(input: $input) { ... on RecordUsagePayload { credits seq balance { available } } }
}`;

/** recordUsage through the whole server, beside a mutation of stock yoga and Pothos that does nothing. */
export async function benchHttp({ rounds, seconds }: BenchOptions): Promise<Report> {
  const ground = await openGround();
  const servers: Server[] = [];
  try {
    const machine = describeMachine(ground);
    const { secret } = await ground.makeSpender();
    for (const kind of ['no-op', 'product'] as const) servers.push(await startServer(kind, ground.databaseUrl));
    const figures = new Rounds();
    for (const server of servers) await measureServer(server, secret, Math.min(seconds, 1));
    for (let round = 0; round < rounds; round++) {
      for (const server of servers) figures.add(server.kind, await measureServer(server, secret, seconds));
    }
    const cpuRatio = figures.ratio('product', ['no-op'], 'cpuMicros');
    const measured = figures.figures();
    return {
      bench: 'http',
      machine,
      ratios: {
        'product / no-op, requests a second': figures.ratio('product', ['no-op']),
        'product / no-op, server CPU a request': cpuRatio,
      },
      figures: measured,
      bars: [atMost('server CPU of one recordUsage, microseconds', 350, measured['product']?.cpuMicros ?? Number.NaN)],
    };
  } finally {
    await Promise.all(servers.map(stopServer));
    await ground.close();
  }
}

interface Server {
  kind: 'product' | 'no-op';
  url: string;
  child: ChildProcess;
}

async function startServer(kind: Server['kind'], databaseUrl: string): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./http-server.ts', import.meta.url)), [kind, databaseUrl], {
    execArgv: ['--conditions=source', '--import', 'tsx'],
  });
  const died = once(child, 'exit').then(() => {
    throw new Error(`The ${kind} server did not start`);
  });
  const [{ url }] = (await Promise.race([once(child, 'message'), died])) as [{ url: string }];
  died.catch(() => undefined);
  return { kind, url, child };
}

async function stopServer({ child }: Server): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

async function measureServer(
  { url, child }: Server,
  secret: string,
  seconds: number,
): Promise<Measured & { cpuMicros: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = await cpuMicrosOf(child);
  const measured = await measure({ callers: CONNECTIONS, seconds }, () => post(url, { agent, secret }));
  const cpuMicros = ((await cpuMicrosOf(child)) - before) / measured.calls;
  agent.destroy();
  return { ...measured, cpuMicros };
}

async function cpuMicrosOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
  return cpuMicros;
}

function post(url: string, { agent, secret }: { agent: Agent; secret: string }): Promise<void> {
  const variables = { input: { credits: '0.000001', idempotencyKey: randomUUID() } };
  const body = JSON.stringify({ query: MUTATION, variables });
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
      // A refusal is fast: counted as a call, it would flatter the figure.
      response.on('end', () => (text.includes('"seq"') ? resolve() : reject(new Error(text))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
