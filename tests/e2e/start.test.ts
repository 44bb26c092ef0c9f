import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { attachOrStartEmbeddedPostgres } from '#adapters/embedded-postgres';
import { removeData } from '../world/data-folder.ts';
import { query } from '../world/scratch-database.ts';

// The built program, as `npm start` runs it; the launcher builds it first where it is stale.
const launcher = fileURLToPath(new URL('../../bin/commonpurse.mjs', import.meta.url));
const run = promisify(execFile);

let folder: string;
let dataDir: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commonpurse-start-'));
  dataDir = join(folder, 'data');
});
afterAll(async () => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGTERM');
  await Promise.all(started.map(async (child) => child.exitCode ?? child.signalCode ?? (await once(child, 'exit'))));
  await removeData(dataDir);
  await rm(folder, { recursive: true, force: true });
});

interface Command {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  exited: Promise<number | null>;
}

function commonpurse(args: string[], env: Record<string, string> = {}): Command {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { PATH, HOME, COMMONPURSE_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', ...env },
  });
  started.push(child);
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => texts.stdout, stderr: () => texts.stderr, exited };
}

async function ready(server: Command): Promise<string> {
  const isReady = (): boolean => /commonpurse watch|operator-token/.test(server.stdout());
  // Not expect.poll, which cannot tell concurrent tests apart.
  await vi.waitFor(
    () => isReady() || server.child.exitCode !== null || Promise.reject(new Error(server.stdout() + server.stderr())),
    { timeout: 60_000, interval: 50 },
  );
  return server.stdout();
}

const keyOf = (text: string): string | undefined => /cp_live_\w+/.exec(text)?.[0];

/** PostgreSQL's own processes of this data folder. */
async function databaseProcesses(ofDir = dataDir): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'args']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(ofDir) && line.includes('postgres') && line.includes(' -D '));
}

async function printedCurl(text: string): Promise<unknown> {
  const curl = /curl .*\n.*/.exec(text)?.[0] ?? 'false';
  const { stdout } = await run('sh', ['-c', curl.replace('curl ', 'curl -s ')]);
  return JSON.parse(stdout);
}

