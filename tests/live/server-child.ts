import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ServerChild {
  process: ChildProcess;
  url: string;
  /** What it wrote to standard error. */
  complaints(): string;
  /** What it keeps alive, after a collection. */
  megabytes(): Promise<number>;
}

/** Where a server listens, and how it reaches others over the same database; left out, it serves alone on any port. */
export interface ServerWays {
  port?: number;
  redisUrl?: string;
  sharedThrough?: string;
}

/** A server in a process of its own, for tests that kill it or watch its memory. */
export async function startServerChild(databaseUrl: string, ways: ServerWays = {}): Promise<ServerChild> {
  const child = fork(
    fileURLToPath(new URL('server-process.ts', import.meta.url)),
    [databaseUrl, JSON.stringify(ways)],
    {
      execArgv: ['--conditions=source', '--import', 'tsx', '--expose-gc'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    },
  );
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const answer = async (): Promise<{ url?: string; megabytes?: number }> => {
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error(`The server ended: ${complaints}`))),
    ]);
    return message as { url?: string; megabytes?: number };
  };
  const { url = '' } = await answer();
  return {
    process: child,
    url,
    complaints: () => complaints,
    async megabytes() {
      const answered = answer();
      child.send({});
      return (await answered).megabytes ?? Number.NaN;
    },
  };
}
