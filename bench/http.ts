import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { openGround } from './ground.ts';
import { type Measured, measure } from './measure.ts';
import { atMost, type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';
import { recordUsage, type Server, startServer, stopServer } from './servers.ts';

const CONNECTIONS = 64;

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

async function measureServer(
  { url, child }: Server,
  secret: string,
  seconds: number,
): Promise<Measured & { cpuMicros: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = await cpuMicrosOf(child);
  const measured = await measure({ callers: CONNECTIONS, seconds }, () => recordUsage(url, { agent, secret }));
  const cpuMicros = ((await cpuMicrosOf(child)) - before) / measured.calls;
  agent.destroy();
  return { ...measured, cpuMicros };
}

async function cpuMicrosOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
  return cpuMicros;
}
