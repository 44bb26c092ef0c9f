import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { applyMigrations } from '#adapters/migrations';
import { ledgers } from '#core/credits/ledger-proof';
import { keySpending } from '#core/credits/spend-proof';
import { eventChains } from '#core/events/chain';
import { openProxy, type Proxy } from '../../client/proxy.ts';
import { type ServerChild, startServerChild } from '../../live/server-child.ts';
import { query } from '../../world/scratch-database.ts';
import { openWorld, type World } from '../../world/world.ts';

/** Durable, and with few connections, so that they run out. */
const SETTINGS = { max_connections: '60' };

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
  const folder = await mkdtemp(join(tmpdir(), 'commonpurse-chaos-'));
  const database = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => {}, settings: SETTINGS });
  await applyMigrations({ url: database.url, log: { info: () => {}, warn: () => {} } });
  const world = await openWorld({ url: database.url, drop: async () => {} });
  const network = await openProxy(database.url);
  const proxied = new URL(database.url);
  proxied.port = new URL(network.url).port;
  // Whoever is killed is replaced by one that is up already: what is on trial is the killed one.
  let server = await startPatiently(proxied.href);
  let spare = startPatiently(proxied.href);
  const databaseIsUp = async (): Promise<void> => {
    const deadline = performance.now() + 30_000;
    while (!(await answers(database.url))) {
      if (performance.now() > deadline) throw new Error('PostgreSQL does not come back');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return {
    world,
    network,
    databaseIsUp,
    url: () => server.url,
    signal: (signal) => void server.process.kill(signal),
    isPrepared: () => spare.then(() => undefined),
    async replaceServer() {
      await kill(server);
      server = await spare;
      spare = startPatiently(proxied.href);
    },
    async crashDatabase() {
      const [row] = await query<{ data_directory: string }>(database.url, 'SHOW data_directory');
      const [pid] = (await readFile(join(row?.data_directory ?? '', 'postmaster.pid'), 'utf8')).split('\n');
      // What `pg_ctl stop -m immediate` sends.
      process.kill(Number(pid), 'SIGQUIT');
      await new Promise((resolve) => setTimeout(resolve, 200));
      await databaseIsUp();
    },
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
      await world.close();
      await network.close();
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function kill(child: ServerChild): Promise<void> {
  const ended = once(child.process, 'exit');
  child.process.kill('SIGKILL');
  await ended;
}

/** One that finds no database ends, and is started again, as whatever runs servers would. */
async function startPatiently(databaseUrl: string): Promise<ServerChild> {
  for (let triesLeft = 5; ; triesLeft--) {
    try {
      return await startServerChild(databaseUrl);
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A connection that dies later says so by an event, which would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
