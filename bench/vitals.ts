import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watchStatements } from './statements.ts';

interface Vitals {
  /** CPU time since it began. */
  cpuMicros: number;
  /** What it holds of the machine's memory; of use after `collected`. */
  rssBytes: number;
  /** SQL statements that it has sent since it began to tell. */
  statements: number;
}

/** In a server's process: answers its parent with its own vitals, after a collection where that is asked for. */
export function tellVitals(): void {
  const { count } = watchStatements();
  process.on('message', (message) => {
    if (message !== 'vitals' && message !== 'collected') return;
    if (message === 'collected') for (let turn = 0; turn < 3; turn++) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const vitals: Vitals = {
      cpuMicros: user + system,
      rssBytes: process.memoryUsage.rss(),
      statements: count(),
    };
    process.send?.(vitals);
  });
}

export async function cpuMicrosOf(child: ChildProcess): Promise<number> {
  return (await vitalsOf(child)).cpuMicros;
}

export async function statementsOf(child: ChildProcess): Promise<number> {
  return (await vitalsOf(child)).statements;
}

/** What a process holds once it has collected what nobody needs. */
export async function rssBytesOf(child: ChildProcess): Promise<number> {
  child.send('collected');
  const [{ rssBytes }] = (await once(child, 'message')) as [Vitals];
  return rssBytes;
}

async function vitalsOf(child: ChildProcess): Promise<Vitals> {
  child.send('vitals');
  const [vitals] = (await once(child, 'message')) as [Vitals];
  return vitals;
}
