import { attachOrStartEmbeddedPostgres, startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { applyMigrations } from '#adapters/migrations';
import type { Config } from '#config';

/** The migrated database that a command works on, whoever runs it. */
export interface OpenedDatabase {
  url: string;
  /** The same without a pooler in between. */
  directUrl: string;
  /** Names of the migrations that opening it applied. */
  applied: readonly string[];
  /** How many were applied before. */
  alreadyApplied: number;
  /** Tells later starts and commands where this server answers; only the embedded database's folder remembers. */
  announce(serverUrl: string): Promise<void>;
  stop(): Promise<void>;
}

interface OpenOptions {
  /** `serve` keeps the embedded database's folder for itself; `command` shares the one a server already runs. */
  mode: 'serve' | 'command';
  log: (line: string) => void;
}

/** Opens the configured database, the embedded one if none is, and brings it to this version. */
export async function openDatabase(config: Config, options: OpenOptions): Promise<OpenedDatabase> {
  const { log } = options;
  const database = await reach(config, options);
  try {
    const directUrl = config.database.kind === 'external' ? config.database.directUrl : database.url;
    const variable = directUrl === database.url ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL';
    const { applied, alreadyApplied } = await applyMigrations({
      url: directUrl,
      variable,
      log: { info: log, warn: log },
    });
    return {
      url: database.url,
      directUrl,
      applied,
      alreadyApplied,
      announce: (serverUrl) => database.announce(serverUrl),
      stop: () => database.stop(),
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

type ReachedDatabase = Pick<OpenedDatabase, 'url' | 'announce' | 'stop'>;

async function reach({ database, dataDir }: Config, { mode, log }: OpenOptions): Promise<ReachedDatabase> {
  if (database.kind === 'external') return { url: database.url, announce: async () => {}, stop: async () => {} };
  return mode === 'serve' ? startEmbeddedPostgres({ dataDir, log }) : attachOrStartEmbeddedPostgres({ dataDir, log });
}
