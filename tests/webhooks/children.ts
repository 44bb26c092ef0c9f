import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Instruction, Report } from './receiver-process.ts';

export interface ReceiverChild {
  url: string;
  tell(instruction: Instruction): Promise<void>;
  /** What it got since it was asked last. */
  take(): Promise<Report['received']>;
  kill(): Promise<void>;
}

/** A receiver in a process of its own. */
export async function startReceiver(): Promise<ReceiverChild> {
  const { child, url } = await start(new URL('receiver-process.ts', import.meta.url), []);
  const ask = async (instruction: Instruction): Promise<Report> => {
    const answered = once(child, 'message');
    child.send(instruction);
    return (await answered)[0] as Report;
  };
  return {
    url,
    tell: async (instruction) => void (await ask(instruction)),
    take: async () => (await ask({ report: true })).received,
    kill: () => kill(child),
  };
}

/** A worker in a process of its own, over a database. */
export async function startWorkerChild(databaseUrl: string): Promise<{ kill(): Promise<void> }> {
  const { child } = await start(new URL('worker-process.ts', import.meta.url), [databaseUrl]);
  return { kill: () => kill(child) };
}

async function start(file: URL, args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(fileURLToPath(file), args, {
    execArgv: ['--conditions=source', '--import', 'tsx'],
  });
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${file.pathname} ended`))),
  ])) as [{ url: string }];
  return { child, url: message.url };
}

/** As the operating system ends what it has no memory for: nothing is told, nothing is finished. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
