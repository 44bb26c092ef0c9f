// `npm run planted-bugs`: breaks a copy of the source in one way after another and lets the search for leaks loose on
// it. Every planted bug must be found; the copy as it stands must not be. `npm run planted-bugs -- slug` plants those
// whose name contains the word.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { removeData } from '../world/data-folder.ts';
import { type Edit, PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';

const COPIED = ['src', 'tests', 'prisma', 'package.json', 'tsconfig.json', 'schema.graphql'];
const OPERATIONS_MAX = 6_000;
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'commonpurse-planted-'));
const copy = join(folder, 'copy');
const database = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => {}, settings: QUICK });
try {
  for (const name of COPIED) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const words = process.argv.slice(2);
  const bugs = PLANTED_BUGS.filter(({ name }) => words.every((word) => name.includes(word)));
  // Not the whole budget: this only says that the copy is whole.
  let wrong = tell('the source as it stands', await search(1_000), 'nothing');
  for (const bug of bugs) {
    wrong += tell(bug.name, await plant(bug), 'leak');
  }
  console.log(`${bugs.length} bugs planted; ${wrong} of the runs ended otherwise than they must`);
  process.exitCode = wrong > 0 || bugs.length === 0 ? 1 : 0;
} finally {
  await database.stop();
  await removeData(join(folder, 'data'));
  await rm(folder, { recursive: true, force: true });
}

/** One line of the table. @returns 1 for a run that ended otherwise than it must. */
function tell(name: string, { outcome, report }: Finding, expected: Finding['outcome']): number {
  console.log(`${outcome === expected ? '✓' : '✗'} ${name}: ${report}`);
  return outcome === expected ? 0 : 1;
}

interface Finding {
  outcome: 'leak' | 'nothing' | 'broken';
  report: string;
}

async function plant({ edits }: PlantedBug): Promise<Finding> {
  const files = [...new Set(edits.map(({ file }) => file))];
  try {
    for (const edit of edits) await apply(edit);
    return await search();
  } finally {
    for (const file of files) await cp(join(root, file), join(copy, file));
  }
}

async function apply({ file, find, replace }: Edit): Promise<void> {
  const source = await readFile(join(copy, file), 'utf8');
  if (source.split(find).length !== 2) throw new Error(`${file} has no one place that reads: ${find}`);
  await writeFile(
    join(copy, file),
    source.replace(find, () => replace),
  );
}

/** What the search says of the copy; a run that breaks down in any other way has found nothing. */
async function search(operations = OPERATIONS_MAX): Promise<Finding> {
  const begun = Date.now();
  const output = await run(['run', '--config', 'tests/vitest.config.ts', '--bail=1', 'tests/isolation'], operations);
  const seconds = `${((Date.now() - begun) / 1000).toFixed(0)} s`;
  const found = /LEAK after (\d+) operations: (.*)/.exec(output);
  if (found) return { outcome: 'leak', report: `${found[2]} after ${found[1]} operations (${seconds})` };
  const isSound = output.includes('leaks 0') && !output.includes('FAIL');
  return isSound
    ? { outcome: 'nothing', report: `nothing found (${seconds})` }
    : { outcome: 'broken', report: output.slice(-3_000) };
}

function run(args: readonly string[], operations: number): Promise<string> {
  const command = join(copy, 'node_modules/vitest/vitest.mjs');
  const env = {
    ...process.env,
    NO_COLOR: '1',
    ISOLATION_OPERATIONS: operations.toString(),
    ISOLATION_SEED: '1',
    TEST_DATABASE_URL: database.url,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: copy, env });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', reject);
    child.once('close', () => resolve(Buffer.concat(output).toString('utf8')));
  });
}
