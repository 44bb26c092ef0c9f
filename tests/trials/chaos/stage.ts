import { ledgers } from '#core/credits/ledger-proof';
import { keySpending } from '#core/credits/spend-proof';
import { eventChains } from '#core/events/chain';
import { openProxy, type Proxy } from '../../client/proxy.ts';
import type { World } from '../../world/world.ts';
import { openTrialDatabase } from './database.ts';
import { kill, startPatiently } from './servers.ts';

/** A real PostgreSQL, a real server that reaches it over a network of ours, and a second process that shares it. */
export interface Stage {
  world: World;
  network: Proxy;
  /** The server's address at the moment. */
  url(): string;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Waits until another server is up, to take over. */
  isPrepared(): Promise<void>;
  /** Kills the server as it stands; the next takes over. */
  replaceServer(): Promise<void>;
  /** Ends PostgreSQL as a crash would; returns when it answers again. */
  crashDatabase(): Promise<void>;
  /** What `commonpurse verify` finds wrong with the whole database. */
  verify(): Promise<string[]>;
  /** Waits until the database answers. */
  databaseIsUp(): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const database = await openTrialDatabase();
  const { world } = database;
  const network = await openProxy(database.url);
  const proxied = new URL(database.url);
  proxied.port = new URL(network.url).port;
  // Whoever is killed is replaced by one that is up already: what is on trial is the killed one.
  let server = await startPatiently(proxied.href);
  let spare = startPatiently(proxied.href);
  return {
    world,
    network,
    databaseIsUp: () => database.isUp(),
    url: () => server.url,
    signal: (signal) => void server.process.kill(signal),
    isPrepared: () => spare.then(() => undefined),
    async replaceServer() {
      await kill(server);
      server = await spare;
      spare = startPatiently(proxied.href);
    },
    crashDatabase: () => database.crash(),
    async verify() {
      const found: string[] = [];
      for (const proof of [eventChains, ledgers({ isIncremental: false }), keySpending]) {
        try {
          for await (const rows of proof.check(world.db)) void rows;
        } catch (error) {
          found.push(`${proof.name}: ${(error as Error).message}`);
        }
      }
      return found;
    },
    async close() {
      await Promise.all([kill(server), spare.then(kill)]);
      await network.close();
      await database.close();
    },
  };
}
