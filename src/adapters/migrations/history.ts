import type { Pool } from 'pg';
import { isUnchanged } from './folder.ts';
import type { Migration } from './folder.ts';
import { DatabaseNotReady } from './not-ready.ts';

/** A row of `_prisma_migrations` that was not rolled back. */
export type HistoryRow = { name: string; checksum: string; isFinished: boolean };

/** The migrations of this version against those of a database, each in the order of applying. */
export type Comparison = {
  pending: Migration[];
  appliedCount: number;
  /** Those of `pending` that were begun before, and neither finished nor rolled back. */
  unfinished: Migration[];
  /** Begun or finished by a version that has more migrations than this one. */
  unknown: string[];
};

/** Nothing on a database that was never migrated. */
export async function readHistory(database: Pool): Promise<HistoryRow[]> {
  const { rows: found } = await database.query<{ exists: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`,
  );
  if (!found[0]?.exists) return [];
  const { rows } = await database.query<HistoryRow>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished"
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

/** Throws DatabaseNotReady when an applied migration was edited: what it did to this database is no longer known. */
export function compareHistory(migrations: readonly Migration[], rows: readonly HistoryRow[]): Comparison {
  const finished = new Map(rows.filter((row) => row.isFinished).map((row) => [row.name, row]));
  const known = new Set(migrations.map(({ name }) => name));
  refuseEdited(migrations, finished);
  const pending = migrations.filter(({ name }) => !finished.has(name));
  const begun = new Set(rows.filter((row) => !row.isFinished).map(({ name }) => name));
  return {
    pending,
    appliedCount: finished.size,
    unfinished: pending.filter(({ name }) => begun.has(name)),
    unknown: [...new Set(rows.map(({ name }) => name))].filter((name) => !known.has(name)),
  };
}

function refuseEdited(migrations: readonly Migration[], finished: ReadonlyMap<string, HistoryRow>): void {
  const edited = migrations.filter((migration) => {
    const row = finished.get(migration.name);
    return row !== undefined && !isUnchanged(migration, row.checksum);
  });
  if (edited.length === 0) return;
  throw new DatabaseNotReady(
    'MIGRATION_EDITED',
    `${edited.map(({ name }) => name).join(', ')}: edited after it was applied to this database. ` +
      'Restore the file as it was, and put the change into a new migration.',
  );
}
