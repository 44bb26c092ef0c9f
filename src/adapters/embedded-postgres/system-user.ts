import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import { EmbeddedPostgresFailed, useOwnDatabase } from './failure.ts';

const run = promisify(execFile);

/** Spawn options. Empty: as ourselves. PostgreSQL refuses to run as root, so root has to name somebody else. */
export type RunAs = { uid?: number; gid?: number };

const userName = 'postgres';

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Whom PostgreSQL runs as. A cluster belongs to the user who made it and no other may serve it, so that root can start
 * what an ordinary user began; for a new one root takes the system user `postgres`, and creates it where it is missing.
 */
export async function chooseRunAs(existingCluster: string | undefined, log: (line: string) => void): Promise<RunAs> {
  if (!isRoot()) return {};
  if (existingCluster !== undefined) {
    const { uid, gid } = statSync(existingCluster);
    if (uid !== 0) return { uid, gid };
  }
  const found = await lookUp();
  if (found) return found;
  log(`Creating the system user "${userName}", because PostgreSQL does not run as root.`);
  try {
    await run('groupadd', ['--system', '--force', userName]);
    await run('useradd', ['--system', '--gid', userName, '--no-create-home', '--shell', '/bin/false', userName]);
  } catch (error) {
    throw new EmbeddedPostgresFailed(
      `PostgreSQL does not run as root, and the system user "${userName}" could not be created. ` +
        `Create it, or start Commonpurse as an ordinary user. ${useOwnDatabase}`,
      { cause: error },
    );
  }
  return (await lookUp()) ?? {};
}

/** Asked of the kernel by trying: access lists and mounts make an answer from mode bits wrong. */
export async function canEnter(directory: string, runAs: RunAs): Promise<boolean> {
  if (runAs.uid === undefined) return true;
  try {
    await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { ...runAs, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

async function lookUp(): Promise<Required<RunAs> | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', userName]), run('id', ['-g', userName])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
