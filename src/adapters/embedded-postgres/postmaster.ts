import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { binaryEnv } from './binaries.ts';
import type { Cluster } from './cluster.ts';
import { EmbeddedPostgresFailed } from './failure.ts';
import { readSize, readTail } from './log-file.ts';
import { isPidTaken, readCommandLine, readProcessIdentity } from './processes.ts';

const run = promisify(execFile);

/** The first process of a PostgreSQL; its death ends the others. */
export type Postmaster = { pid: number; port: number; isReady: boolean };

export type Settings = Readonly<Record<string, string>>;

export type StartOptions = { port: number; settings: Settings; logPath: string; log: (line: string) => void };

const defaults: Settings = {
  listen_addresses: '127.0.0.1',
  // A socket would be a second way in, with a path limit of 107 bytes.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Failing statements are told to their client; their text, which can hold customers' data, is kept out of the file.
  log_min_error_statement: 'panic',
};

/** The living postmaster of a cluster, whoever started it. */
export function findPostmaster(directory: string): Postmaster | undefined {
  const postmaster = readPidFile(directory);
  if (!postmaster || readProcessIdentity(postmaster.pid) === undefined) return undefined;
  const commandLine = readCommandLine(postmaster.pid);
  return commandLine === undefined || commandLine.includes(directory) ? postmaster : undefined;
}

/**
 * A postmaster that accepts connections: the one that a killed server left behind, or a new one. Throws PortTaken, or
 * EmbeddedPostgresFailed with what PostgreSQL wrote.
 */
export async function ensurePostmaster(cluster: Cluster, options: StartOptions): Promise<Postmaster> {
  const deadline = Date.now() + settleMs;
  const notice = noticeEvery(noticeMs, options.log);
  for (;;) {
    const running = findPostmaster(cluster.directory);
    if (running?.isReady) {
      options.log(`Taking over the PostgreSQL that is still running here (pid ${running.pid})`);
      return running;
    }
    if (running) {
      notice(`Waiting for the PostgreSQL that is still running here (pid ${running.pid}) to get ready`);
    } else {
      const outcome = await startPostmaster(cluster, options);
      if (typeof outcome !== 'string') return outcome;
      if (!isHeldByTheDying(outcome) || Date.now() > deadline) throw failureOf(outcome, options);
    }
    await sleep(100);
  }
}

export class PortTaken extends EmbeddedPostgresFailed {
  override name = 'PortTaken';
}

/** Clients are disconnected, everything is on disk; a postmaster that does not obey within 30 s is ended at once. */
export async function stopPostmaster({ directory, binaries, runAs }: Cluster): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    if (!findPostmaster(directory)) return;
    const flags = ['-D', directory, '-m', mode, '-w', '-t', '30', '-s'];
    await run(binaries.pgCtl, ['stop', ...flags], { ...runAs, ...binaryEnv, cwd: '/' }).catch(() => undefined);
  }
}

/** How long the processes of a killed postmaster may take to notice and go. */
const settleMs = 30_000;
const noticeMs = 5_000;

function noticeEvery(intervalMs: number, log: (line: string) => void): (line: string) => void {
  let nextAt = Date.now() + intervalMs;
  return (line) => {
    if (Date.now() < nextAt) return;
    log(line);
    nextAt = Date.now() + intervalMs;
  };
}

const isHeldByTheDying = (output: string): boolean =>
  /pre-existing shared memory block|lock file .* already exists/.test(output);

function failureOf(output: string, { port, logPath }: StartOptions): EmbeddedPostgresFailed {
  const isPortTaken = /could not create any TCP\/IP sockets|could not bind/.test(output);
  if (isPortTaken) return new PortTaken(`Port ${port} is taken.`);
  return new EmbeddedPostgresFailed(`PostgreSQL did not start. The end of ${logPath}:\n${output}`);
}

/** Answers with what PostgreSQL wrote if it ended instead of getting ready. */
async function startPostmaster(cluster: Cluster, options: StartOptions): Promise<Postmaster | string> {
  const { directory, binaries, runAs } = cluster;
  removeMisleadingPidFile(directory);
  const logged = await readSize(options.logPath);
  const output = openSync(options.logPath, 'a', 0o600);
  const settings = Object.entries({ ...defaults, ...options.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const child = spawn(binaries.postgres, ['-D', directory, '-p', String(options.port), ...settings], {
    ...runAs,
    ...binaryEnv,
    cwd: '/',
    stdio: ['ignore', output, output],
    // A session of its own: Ctrl-C in the terminal must reach us alone, or the database is gone before we have drained.
    detached: true,
  });
  closeSync(output);
  child.unref();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => resolve(readTail(options.logPath, logged)));
  });

  const notice = noticeEvery(noticeMs, options.log);
  for (;;) {
    const postmaster = readPidFile(directory);
    if (postmaster?.isReady && postmaster.pid === child.pid) return postmaster;
    const outcome = await Promise.race([ended, sleep(20)]);
    if (outcome !== undefined) return outcome;
    notice('PostgreSQL is still starting; after a crash it first repeats its last changes');
  }
}

/**
 * PostgreSQL does not start beside a pid that lives, though it is now a stranger's or a zombie's. A file whose pid is
 * simply gone stays: PostgreSQL also looks in it for survivors of the old postmaster that may still be writing.
 */
function removeMisleadingPidFile(directory: string): void {
  const named = readPidFile(directory);
  if (named && isPidTaken(named.pid) && !findPostmaster(directory)) rmSync(join(directory, 'postmaster.pid'));
}

/** Lines of postmaster.pid by PostgreSQL's pidfile.h: 1 the pid, 4 the port, 8 the status. */
function readPidFile(directory: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
}
