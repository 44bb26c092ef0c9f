import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { DatabaseError, Pool } from 'pg';
import { openEngine, unfiltered } from './migrations/engine.ts';
import { packagedMigrationsDir, readMigrations, toEngineList } from './migrations/folder.ts';
import type { Migration } from './migrations/folder.ts';
import { compareHistory, readHistory } from './migrations/history.ts';
import type { Comparison } from './migrations/history.ts';
import { DatabaseNotReady, explainDriverError, placeOf } from './migrations/not-ready.ts';
import type { DatabaseAddress } from './migrations/not-ready.ts';
import { MigrationScripts } from './migrations/scripts.ts';

export type MigrationOptions = {
  /** Of PostgreSQL itself, never of a pooler: the lock that keeps two processes apart belongs to one session. */
  url: string;
  /** Where the url came from, for messages; DATABASE_URL unless told. */
  variable?: DatabaseAddress['variable'];
  migrationsDir?: string;
};

export type MigrationLog = { info(line: string): void; warn(line: string): void };

export type MigrationStatus = {
  pending: string[];
  appliedCount: number;
  /** Applied by a newer version. */
  unknown: string[];
};

const serverVersionMin = 150_000;
// The number that Prisma's own engine takes, so that `prisma migrate deploy` waits for us and we for it.
const migrationLock = 72_707_369;
const lockWaitMs = 120_000;

/**
 * Brings a database to this version: every pending migration, oldest first, each whole or not at all. Processes that
 * call it at once take turns. A database that is already there is only read, without loading the engine; one that is
 * ahead is left alone with a warning, so that an older process can start beside a newer one.
 * Throws DatabaseNotReady, whose message says what to do.
 */
export async function applyMigrations(
  options: MigrationOptions & { log: MigrationLog },
): Promise<{ applied: string[]; alreadyApplied: number }> {
  return inSession(options, async (session) => {
    const dir = options.migrationsDir ?? packagedMigrationsDir;
    const migrations = await readMigrations(dir);
    const before = compareHistory(migrations, await readHistory(session));
    warnOfUnknown(before, options.log);
    if (before.pending.length === 0) return { applied: [], alreadyApplied: before.appliedCount };

    await takeTurn(session, options.log);
    await refuseMissingRights(session, placeOf(options.url));
    const current = compareHistory(migrations, await readHistory(session));
    refuseDiverged(current);
    const applied =
      current.pending.length === 0 ? [] : await run({ session, dir, migrations, current, log: options.log });
    return { applied, alreadyApplied: current.appliedCount };
  });
}

/** What applyMigrations would do, without doing it. Throws DatabaseNotReady as it does. */
export async function pendingMigrations(options: MigrationOptions): Promise<MigrationStatus> {
  return inSession(options, async (session) => {
    const migrations = await readMigrations(options.migrationsDir ?? packagedMigrationsDir);
    const { pending, appliedCount, unknown } = compareHistory(migrations, await readHistory(session));
    return { pending: pending.map(({ name }) => name), appliedCount, unknown };
  });
}

// One connection for lock, reads and scripts: a killed process leaves its statement running on the server, and the lock
// with it, so the next process waits for the outcome instead of starting the same migration beside it.
async function inSession<T>(
  { url, variable = 'DATABASE_URL' }: MigrationOptions,
  work: (session: Pool) => Promise<T>,
): Promise<T> {
  const place = placeOf(url);
  const session = new Pool({
    connectionString: url,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 5_000,
    application_name: 'commonpurse migrate',
  });
  // A pool without a listener takes the process down when the server closes an idle connection.
  session.on('error', () => {});
  try {
    await refuseOldServer(session, place);
    return await work(session);
  } catch (error) {
    throw explainDriverError(error, { place, variable });
  } finally {
    await session.end();
  }
}

