// `npm run mutants`: makes one mistake after another in a copy of the source and runs the tests that ought to see it. Every
// mutant must be killed, and the copy as it stands must pass. `npm run mutants -- hold` makes those whose name has the word.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { removeData } from '../world/data-folder.ts';
import { type Mutant, MUTANTS } from './mutants.ts';

const COPIED = ['src', 'tests', 'prisma', 'package.json', 'tsconfig.json', 'schema.graphql'];
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'commonpurse-mutants-'));
const copy = join(folder, 'copy');
const database = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => {}, settings: QUICK });
try {
  for (const name of COPIED) await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const words = process.argv.slice(2);
  const mutants = MUTANTS.filter(({ name }) => words.every((word) => name.includes(word)));
  let wrong = 0;
  const whole = await judge([...new Set(mutants.flatMap(({ tests }) => tests))]);
  wrong += tell(whole.outcome === 'passed', 'the source as it stands passes', whole.report);
  for (const mutant of mutants) {
    const { outcome, report } = await tryMutant(mutant);
    wrong += tell(outcome === 'failed', `${outcome === 'failed' ? 'killed' : 'SURVIVED'}: ${mutant.name}`, report);
  }
  console.log(`${mutants.length} mutants; ${wrong} of the runs ended otherwise than they must`);
  process.exitCode = wrong > 0 || mutants.length === 0 ? 1 : 0;
} finally {
  await database.stop();
  await removeData(join(folder, 'data'));
  await rm(folder, { recursive: true, force: true });
}

/** One line of the table. @returns 1 for a run that ended otherwise than it must. */
function tell(isRight: boolean, name: string, report: string): number {
  console.log(`${isRight ? '✓' : '✗'} ${name} (${report})`);
  return isRight ? 0 : 1;
}

interface Judgement {
  /** A run that breaks down before it tests anything has judged nothing. */
  outcome: 'passed' | 'failed' | 'broken';
  report: string;
}

async function tryMutant({ edits, tests }: Mutant): Promise<Judgement> {
  try {
    for (const { file, find, replace } of edits) {
      const source = await readFile(join(copy, file), 'utf8');
      if (source.split(find).length !== 2) throw new Error(`${file} has no one place that reads: ${find}`);
      await writeFile(
        join(copy, file),
        source.replace(find, () => replace),
      );
    }
    return await judge(tests);
  } finally {
    for (const { file } of edits) await cp(join(root, file), join(copy, file));
  }
}

async function judge(tests: readonly string[]): Promise<Judgement> {
  const begun = Date.now();
  const output = await run(['run', '--config', 'tests/vitest.config.ts', '--bail=1', ...tests]);
  const seconds = `${((Date.now() - begun) / 1000).toFixed(0)} s`;
  const [, failed] = /Tests\s+(\d+) failed/.exec(output) ?? [];
  const [, passed] = /Tests\s+(?:\d+ \w+ \| )*(\d+) passed/.exec(output) ?? [];
  if (failed) {
    const [, test = ''] = /FAIL.*? > (.*)/.exec(output) ?? [];
    return { outcome: 'failed', report: `${test}, ${seconds}` };
  }
  return passed ? { outcome: 'passed', report: seconds } : { outcome: 'broken', report: output.slice(-2_000) };
}

function run(args: readonly string[]): Promise<string> {
  const command = join(copy, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, NO_COLOR: '1', TEST_DATABASE_URL: database.url };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: copy, env });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
    child.once('error', reject);
    child.once('close', () => resolve(Buffer.concat(output).toString('utf8')));
  });
}
