import { attachOrStartEmbeddedPostgres, startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { applyMigrations } from '#adapters/migrations';
import type { Config } from '#config';

/** The database a command works on, whoever runs it. */
export interface OpenedDatabase {
  url: string;
  /** Tells later starts and commands where this server answers; only the embedded database's folder remembers. */
  announce(serverUrl: string): Promise<void>;
  stop(): Promise<void>;
}

/** Opens the configured database, the embedded one if there is none, and migrates it. `serve` keeps the data folder. */
export async function openDatabase(
  config: Config,
  { mode, log }: { mode: 'serve' | 'command'; log: (line: string) => void },
): Promise<OpenedDatabase> {
  const database = await reach(config, { mode, log });
  try {
    const directUrl = config.database.kind === 'external' ? config.database.directUrl : database.url;
    await applyMigrations({ url: directUrl, log: { info: log, warn: log } });
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function reach(
  { database, dataDir }: Config,
  { mode, log }: { mode: 'serve' | 'command'; log: (line: string) => void },
): Promise<OpenedDatabase> {
  if (database.kind === 'external') return { url: database.url, announce: async () => {}, stop: async () => {} };
  return mode === 'serve' ? startEmbeddedPostgres({ dataDir, log }) : attachOrStartEmbeddedPostgres({ dataDir, log });
}
