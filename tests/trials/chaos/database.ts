import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { applyMigrations } from '#adapters/migrations';
import { removeData } from '../../world/data-folder.ts';
import { query } from '../../world/scratch-database.ts';
import { openWorld, type World } from '../../world/world.ts';
import { endWithTrial } from './interruption.ts';

/** Durable, and with few connections, so that they run out. */
const SETTINGS = { max_connections: '60' };
const PATIENCE_MS = 30_000;

/** A real PostgreSQL of the trial's own, to be broken at will. */
export interface TrialDatabase {
  world: World;
  url: string;
  /** Waits until it answers. */
  isUp(): Promise<void>;
  /** Kills it with SIGKILL; returns when another answers in its place. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export async function openTrialDatabase(): Promise<TrialDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'commonpurse-chaos-'));
  const database = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => {}, settings: SETTINGS });
  const { url } = database;
  const end = async (): Promise<void> => {
    await database.stop();
    await removeData(join(folder, 'data'));
    await rm(folder, { recursive: true, force: true });
  };
  const forget = endWithTrial(end);
  await applyMigrations({ url, log: { info: () => {}, warn: () => {} } });
  const world = await openWorld({ url, drop: async () => {} });
  const startedOtherThan = async (earlier: string | null): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const startedAt = await startOf(url);
      if (startedAt !== null && startedAt !== earlier) return;
      if (performance.now() > deadline) throw new Error('PostgreSQL does not come back');
      await sleep(50);
    }
  };
  return {
    world,
    url,
    isUp: () => startedOtherThan(null),
    async crash() {
      const before = await startOf(url);
      const [row] = await query<{ data_directory: string }>(url, 'SHOW data_directory');
      const [pid] = (await readFile(join(row?.data_directory ?? '', 'postmaster.pid'), 'utf8')).split('\n');
      // What `pg_ctl stop -m immediate` sends.
      process.kill(Number(pid), 'SIGKILL');
      await startedOtherThan(before);
    },
    async close() {
      await world.close();
      await end();
      forget();
    },
  };
}

/** When the PostgreSQL that answers was started; null when none does. */
async function startOf(url: string): Promise<string | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A connection that dies later says so by an event, which would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ at: string }>('SELECT pg_postmaster_start_time()::text AS at');
    return rows[0]?.at ?? null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}
