import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PLANTED_BUGS } from '../isolation/planted-bugs.ts';
import { MUTANTS } from '../trials/mutants.ts';

test('every planted bug still has one place to be planted in', () => {
  const edits = [...PLANTED_BUGS, ...MUTANTS].flatMap((bug) => bug.edits);
  const stale = edits.filter(({ file, find }) => readFileSync(file, 'utf8').split(find).length !== 2);
  // Who rewrote one of these lines writes it anew in tests/isolation/planted-bugs.ts or tests/trials/mutants.ts too.
  expect(stale.map(({ file, find }) => `${file}: ${find}`)).toEqual([]);
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(14);
});
