import { openGround } from './ground.ts';
import { atMost, type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';
import { measureHttp } from './server-load.ts';
import { type Server, startServer, stopServer } from './servers.ts';

/** recordUsage through the whole server, beside a mutation of stock yoga and Pothos that does nothing. */
export async function benchHttp({ rounds, seconds }: BenchOptions): Promise<Report> {
  const ground = await openGround();
  const servers: Server[] = [];
  try {
    const machine = describeMachine(ground);
    const { secret } = await ground.makeSpender();
    for (const kind of ['no-op', 'product'] as const) servers.push(await startServer(kind, ground.databaseUrl));
    const figures = new Rounds();
    for (const server of servers) await measureHttp(server, secret, Math.min(seconds, 1));
    for (let round = 0; round < rounds; round++) {
      for (const server of servers) figures.add(server.kind, await measureHttp(server, secret, seconds));
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
