import { once } from 'node:events';
import { type ServerChild, type ServerWays, startServerChild } from '../../live/server-child.ts';

/** Ends a server as it stands; returns when it is gone. */
export async function kill(child: ServerChild): Promise<void> {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return;
  const ended = once(child.process, 'exit');
  child.process.kill('SIGKILL');
  await ended;
}

/** One that finds no database ends, and is started again, as whatever runs servers would. */
export async function startPatiently(databaseUrl: string, ways: ServerWays = {}): Promise<ServerChild> {
  for (let triesLeft = 5; ; triesLeft--) {
    try {
      return await startServerChild(databaseUrl, ways);
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
}
