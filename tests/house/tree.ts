import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export type Sources = ReadonlyMap<string, string>;

/** What belongs to the project: tracked files and those that git would track, as paths from the root. */
export function listFiles(): string[] {
  // safe.directory: a checkout owned by another user, as in a container, must not read as an empty project.
  const listing = execFileSync(
    'git',
    ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  // A file deleted but not yet committed is still listed.
  return listing
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .toSorted();
}

/** A second reading, straight from the disk, to prove that the first one saw everything. */
export function walkFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'))
    .toSorted();
}

export function readSources(paths: Iterable<string>): Sources {
  return new Map(Array.from(paths, (path) => [path, readFileSync(join(root, path), 'utf8')]));
}

export const isTypeScript = (path: string): boolean => /\.tsx?$/.test(path);
