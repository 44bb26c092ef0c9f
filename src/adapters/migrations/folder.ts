import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import { DatabaseNotReady } from './not-ready.ts';

/** One folder of prisma/migrations. */
export type Migration = {
  /** `<timestamp>_<name>`, so that names sort in the order of applying. */
  name: string;
  sql: string;
  /** Whether it all holds or none of it. False where the first line is `-- no-transaction`. */
  isTransactional: boolean;
};

/** As deep below the package as its compiled twin, so that one path serves both. */
export const packagedMigrationsDir = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

/** Oldest first. Throws DatabaseNotReady where there is none: starting on an empty database would look like success. */
export async function readMigrations(dir: string): Promise<Migration[]> {
  const names = await listFolders(dir);
  if (names.length === 0) {
    throw new DatabaseNotReady('MIGRATIONS_MISSING', `There are no migrations in ${dir}. Install the package anew.`);
  }
  return Promise.all(names.map((name) => readMigration(dir, name)));
}

/** Checked against the checksum that was stored when it was applied; a checkout that rewrote line ends is no edit. */
export function isUnchanged(migration: Migration, checksum: string): boolean {
  const unix = migration.sql.replaceAll('\r\n', '\n');
  return [migration.sql, unix, unix.replaceAll('\n', '\r\n')].some((text) => sha256(text) === checksum);
}

/** The same migrations in the words of Prisma's engine. */
export const toEngineList = (dir: string, migrations: readonly Migration[]): MigrationList => ({
  baseDir: dir,
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
  shadowDbInitScript: '',
  migrationDirectories: migrations.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  })),
});

async function listFolders(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readMigration(dir: string, name: string): Promise<Migration> {
  const sql = await readFile(join(dir, name, 'migration.sql'), 'utf8');
  return { name, sql, isTransactional: !/^-- no-transaction\s*$/m.test(sql.split('\n', 1)[0] ?? '') };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
