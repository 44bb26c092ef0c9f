import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Names one life of a pid: the same pid given to a later process has another identity. `undefined`: no such process.
 * A zombie counts as gone, since below an init that never reaps (a container) it would block its data folder for ever.
 */
export function readProcessIdentity(pid: number): string | undefined {
  if (!isPidTaken(pid)) return undefined;
  if (process.platform === 'linux') return readLinuxIdentity(pid);
  // Without `ps` the pid alone has to do: a reused one then makes us refuse, which is the safe side.
  return process.platform === 'win32' ? 'alive' : askPs(pid, 'lstart=');
}

/** `undefined`: no such process, or a platform that does not tell. */
export function readCommandLine(pid: number): string | undefined {
  if (process.platform === 'linux') return readProcFile(pid, 'cmdline')?.replaceAll('\0', ' ');
  return process.platform === 'win32' ? undefined : askPs(pid, 'command=');
}

/** Also by a zombie. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM is the answer about a living process of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** proc(5): the state is the first field after the parenthesised name, the start time in ticks since boot the 20th. */
function readLinuxIdentity(pid: number): string | undefined {
  const stat = readProcFile(pid, 'stat');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${bootId}/${fields[19]}`;
}

function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

function askPs(pid: number, column: string): string | undefined {
  try {
    return execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
