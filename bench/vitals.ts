import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

interface Vitals {
  /** CPU time since it began. */
  cpuMicros: number;
  /** What it holds of the machine's memory; of use after `collected`. */
  rssBytes: number;
}

/** In a server's process: answers its parent with its own vitals, after a collection where that is asked for. */
export function tellVitals(): void {
  process.on('message', (message) => {
    if (message !== 'vitals' && message !== 'collected') return;
    if (message === 'collected') for (let turn = 0; turn < 3; turn++) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system, rssBytes: process.memoryUsage.rss() } satisfies Vitals);
  });
}

export async function cpuMicrosOf(child: ChildProcess): Promise<number> {
  child.send('vitals');
  const [{ cpuMicros }] = (await once(child, 'message')) as [Vitals];
  return cpuMicros;
}

/** What a process holds once it has collected what nobody needs. */
export async function rssBytesOf(child: ChildProcess): Promise<number> {
  child.send('collected');
  const [{ rssBytes }] = (await once(child, 'message')) as [Vitals];
  return rssBytes;
}