test.concurrent(
  'one command starts everything, and everything it prints works; a later start keeps it all',
  { timeout: 150_000 },
  async () => {
    const first = commonpurse(['start']);
    const printed = await ready(first);
    const url = /http:\/\/localhost:\d+/.exec(printed)?.[0] ?? '';
    expect(printed).toMatch(/Sign in +\S+@\S+ +password \S+/);
    expect(printed).toMatch(/API key +cp_live_\w+/);
    expect(printed).toMatch(new RegExp(`commonpurse watch --url ${url} --api-key cp_live_`));
    expect(await printedCurl(printed)).toMatchObject({ data: { recordUsage: { credits: '5' } } });

    const [, email, password] = /Sign in +(\S+) +password (\S+)/.exec(printed) ?? [];
    const signIn = await fetch(`${url}/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ email, password }),
    });
    expect(signIn.status).toBe(200);

    // A second start on the same folder names who has it.
    const second = commonpurse(['start']);
    expect(await second.exited).toBe(1);
    expect(second.stderr()).toContain(String(first.child.pid));
    expect(second.stderr()).toContain(url);

    // Standard output of this command is the token alone, for scripts; it attaches to what runs.
    const token = commonpurse(['operator-token', '--name', 'Test']);
    expect(await token.exited).toBe(0);
    expect(token.stdout()).toMatch(/^cp_op_\w+\n$/);

    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    expect(await databaseProcesses()).toEqual([]);

    const later = commonpurse(['start']);
    const again = await ready(later);
    expect(keyOf(again)).toBe(keyOf(printed));
    // The same idempotency key as before: the first answer, nothing charged.
    expect(await printedCurl(again)).toMatchObject({ data: { recordUsage: { credits: '5' } } });

    later.child.kill('SIGKILL');
    await later.exited;
    const survivor = commonpurse(['start']);
    expect(keyOf(await ready(survivor))).toBe(keyOf(printed));
    survivor.child.kill('SIGINT');
    expect(await survivor.exited).toBe(0);
    expect(await databaseProcesses()).toEqual([]);

    // With nothing running a command starts the database itself, and stops it.
    const alone = commonpurse(['operator-token']);
    expect(await alone.exited).toBe(0);
    expect(alone.stdout()).toMatch(/^cp_op_\w+\n$/);
    const migrate = commonpurse(['migrate']);
    expect(await migrate.exited).toBe(0);
    expect(migrate.stdout()).toContain('Up to date');
    const proof = commonpurse(['verify']);
    expect(await proof.exited).toBe(0);
    expect(proof.stdout()).toMatch(/^audit log: [1-9]\d* rows/);
    expect(await databaseProcesses()).toEqual([]);
    expect((await readFile(join(dataDir, 'demo.json'), 'utf8')).length).toBeGreaterThan(0);
  },
);

test.concurrent('server and worker run apart, and share one database', { timeout: 150_000 }, async () => {
  const env = { COMMONPURSE_DATA_DIR: join(folder, 'apart'), SEED: 'false' };
  const server = commonpurse(['start', '--only', 'server'], env);
  await ready(server);
  const database = await attachOrStartEmbeddedPostgres({ dataDir: env.COMMONPURSE_DATA_DIR, log: () => {} });
  const queue = () => query(database.url, `SELECT FROM pg_namespace WHERE nspname = 'graphile_worker'`);
  expect(await queue()).toHaveLength(0);

  const worker = commonpurse(['start', '--only', 'worker'], env);
  await vi.waitFor(() => expect(worker.stdout()).toContain('worker is ready'), { timeout: 60_000, interval: 50 });
  expect(worker.stdout()).toMatch(/ledger-partitions +\S+ \* \* \* \* {2}\(UTC\)/);
  expect(worker.stdout()).not.toContain('http');
  expect(await queue()).toHaveLength(1);

  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(await queue()).toHaveLength(1);
  await database.stop();
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  expect(await databaseProcesses(env.COMMONPURSE_DATA_DIR)).toEqual([]);

  const neither = commonpurse(['start', '--only', 'nothing'], env);
  expect(await neither.exited).toBe(1);
  expect(neither.stderr()).toMatch(/server.*worker/);
});

test.concurrent('a taken port is named, and leaves no database behind', { timeout: 150_000 }, async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as { port: number };
  const otherDir = join(folder, 'other');
  const command = commonpurse(['start'], { PORT: String(port), COMMONPURSE_DATA_DIR: otherDir });
  expect(await command.exited).toBe(1);
  expect(command.stderr()).toContain(`port ${port} is taken`);
  expect(command.stderr()).not.toContain('    at ');
  expect(await databaseProcesses(otherDir)).toEqual([]);
  squatter.close();
});

test.concurrent.each<[what: string, env: Record<string, string>, words: string[]]>([
  ['a bad value', { PORT: 'many', PUBLIC_URL: 'nowhere' }, ['PORT', 'many', 'PUBLIC_URL']],
  ['a database without a secret', { DATABASE_URL: 'postgresql://127.0.0.1:1/x' }, ['AUTH_SECRET', 'SEALING_KEY']],
  [
    'a database that is away',
    {
      DATABASE_URL: 'postgresql://someone:hidden@127.0.0.1:1/x',
      AUTH_SECRET: 'x'.repeat(32),
      SEALING_KEY: Buffer.alloc(32).toString('base64'),
    },
    ['127.0.0.1'],
  ],
])('%s ends the start with words that name it', { timeout: 150_000 }, async (_what, env, words) => {
  const command = commonpurse(['start'], env);
  expect(await command.exited).toBe(1);
  for (const word of words) expect(command.stderr()).toContain(word);
  expect(command.stderr()).not.toContain('    at ');
  expect(command.stderr()).not.toContain('hidden');
});
