import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { Client } from 'pg';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { applyMigrations } from '#adapters/migrations';
import type { DatabaseNotReady } from '#adapters/migrations/not-ready';
import { makeDatabase, refusalOf, sha256 } from './migrations-fixture.ts';

const first = '20260101000000_first';
const second = '20260102000000_second';
const third = '20260103000000_third';
const table = (name: string): string => `CREATE TABLE ${name} (id int PRIMARY KEY);`;

const sharedLock = 'SELECT pg_advisory_lock(72707369)';

describe('pending migrations', () => {
  it('are applied in order, once', async () => {
    const database = await makeDatabase({ [second]: 'INSERT INTO a VALUES (1);', [first]: table('a') });
    expect(await database.pending()).toEqual({ pending: [first, second], appliedCount: 0, unknown: [] });
    expect(await database.apply()).toEqual({ applied: [first, second], alreadyApplied: 0 });
    expect(await database.apply()).toEqual({ applied: [], alreadyApplied: 2 });
    expect(await database.query('SELECT id FROM a')).toEqual([{ id: 1 }]);
    expect(database.lines).toEqual([`Applying ${first}`, `Applying ${second}`]);
  });

  it('hold function bodies, comments and texts with semicolons', async () => {
    const sql = `CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$; -- a; b
      CREATE TABLE a (t text DEFAULT ';'); COMMENT ON TABLE a IS 'one; two' -- and no semicolon at the end`;
    const database = await makeDatabase({ [first]: sql });
    await database.apply();
    expect(await database.query('SELECT two()')).toEqual([{ two: 2 }]);
  });

  it('leave the rows that `prisma migrate deploy` would', async () => {
    const database = await makeDatabase({ [first]: table('a') });
    await database.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Kolkata''', current_database()); END $$`,
    );
    await database.apply();
    const rows = await database.query(
      `SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count,
         abs(extract(epoch FROM finished_at - now())) < 60 AS finished, abs(extract(epoch FROM started_at - now())) < 60 AS started
       FROM _prisma_migrations`,
    );
    expect(rows).toEqual([
      {
        migration_name: first,
        checksum: sha256(table('a')),
        logs: null,
        rolled_back_at: null,
        applied_steps_count: 1,
        finished: true,
        started: true,
      },
    ]);
  });

  it('are applied once by two processes that start at once', async () => {
    const database = await makeDatabase({ [first]: `${table('a')} SELECT pg_sleep(0.3)`, [second]: table('b') });
    const outcomes = await Promise.all([database.apply(), database.apply()]);
    expect(outcomes.flatMap(({ applied }) => applied)).toEqual([first, second]);
    expect(await database.history()).toEqual([
      { name: first, end: 'finished' },
      { name: second, end: 'finished' },
    ]);
    expect(database.lines).toContain('Another process is migrating this database. Waiting for it.');
  });

  it('wait for a Prisma CLI at work, and a database that has them all waits for nobody', async () => {
    const database = await makeDatabase({ [first]: table('a') });
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query(sharedLock);
    const applying = database.apply();
    await vi.waitFor(() => expect(database.lines).toHaveLength(1));
    await other.end();
    expect((await applying).applied).toEqual([first]);

    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query(sharedLock);
    expect((await database.apply()).applied).toEqual([]);
  });

  it('are settled by the next start when the process is killed in the middle', async () => {
    const database = await makeDatabase({ [first]: `${table('a')} SELECT pg_sleep(1.5)` });
    const program = `import { applyMigrations } from '#adapters/migrations';
      await applyMigrations({ url: ${JSON.stringify(database.url)}, migrationsDir: ${JSON.stringify(database.migrationsDir)}, log: console });`;
    const args = ['--conditions=source', '--import', 'tsx', '--input-type=module', '--eval', program];
    const child = spawn(process.execPath, args, {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: 'ignore',
    });
    const sleeping = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    await vi.waitFor(async () => expect(await database.query(sleeping)).toHaveLength(1), { timeout: 10_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');

    await database.apply();
    expect((await database.history()).filter(({ end }) => end === 'finished')).toEqual([
      { name: first, end: 'finished' },
    ]);
    expect(await database.query('SELECT id FROM a')).toEqual([]);
    expect(await database.pending()).toMatchObject({ pending: [] });
  });
});

describe('a migration that fails', () => {
  it('is named with its line and the reason, keeps nothing, and goes through once corrected', async () => {
    const database = await makeDatabase({
      [first]: table('a'),
      [second]: `${table('b')}\nINSERT INTO b VALUES (1);\nINSERT INTO nowhere VALUES (1);`,
      [third]: table('c'),
    });
    const refusal = await refusalOf(database.apply());
    expect(refusal.code).toBe('MIGRATION_FAILED');
    expect(refusal.message).toBe(
      `${second} failed at line 3: relation "nowhere" does not exist. Nothing of it was kept. Correct the cause and start again.`,
    );
    expect(await database.query(`SELECT to_regclass('a') AS a, to_regclass('b') AS b, to_regclass('c') AS c`)).toEqual([
      { a: 'a', b: null, c: null },
    ]);
    await database.write({ [second]: table('b') });
    expect((await database.apply()).applied).toEqual([second, third]);
    expect((await database.history()).map(({ end }) => end)).toEqual([
      'finished',
      'rolled back',
      'finished',
      'finished',
    ]);
  });

  it('may leave a transaction of its own open', async () => {
    const database = await makeDatabase({ [first]: `BEGIN; ${table('a')} SELECT 1/0; COMMIT;` });
    expect((await refusalOf(database.apply())).message).toMatch(/division by zero/);
    await database.write({ [first]: table('a') });
    expect((await database.apply()).applied).toEqual([first]);
  });

  it('goes through on the next start after the server ended the connection', async () => {
    const database = await makeDatabase({ [first]: `${table('a')} SELECT pg_terminate_backend(pg_backend_pid());` });
    expect((await refusalOf(database.apply())).code).toBe('MIGRATION_FAILED');
    await database.write({ [first]: table('a') });
    expect((await database.apply()).applied).toEqual([first]);
  });

  it('is tried again where a Prisma CLI left it failed', async () => {
    const database = await makeDatabase({ [first]: table('a'), [second]: table('b') });
    await database.apply();
    await database.query(
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${second}'; DROP TABLE b`,
    );
    expect((await database.apply()).applied).toEqual([second]);
    expect(database.lines.at(-2)).toMatch(/^warning: .*second did not get through before/);
  });

  it('outside a transaction is applied alone, and stops later starts until it is settled by hand', async () => {
    const concurrently = '-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY a_t ON a (t)';
    const database = await makeDatabase({
      [first]: 'CREATE TABLE a (t int); INSERT INTO a VALUES (1), (1);',
      [second]: concurrently,
    });
    expect((await refusalOf(database.apply())).message).toMatch(
      /could not create unique index.*part of it may have stayed/,
    );
    const refusal = await refusalOf(database.apply());
    expect(refusal.code).toBe('MIGRATION_UNFINISHED');
    const repair = /run (UPDATE .*), and/.exec(refusal.message)?.[1];
    await database.query(`DROP INDEX a_t; TRUNCATE a; ${repair}`);
    expect((await database.apply()).applied).toEqual([second]);
  });
});

describe('a history that differs from the folder', () => {
  it('is refused when an applied migration was edited, not when its line ends were rewritten', async () => {
    const database = await makeDatabase({ [first]: `${table('a')}\n` });
    await database.apply();
    await database.write({ [first]: `${table('a')}\r\n` });
    expect(await database.apply()).toEqual({ applied: [], alreadyApplied: 1 });
    await database.write({ [first]: table('b') });
    const refusal = await refusalOf(database.apply());
    expect(refusal.code).toBe('MIGRATION_EDITED');
    expect(refusal.message).toContain(first);
  });

  it('lets an older version start beside a newer database, and change nothing', async () => {
    const database = await makeDatabase({ [first]: table('a'), [second]: table('b') });
    await database.apply();
    await database.remove(second);
    expect(await database.apply()).toEqual({ applied: [], alreadyApplied: 2 });
    expect(database.lines.at(-1)).toMatch(new RegExp(`^warning: The database is newer .*${second}`));
    expect(await database.pending()).toEqual({ pending: [], appliedCount: 2, unknown: [second] });
    await database.write({ [third]: table('c') });
    expect((await refusalOf(database.apply())).code).toBe('MIGRATIONS_DIVERGED');
  });

  it('lets the older version start again after a newer one could not migrate', async () => {
    const database = await makeDatabase({ [first]: table('a'), [second]: 'SELECT 1/0' });
    await refusalOf(database.apply());
    await database.remove(second);
    expect(await database.apply()).toEqual({ applied: [], alreadyApplied: 1 });
    expect(database.lines.at(-1)).toContain(second);
  });

  it('is refused where the package holds no migrations', async () => {
    const database = await makeDatabase({});
    expect((await refusalOf(database.apply())).code).toBe('MIGRATIONS_MISSING');
  });
});

it('the migrations of this package apply to an empty database', async () => {
  const { url, log } = await makeDatabase({});
  const { applied } = await applyMigrations({ url, log });
  expect(applied[0]).toMatch(/_initial$/);
  expect(await applyMigrations({ url, log })).toEqual({ applied: [], alreadyApplied: applied.length });
});

describe('a database that cannot be used is refused', () => {
  it.each([
    ['an address that is none', 'DATABASE_URL_INVALID', () => 'postgres//me:hunter2@host/db'],
    ['a port where nothing listens', 'DATABASE_UNREACHABLE', () => changed((url) => (url.port = '1'))],
    ['a host without a name', 'DATABASE_UNREACHABLE', () => changed((url) => (url.hostname = 'nowhere.invalid'))],
    ['a user that it refuses', 'DATABASE_LOGIN_REFUSED', () => changed((url) => (url.username = 'nobody_here'))],
    ['a database that does not exist', 'DATABASE_MISSING', () => new URL('/nothing_here', inject('adminUrl')).href],
  ])('%s', async (_, code, url) => {
    const refusal = await refusalAt(url());
    expect(refusal.code).toBe(code);
    expect(inspect(refusal)).not.toContain('hunter2');
  });

  it('rights to make tables that are missing', async () => {
    const database = await makeDatabase({ [first]: table('a') });
    const role = new URL(database.url).pathname.slice(1);
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'hunter2'; REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
    onTestFinished(async () => void (await database.query(`DROP ROLE ${role}`)));
    const url = new URL(database.url);
    url.username = role;
    url.password = 'hunter2';
    expect((await refusalAt(url.href)).code).toBe('DATABASE_RIGHTS_MISSING');
  });

  it('a PostgreSQL older than 15', async () => {
    const database = await makeDatabase({ [first]: table('a') });
    await database.query(`CREATE SCHEMA old; CREATE FUNCTION old.current_setting(text) RETURNS text LANGUAGE sql AS
      $$ SELECT CASE WHEN $1 = 'server_version_num' THEN '140020' ELSE '14.20' END $$;
      DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = old, pg_catalog, public', current_database()); END $$`);
    const refusal = await refusalOf(database.apply());
    expect(refusal.code).toBe('DATABASE_TOO_OLD');
    expect(refusal.message).toContain('version 14.20; Commonpurse needs 15 or newer');
  });
});

const refusalAt = (url: string): Promise<DatabaseNotReady> =>
  refusalOf(applyMigrations({ url, log: { info: () => {}, warn: () => {} } }));

const changed = (change: (url: URL) => void): string => {
  const url = new URL(inject('adminUrl'));
  url.password = 'hunter2';
  change(url);
  return url.href;
};
