import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { applyMigrations, pendingMigrations } from '#adapters/migrations';
import { DatabaseNotReady } from '#adapters/migrations/not-ready';
import { makeScratchDatabase, query } from '../world/scratch-database.ts';

export type Migrations = Readonly<Record<string, string>>;

/** A database and a folder of migrations (names to SQL) that live as long as the test that made them. */
export async function makeDatabase(migrations: Migrations) {
  const database = await makeScratchDatabase();
  onTestFinished(database.drop);
  const dir = await mkdtemp(join(tmpdir(), 'commonpurse-migrations-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await write(dir, migrations);

  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(`warning: ${line}`) };
  const options = { url: database.url, migrationsDir: dir, log };
  return {
    ...options,
    lines,
    write: (more: Migrations) => write(dir, more),
    remove: (name: string) => rm(join(dir, name), { recursive: true }),
    apply: () => applyMigrations(options),
    pending: () => pendingMigrations(options),
    query: <Row>(sql: string) => query<Row>(database.url, sql),
    history: () =>
      query<{ name: string; end: 'finished' | 'rolled back' | 'none' }>(
        database.url,
        `SELECT migration_name AS name,
           CASE WHEN finished_at IS NOT NULL THEN 'finished' WHEN rolled_back_at IS NOT NULL THEN 'rolled back' ELSE 'none' END AS end
         FROM _prisma_migrations ORDER BY started_at`,
      ),
  };
}

/** The refusal that `work` ends with. */
export async function refusalOf(work: Promise<unknown>): Promise<DatabaseNotReady> {
  const outcome = await work.then(
    () => new Error('it was not refused'),
    (error: unknown) => error,
  );
  if (outcome instanceof DatabaseNotReady) return outcome;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function write(dir: string, migrations: Migrations): Promise<void> {
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(join(dir, name), { recursive: true });
    await writeFile(join(dir, name, 'migration.sql'), sql);
  }
}
