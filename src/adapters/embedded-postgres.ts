import { setTimeout as sleep } from 'node:timers/promises';
import { databaseName, findCluster, openCluster, readPassword, urlOf } from './embedded-postgres/cluster.ts';
import type { Cluster } from './embedded-postgres/cluster.ts';
import { ensureDatabase, hasDatabase } from './embedded-postgres/database.ts';
import { EmbeddedPostgresFailed } from './embedded-postgres/failure.ts';
import { claimInstance, DataFolderInUse } from './embedded-postgres/instance.ts';
import type { InstanceClaim, InstanceRole } from './embedded-postgres/instance.ts';
import { boundLog, logFile } from './embedded-postgres/log-file.ts';
import { choosePort, rememberPort } from './embedded-postgres/ports.ts';
import { ensurePostmaster, findPostmaster, PortTaken, stopPostmaster } from './embedded-postgres/postmaster.ts';
import type { Postmaster, Settings } from './embedded-postgres/postmaster.ts';
import { supervise } from './embedded-postgres/supervision.ts';

export type EmbeddedPostgres = {
  /** A connection string with its password; on 127.0.0.1 only. */
  url: string;
  dataDir: string;
  port: number;
  /** Tells later starts and commands where the server on this data folder answers. */
  announce(serverUrl: string): Promise<void>;
  /** Ends PostgreSQL and gives the data folder back; does nothing to one that was only attached to. */
  stop(): Promise<void>;
};

export type EmbeddedPostgresOptions = {
  dataDir: string;
  /** Told of steps that take time or that a person should know of. */
  log: (line: string) => void;
  /** Where root puts programs and data when the system user may not enter their folders. */
  sharedDir?: string;
  /** Server settings over the durable defaults, for tests that need no durability. */
  settings?: Settings;
};

/**
 * PostgreSQL for the one server of a data folder. It survives a kill -9 of the server and of itself, and is restarted
 * when it dies meanwhile. Throws DataFolderInUse if a server is running there, and EmbeddedPostgresFailed.
 */
export const startEmbeddedPostgres = (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> =>
  start(options, 'server');

/** PostgreSQL for a command: that of the running server, or its own until `stop()`. */
export async function attachOrStartEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await start(options, 'command');
    } catch (error) {
      const isServed = error instanceof DataFolderInUse && error.instance.role === 'server';
      if (!isServed) throw error;
      const attached = await attach(options.dataDir);
      if (attached) return attached;
      if (Date.now() > deadline) throw error;
    }
    await sleep(100);
  }
}

/** How long a command is waited for, or a server whose database is not up yet. */
const patienceMs = 30_000;

async function start(options: EmbeddedPostgresOptions, role: InstanceRole): Promise<EmbeddedPostgres> {
  try {
    const claim = await claimFolder(options, role);
    try {
      return await serve(options, claim);
    } catch (error) {
      await claim.release();
      throw error;
    }
  } catch (error) {
    throw isFileError(error) ? unusableFolder(options.dataDir, error) : error;
  }
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'path' in error && 'syscall' in error;

const unusableFolder = (dataDir: string, cause: NodeJS.ErrnoException): EmbeddedPostgresFailed =>
  new EmbeddedPostgresFailed(
    `The embedded database cannot use the folder ${dataDir} (${cause.message}). ` +
      `Start Commonpurse as the user who owns it, or name another folder with COMMONPURSE_DATA_DIR.`,
    { cause },
  );

/** Commands take turns, and a server waits for them: whoever stops the database must be its only user. */
async function claimFolder({ dataDir, log }: EmbeddedPostgresOptions, role: InstanceRole): Promise<InstanceClaim> {
  const deadline = Date.now() + patienceMs;
  let hasTold = false;
  for (;;) {
    try {
      return await claimInstance(dataDir, role);
    } catch (error) {
      const isPassing = error instanceof DataFolderInUse && error.instance.role === 'command' && Date.now() < deadline;
      if (!isPassing) throw error;
      if (!hasTold) log(`Waiting for another command on ${dataDir} (pid ${error.instance.pid})`);
      hasTold = true;
    }
    await sleep(100);
  }
}

async function serve(options: EmbeddedPostgresOptions, claim: InstanceClaim): Promise<EmbeddedPostgres> {
  const { dataDir, log, sharedDir = '/var/lib/commonpurse', settings = {} } = options;
  const cluster = await openCluster({ dataDir, sharedDir, log });
  const logPath = logFile(dataDir);
  await boundLog(logPath);

  const endWithUs = () => endPostmaster(cluster);
  process.once('exit', endWithUs);
  const ensureOn = (port: number) => ensurePostmaster(cluster, { port, settings, logPath, log });
  try {
    const { port } = await ensureOnSomePort(dataDir, ensureOn);
    await rememberPort(dataDir, port);
    await ensureDatabase(cluster.password, port);
    const restart = async () => void (await ensureOn(port));
    const supervision = supervise({ directory: cluster.directory, logPath, restart, log });
    const stopAll = async () => {
      await supervision.stop();
      await stopPostmaster(cluster);
      process.off('exit', endWithUs);
      await claim.release();
    };
    let stopping: Promise<void> | undefined;
    const url = urlOf(cluster.password, port, databaseName);
    return {
      url,
      dataDir,
      port,
      announce: (serverUrl) => claim.announce(serverUrl),
      stop: () => (stopping ??= stopAll()),
    };
  } catch (error) {
    await stopPostmaster(cluster);
    process.off('exit', endWithUs);
    throw error;
  }
}

/** Between looking for a free port and listening on it another program can take it. */
async function ensureOnSomePort(dataDir: string, ensureOn: (port: number) => Promise<Postmaster>): Promise<Postmaster> {
  for (let attemptsLeft = 3; ; attemptsLeft -= 1) {
    try {
      return await ensureOn(await choosePort(dataDir));
    } catch (error) {
      if (!(error instanceof PortTaken) || attemptsLeft === 1) throw error;
    }
  }
}

/** For ways out that skip `stop()`: in an exit handler only a signal can still be sent, a fast shutdown's. */
function endPostmaster({ directory }: Cluster): void {
  const postmaster = findPostmaster(directory);
  if (postmaster) process.kill(postmaster.pid, 'SIGINT');
}

/** `undefined` while the server that owns the folder is still bringing its database up. */
async function attach(dataDir: string): Promise<EmbeddedPostgres | undefined> {
  const directory = findCluster(dataDir);
  const postmaster = directory === undefined ? undefined : findPostmaster(directory);
  if (directory === undefined || !postmaster?.isReady) return undefined;
  const { port } = postmaster;
  const password = await readPassword(directory);
  if (!(await hasDatabase(password, port))) return undefined;
  return { url: urlOf(password, port, databaseName), dataDir, port, announce: leaveAlone, stop: leaveAlone };
}

const leaveAlone = () => Promise.resolve();
