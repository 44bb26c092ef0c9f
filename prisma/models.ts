import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SchemaContainer } from '@prisma/schema-engine-wasm';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = 'prisma/schema';

/** The models in the working tree. */
export async function readModels(): Promise<SchemaContainer[]> {
  const paths = (await readdir(join(root, folder))).filter(isModelFile).toSorted();
  return Promise.all(paths.map(async (path) => ({ path, content: await readFile(join(root, folder, path), 'utf8') })));
}

/** The models as committed; none, if the commit has no such folder. Throws when `commit` names nothing. */
export async function readCommittedModels(commit: string): Promise<SchemaContainer[]> {
  const listed = await git('ls-tree', '--name-only', `${commit}:./${folder}`);
  const paths = listed.split('\n').filter(isModelFile);
  return Promise.all(
    paths.map(async (path) => ({ path, content: await git('show', `${commit}:./${folder}/${path}`) })),
  );
}

/** Paths under `path` that differ from the last commit, new ones included. */
export async function listUncommitted(path: string): Promise<string[]> {
  const listed = await git('status', '--porcelain', '--untracked-files=all', '--', path);
  return listed
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice('XY '.length));
}

const isModelFile = (path: string): boolean => path.endsWith('.prisma');

async function git(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: root, encoding: 'utf8' });
  return stdout;
}
