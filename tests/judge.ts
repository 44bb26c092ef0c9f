// `npm test`: everything that a change is judged by, cheapest first. All of it runs even when a part fails, so that one
// run tells everything. `npm test -- tests/core` runs only the tests whose path contains the words given.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeFailures, describeTally, tallySteps, tallyTests } from './house/tally.ts';
import type { Report, Tally } from './house/tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const reportFile = fileURLToPath(new URL('../.tmp/vitest.json', import.meta.url));

interface Step {
  name: string;
  /** A script of package.json and what follows it, so that a tool judges exactly as it runs alone. */
  script: readonly [name: string, ...args: string[]];
}

const checks: readonly Step[] = [
  { name: 'typed documents are current', script: ['codegen', '--check'] },
  { name: 'format', script: ['format', '--check'] },
  { name: 'lint, with types', script: ['lint'] },
  { name: 'types', script: ['types'] },
  { name: 'unused files, exports and packages', script: ['unused'] },
];

const filters = process.argv.slice(2);
const started = Date.now();
/** Said once more at the end, where they are looked for. */
const failures: string[] = [];
const outcomes = [await runStep({ name: 'generated code and build', script: ['build'] })];
if (filters.length === 0) outcomes.push(...(await runAll(checks)));
const tests = await runTests(filters);

const seconds = ((Date.now() - started) / 1000).toFixed(0);
const failed = outcomes.includes(false) || tests.failed > 0;
for (const failure of failures) console.log(`✗ ${failure}`);
console.log(`\n${failed ? 'failed' : 'passed'} after ${seconds} s, ${outcomes.length} steps and the tests counted:`);
console.log(describeTally(tallySteps(outcomes), tests));
process.exitCode = failed ? 1 : 0;

/** Two at a time: most of these use one core, and the machine that is promised has two. */
async function runAll(steps: readonly Step[]): Promise<boolean[]> {
  const results: boolean[] = [];
  const waiting = [...steps];
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) results.push(await runStep(step));
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Silent unless it fails: what a passing tool has to say hides what a failing one says. */
async function runStep({ name, script }: Step): Promise<boolean> {
  const begun = Date.now();
  const output: Buffer[] = [];
  const child = start(script, 'pipe');
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk));
  const ok = await exitedWell(child);
  console.log(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  if (!ok) {
    failures.push(name);
    console.log(Buffer.concat(output).toString('utf8').trimEnd().replaceAll(/^/gm, '    '));
  }
  return ok;
}

async function runTests(paths: readonly string[]): Promise<Tally> {
  mkdirSync(new URL('../.tmp', import.meta.url), { recursive: true });
  // The report of an earlier run must never be taken for this one's.
  rmSync(reportFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const ok = await exitedWell(start(['test:unit', ...reporters, ...paths], 'inherit'));
  const report = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as Report) : null;
  const tally = tallyTests(report, ok);
  if (tally.failed > 0) failures.push(...describeFailures(report).map((line) => line.replace(root, '')));
  return tally;
}

function start([name, ...args]: Step['script'], output: 'pipe' | 'inherit'): ChildProcess {
  return spawn('npm', ['run', '--silent', name, '--', ...args], { cwd: root, stdio: ['ignore', output, output] });
}

function exitedWell(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}
