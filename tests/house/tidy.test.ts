import { describe, expect, it } from 'vitest';
import { checkTidiness, limits } from './tidy-rules.ts';
import { listFiles, readSources, walkFiles } from './tree.ts';
import { describeViolations } from './violation.ts';

describe('the project as it stands', () => {
  const sources = readSources(listFiles());

  it('is tidy', () => {
    expect(describeViolations(checkTidiness(sources))).toEqual([]);
  });

  it('was read to the last file', () => {
    const ours = walkFiles('src').filter((path) => !path.startsWith('src/generated/'));
    expect(Array.from(sources.keys()).filter((path) => path.startsWith('src/'))).toEqual(ours);
    expect(Array.from(sources.keys())).toEqual(expect.arrayContaining(['package.json', 'tests/house/tidy.test.ts']));
  });
});

const lines = (count: number, line = 'x();'): string => `${line}\n`.repeat(count);
const remark = (text: string): string => `// ${text}\nexport const a = 1;`;

/** Each breach beside the nearest lawful text: a rule that sees too much is turned off sooner or later. */
const planted: readonly [rule: string, path: string, breach: string, lawful: string][] = [
  ['file-length', 'src/lib/a.ts', lines(limits.fileLines + 1), lines(limits.fileLines)],
  ['file-length', 'bench/a.ts', lines(limits.fileLines + 1), ''],
  ['file-length', 'bin/a.mjs', lines(limits.fileLines + 1), ''],
  ['function-length', 'src/lib/a.ts', `function f() {\n${lines(59)}}`, `function f() {\n${lines(58)}}`],
  [
    'function-length',
    'src/lib/a.ts',
    `const f = () => {\n${lines(59)}};`,
    `const f = () => ({\n${lines(70, 'a: 1,')}});`,
  ],
  ['function-length', 'tests/a.test.ts', `it('a', () => {\n${lines(59)}});`, `describe('a', () => {\n${lines(70)}});`],
  ['leftover', 'src/lib/a.ts', remark(['TO', 'DO: later'].join('')), remark('A todo list is what people keep.')],
  ['leftover', 'prisma/schema/a.prisma', ['// FIX', 'ME'].join(''), '// a model'],
  ['sync', 'src/lib/a.ts', remark(['Keep in ', 'sync with b.ts'].join('')), remark('b.ts agrees; a test holds that.')],
  [
    'silencer',
    'src/lib/a.ts',
    remark(['@ts-', 'ignore'].join('')),
    remark('@ts-expect-error: the types of x forget null'),
  ],
  ['silencer', 'src/lib/a.ts', remark('@ts-expect-error'), ''],
  [
    'silencer',
    'src/lib/a.ts',
    remark('oxlint-disable-next-line no-console'),
    remark('oxlint-disable-next-line no-console -- the usage text'),
  ],
  ['dead-code', 'src/lib/a.ts', remark('const b = compute(1);'), remark('then compute it; slowly')],
  ['dead-code', 'src/lib/a.ts', remark('await ledger.append(entry);'), remark('Held under the lock of {workspace}')],
  ['only', 'tests/a.test.ts', `it.only('a', f);`, `it('a', f);`],
  ['only', 'tests/a.test.ts', `describe.only.each([1])('a', f);`, `describe.each([1])('a', f);`],
  ['skip', 'tests/a.test.ts', `it.skip('a', f);`, `// Skipped: needs a second machine.\nit.skip('a', f);`],
  ['skip', 'tests/a.test.ts', `it.skipIf(x)('a', f);`, `// Skipped: Windows has no signals.\nit.skipIf(x)('a', f);`],
  ['test-name', 'tests/a.test.ts', `it('should refuse', f);`, `it('refuses', f);`],
  ['name', 'src/core/ApiKeys.ts', '', 'src/core/api-keys.ts'],
  ['name', 'src/core/api_keys.ts', '', 'src/core/api-keys/verification.ts'],
  ['name', 'src/lib/string-utils.ts', '', 'src/lib/base62.ts'],
  ['name', 'tests/helpers/world.ts', '', 'tests/world/world.ts'],
  ['name', 'src/core/debits.v2.ts', '', 'src/dashboard/vite.config.ts'],
  ['machine-path', 'README.md', ['see ', 'work', 'main'].join('/'), 'see src/main.ts'],
  ['machine-path', '.ci/run', ['cd ', 'root', 'x'].join('/'), 'cd "$root"'],
  ['registry', 'package-lock.json', ['"resolved": "ht', 'tps://a.b/c"'].join(''), '"version": "1.0.0"'],
  ['invisible', 'README.md', 'a\u00a0b', 'a b'],
  ['conflict', 'README.md', `a\n${'<'.repeat(7)} HEAD`, '< a'],
  ['undocumented', 'src/core/a.ts', 'export function f() {}', '/** Promises. */\nexport function f() {}'],
  ['undocumented', 'src/core/a.ts', 'export const f = async () => 1;', 'export const f = 1;'],
];

function rulesSeen(sources: Map<string, string>): string[] {
  return checkTidiness(sources).map((violation) => violation.rule);
}

const rootOf = (count: number) => new Map(Array.from({ length: count }, (_, number) => [`file-${number}`, '']));

describe('the checker', () => {
  it.each(planted)('sees %s in %s', (rule, path, breach, lawful) => {
    expect(rulesSeen(new Map([[path, breach]]))).toEqual([rule]);
    expect(rulesSeen(new Map([[rule === 'name' ? lawful : path, rule === 'name' ? '' : lawful]]))).toEqual([]);
  });

  it('sees one root entry too many', () => {
    expect(rulesSeen(rootOf(limits.rootEntries))).toEqual([]);
    expect(rulesSeen(rootOf(limits.rootEntries + 1))).toEqual(['root-entries']);
  });
});
