import { DebitConnection } from './debit-connection.ts';
import { DebitSocket } from './debit-socket.ts';
import { type Load, type Measured, measure } from './measure.ts';
import type { Server } from './servers.ts';
import { cpuMicrosOf } from './vitals.ts';

/** Calls at once: one for each HTTP connection, all together on one socket. */
const CALLERS = 64;

type MeasuredServer = Measured & { cpuMicros: number };

/** recordUsage over keep-alive connections, with the server's CPU for each call. */
export function measureHttp(server: Server, secret: string, seconds: number): Promise<MeasuredServer> {
  return withConnections(server, { secret, count: CALLERS }, (connections) =>
    measureCpu(server, { callers: CALLERS, seconds }, (caller) => connections[caller]!.recordUsage()),
  );
}

/** recordUsageBatch over fewer connections; the rate and the CPU are those of the calls in it. */
export function measureBatches(
  server: Server,
  { secret, size }: { secret: string; size: number },
  load: Load,
): Promise<MeasuredServer> {
  return withConnections(server, { secret, count: load.callers }, async (connections) => {
    const ask = (caller: number): Promise<void> => connections[caller]!.recordUsageBatch(size);
    const { perSecond, cpuMicros, calls, ...times } = await measureCpu(server, load, ask);
    return { ...times, perSecond: perSecond * size, cpuMicros: cpuMicros / size, calls: calls * size };
  });
}

/** The same over one WebSocket. */
export async function measureSocket(server: Server, secret: string, seconds: number): Promise<MeasuredServer> {
  const socket = await DebitSocket.open(server.url, secret);
  try {
    return await measureCpu(server, { callers: CALLERS, seconds }, () => socket.recordUsage());
  } finally {
    socket.close();
  }
}

async function withConnections<Result>(
  { url }: Server,
  { secret, count }: { secret: string; count: number },
  use: (connections: readonly DebitConnection[]) => Promise<Result>,
): Promise<Result> {
  const connections = await Promise.all(Array.from({ length: count }, () => DebitConnection.open(url, secret)));
  try {
    return await use(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function measureCpu(
  { child }: Server,
  load: Load,
  call: (caller: number) => Promise<void>,
): Promise<MeasuredServer> {
  const before = await cpuMicrosOf(child);
  const measured = await measure(load, call);
  return { ...measured, cpuMicros: ((await cpuMicrosOf(child)) - before) / measured.calls };
}