async function refuseOldServer(session: Pool, place: string): Promise<void> {
  const { rows } = await session.query<{ number: number; text: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text`,
  );
  const version = rows[0];
  if (!version || version.number >= serverVersionMin) return;
  throw new DatabaseNotReady(
    'DATABASE_TOO_OLD',
    `PostgreSQL at ${place} is version ${version.text}; Commonpurse needs 15 or newer. Upgrade it, or use another server.`,
  );
}

async function refuseMissingRights(session: Pool, place: string): Promise<void> {
  const { rows } = await session.query<{ granted: boolean | null }>(
    `SELECT has_schema_privilege(current_schema(), 'CREATE') AS granted`,
  );
  if (rows[0]?.granted) return;
  throw new DatabaseNotReady(
    'DATABASE_RIGHTS_MISSING',
    `This user may not create tables at ${place}. Grant it CREATE on schema public, or migrate as the database's owner.`,
  );
}

async function takeTurn(session: Pool, log: MigrationLog): Promise<void> {
  // The engine writes times without a zone; a role's own statement_timeout would cut a long migration.
  await session.query(`SET TIME ZONE 'UTC'; SET statement_timeout = 0; SET lock_timeout = ${lockWaitMs}`);
  const { rows } = await session.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [migrationLock]);
  if (!rows[0]?.taken) {
    log.info('Another process is migrating this database. Waiting for it.');
    await session.query('SELECT pg_advisory_lock($1)', [migrationLock]).catch(refuseLocked);
  }
  await session.query('SET lock_timeout = 0');
}

function refuseLocked(error: unknown): never {
  const isTimeout = error instanceof DatabaseError && error.code === '55P03';
  if (!isTimeout) throw error;
  throw new DatabaseNotReady(
    'MIGRATION_LOCKED',
    `Another process has been migrating this database for ${lockWaitMs / 1000} seconds. ` +
      `Let it finish; SELECT * FROM pg_locks WHERE locktype = 'advisory' shows who it is.`,
  );
}

type Run = { session: Pool; dir: string; migrations: Migration[]; current: Comparison; log: MigrationLog };

async function run({ session, dir, migrations, current, log }: Run): Promise<string[]> {
  const scripts = new MigrationScripts(session, current.pending, log);
  const engine = await openEngine(scripts);
  try {
    await clearUnfinished(engine, current, log);
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: toEngineList(dir, migrations),
      filters: unfiltered,
    });
    return appliedMigrationNames;
  } catch (error) {
    throw scripts.failure?.explain() ?? explainEngineError(error);
  } finally {
    engine.free();
  }
}

// Under the lock nobody else is at work, so a migration without an end was interrupted or failed; one that is a
// transaction notes its end inside, so nothing of it can have stayed.
async function clearUnfinished(engine: SchemaEngine, { unfinished }: Comparison, log: MigrationLog): Promise<void> {
  for (const { name, isTransactional } of unfinished) {
    if (!isTransactional) throw unsettled(name);
    log.warn(`${name} did not get through before, and nothing of it was kept. Applying it again.`);
    await engine.markMigrationRolledBack({ migrationName: name });
  }
}

// Below its first line the engine's message is a trace of its own Rust code.
function explainEngineError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'SchemaConnectorError') return error;
  const message = error.message.split(/\n\s+0: /, 1)[0]?.trim() ?? error.message;
  return new DatabaseNotReady('MIGRATION_FAILED', `The schema engine stopped: ${message}`, { cause: error });
}

const unsettled = (name: string): DatabaseNotReady =>
  new DatabaseNotReady(
    'MIGRATION_UNFINISHED',
    `${name} was begun and did not finish, and part of it may have stayed. Undo that part by hand, then run ` +
      `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${name}' AND finished_at IS NULL, ` +
      'and start again.',
  );

function warnOfUnknown({ unknown, pending }: Comparison, log: MigrationLog): void {
  if (unknown.length === 0 || pending.length > 0) return;
  log.warn(
    `The database is newer than this version: it has ${unknown.join(', ')}. Running beside it, changing nothing.`,
  );
}

function refuseDiverged({ unknown, pending }: Comparison): void {
  if (unknown.length === 0 || pending.length === 0) return;
  throw new DatabaseNotReady(
    'MIGRATIONS_DIVERGED',
    `The database has ${unknown.join(', ')}, which this version does not know, and lacks ` +
      `${pending.map(({ name }) => name).join(', ')}. Start the version that has all of them.`,
  );
}
