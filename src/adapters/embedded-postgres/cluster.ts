import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { binaryEnv, locateBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresFailed } from './failure.ts';
import { canEnter, chooseRunAs } from './system-user.ts';
import type { RunAs } from './system-user.ts';

const run = promisify(execFile);

export type Cluster = { directory: string; password: string; runAs: RunAs; binaries: Binaries };

export type ClusterOptions = {
  dataDir: string;
  /** Where root puts what the system user cannot reach below `dataDir`. */
  sharedDir: string;
  log: (line: string) => void;
};

export const databaseName = 'commonpurse';

export const urlOf = (password: string, port: number, database: string): string =>
  `postgresql://${databaseName}:${password}@127.0.0.1:${port}/${database}`;

/** The cluster of a data folder, made if there is none. Call it only while holding the folder's claim. */
export async function openCluster({ dataDir, sharedDir, log }: ClusterOptions): Promise<Cluster> {
  const existing = findCluster(dataDir);
  const runAs = await chooseRunAs(existing, log);
  const binaries = await locateBinaries(runAs, sharedDir, log);
  const directory = existing ?? (await createCluster({ dataDir, sharedDir, log }, runAs, binaries));
  if (!(await canEnter(directory, runAs))) {
    throw new EmbeddedPostgresFailed(
      `PostgreSQL runs as the user with id ${runAs.uid} and may not enter ${directory}. Open the folders above it to that user (chmod a+x).`,
    );
  }
  return { directory, password: await readPassword(directory), runAs, binaries };
}

/** Where the data is; `undefined` before the first start. A folder that exists is complete: it got its name last. */
export function findCluster(dataDir: string): string | undefined {
  const directory = readLocation(dataDir) ?? join(dataDir, 'postgres');
  if (!existsSync(directory)) return undefined;
  try {
    accessSync(join(directory, 'PG_VERSION'));
  } catch (error) {
    const fix =
      (error as NodeJS.ErrnoException).code === 'EACCES'
        ? `belongs to the user with id ${statSync(directory).uid}: start Commonpurse as that user or as root`
        : 'is not a PostgreSQL data directory: restore it from a backup, or delete it to begin with an empty database';
    throw new EmbeddedPostgresFailed(`${directory} ${fix}.`, { cause: error });
  }
  // One spelling, since a running postmaster is recognised by this path on its command line.
  return realpathSync(directory);
}

export const readPassword = async (directory: string): Promise<string> =>
  (await readFile(join(directory, passwordFile), 'utf8')).trim();

/** PostgreSQL leaves unknown files in its directory alone, so that data and password appear, move and go together. */
const passwordFile = 'commonpurse.password';

const locationFile = (dataDir: string): string => join(dataDir, 'postgres.location');

/**
 * Only a cluster outside the data folder is remembered, so that a data folder can be moved. What is remembered and gone
 * is an error: silently beginning with an empty database would look like lost credits.
 */
function readLocation(dataDir: string): string | undefined {
  if (!existsSync(locationFile(dataDir))) return undefined;
  const directory = readFileSync(locationFile(dataDir), 'utf8').trim();
  if (isAbsolute(directory) && existsSync(directory)) return directory;
  throw new EmbeddedPostgresFailed(
    `${locationFile(dataDir)} says that the database is in "${directory}", where nothing is. ` +
      `Restore that folder, correct the file, or delete the file to begin with an empty database.`,
  );
}

const draftPrefix = 'postgres-draft-';

/** initdb works in a draft that is renamed when whole: killed half-way, it leaves nothing that looks like a database. */
async function createCluster(
  { dataDir, sharedDir, log }: ClusterOptions,
  runAs: RunAs,
  binaries: Binaries,
): Promise<string> {
  await removeDrafts(dataDir);
  const isReachable = await canEnter(dataDir, runAs);
  const parent = realpathSync(isReachable ? dataDir : await makeSharedDir(sharedDir));
  const suffix = randomBytes(6).toString('hex');
  const directory = join(parent, isReachable ? 'postgres' : `data-${suffix}`);
  log(
    isReachable
      ? `Creating the database in ${directory}`
      : `Creating the database in ${directory}, because the user that PostgreSQL runs as may not enter ${dataDir}`,
  );
  const draft = join(parent, `${draftPrefix}${suffix}`);
  await initialise(draft, runAs, binaries);
  await rename(draft, directory);
  if (!isReachable) await rememberLocation(dataDir, directory);
  return directory;
}

async function initialise(directory: string, runAs: RunAs, { initdb }: Binaries): Promise<void> {
  const password = `${directory}.password`;
  await mkdir(directory, { mode: 0o700 });
  await writeSynced(password, `${randomBytes(24).toString('base64url')}\n`);
  for (const path of [directory, password]) {
    if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(path, runAs.uid, runAs.gid);
  }
  // The builtin locale sorts alike on every machine, where a libc's own changes with its version and corrupts indexes.
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = [`--username=${databaseName}`, '--auth=scram-sha-256', `--pwfile=${password}`];
  try {
    await run(initdb, [`--pgdata=${directory}`, ...access, ...locale], { ...runAs, ...binaryEnv, cwd: '/' });
    await rename(password, join(directory, passwordFile));
  } catch (error) {
    await Promise.all([directory, password].map((path) => rm(path, { recursive: true, force: true })));
    throw new EmbeddedPostgresFailed(`The database could not be created. ${(error as Error).message.trim()}`, {
      cause: error,
    });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function rememberLocation(dataDir: string, directory: string): Promise<void> {
  const draft = `${locationFile(dataDir)}.draft`;
  await writeFile(draft, `${directory}\n`);
  await rename(draft, locationFile(dataDir));
}

async function makeSharedDir(sharedDir: string): Promise<string> {
  await mkdir(sharedDir, { recursive: true, mode: 0o755 });
  return sharedDir;
}

async function removeDrafts(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(draftPrefix)) await rm(join(dataDir, name), { recursive: true, force: true });
  }
}
