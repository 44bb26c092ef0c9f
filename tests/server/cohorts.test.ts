import { buildSchema, type ExecutionArgs, type ExecutionResult, parse } from 'graphql';
import { expect, test, vi } from 'vitest';
import { cohortKey, onceForCohort } from '#server/cohorts';

const schema = buildSchema('type Query { a: Int }');
const keyOf = (document: ExecutionArgs['document'], variableValues: Record<string, unknown>) =>
  cohortKey({ schema, document, variableValues });

/** Asks once for a result and counts how often it was made. */
function asker() {
  const made = { count: 0 };
  const ask = (origin: object, key: string): Promise<ExecutionResult> =>
    onceForCohort({ origin, key }, async () => ({ data: { made: ++made.count } }));
  return { made, ask };
}

test('an event is run once for all of one cohort', async () => {
  const { made, ask } = asker();
  const origin = {};
  const results = await Promise.all(Array.from({ length: 1_000 }, () => ask(origin, 'cohort')));
  expect(new Set(results).size).toBe(1);
  expect(made.count).toBe(1);
});

test('what was made of an event does for a second, and what failed does for nobody', async () => {
  const { made, ask } = asker();
  const origin = {};
  await ask(origin, 'cohort');
  const now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 1_001);
  await ask(origin, 'cohort');
  clock.mockRestore();
  expect(made.count).toBe(2);
  const failing = () => onceForCohort({ origin, key: 'failing' }, () => Promise.reject(new Error('No.')));
  await expect(failing()).rejects.toThrow('No.');
  await expect(ask(origin, 'failing')).resolves.toEqual({ data: { made: 3 } });
});

test('another cohort, event, document or variable is another result', async () => {
  const { made, ask } = asker();
  const origin = {};
  await ask(origin, 'cohort');
  await ask({}, 'cohort');
  await ask(origin, 'other cohort');
  expect(made.count).toBe(3);

  const document = parse('subscription ($w: ID) { f(w: $w) }');
  expect(keyOf(document, { w: 'one' })).toBe(keyOf(document, { w: 'one' }));
  expect(keyOf(document, { w: 'one' })).not.toBe(keyOf(document, { w: 'two' }));
  expect(keyOf(document, {})).not.toBe(keyOf(parse('subscription { g }'), {}));
});

test('where a stream began makes no difference, unless something else takes that variable too', () => {
  const alone = parse('subscription ($a: Seq, $all: Int) { f(after: $a) { x(n: $all) } }');
  expect(keyOf(alone, { a: '1', all: 3 })).toBe(keyOf(alone, { a: '2', all: 3 }));
  expect(keyOf(alone, { a: '1', all: 3 })).not.toBe(keyOf(alone, { a: '1', all: 4 }));
  const both = parse('subscription ($a: Seq) { f(after: $a) { x(after: $a) } }');
  expect(keyOf(both, { a: '1' })).not.toBe(keyOf(both, { a: '2' }));
});
