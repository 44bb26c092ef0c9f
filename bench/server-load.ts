import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { DebitConnection } from './debit-connection.ts';
import { DebitSocket } from './debit-socket.ts';
import { type Measured, measure } from './measure.ts';
import type { Server } from './servers.ts';

/** Calls at once: one for each HTTP connection, all together on one socket. */
const CALLERS = 64;

type MeasuredServer = Measured & { cpuMicros: number };

/** recordUsage over keep-alive connections, with the server's CPU for each call. */
export async function measureHttp(server: Server, secret: string, seconds: number): Promise<MeasuredServer> {
  const connections = await Promise.all(
    Array.from({ length: CALLERS }, () => DebitConnection.open(server.url, secret)),
  );
  try {
    return await measureCpu(server, seconds, (caller) => connections[caller]!.recordUsage());
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** The same over one WebSocket. */
export async function measureSocket(server: Server, secret: string, seconds: number): Promise<MeasuredServer> {
  const socket = await DebitSocket.open(server.url, secret);
  try {
    return await measureCpu(server, seconds, () => socket.recordUsage());
  } finally {
    socket.close();
  }
}

async function measureCpu(
  { child }: Server,
  seconds: number,
  call: (caller: number) => Promise<void>,
): Promise<MeasuredServer> {
  const before = await cpuMicrosOf(child);
  const measured = await measure({ callers: CALLERS, seconds }, call);
  return { ...measured, cpuMicros: ((await cpuMicrosOf(child)) - before) / measured.calls };
}

async function cpuMicrosOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
  return cpuMicros;
}
