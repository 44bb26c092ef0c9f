import { buildSchema, type ExecutionArgs, type ExecutionResult, parse } from 'graphql';
import { expect, test } from 'vitest';
import { Access } from '#core/access/access';
import type { Db } from '#core/db';
import { cohortKey, onceForCohort } from '#server/cohorts';

const schema = buildSchema('type Query { a: Int }');
const keyOf = (document: ExecutionArgs['document'], variableValues: Record<string, unknown>) =>
  cohortKey({ schema, document, variableValues });
const someone = () => new Access(null as unknown as Db, { kind: 'NOBODY', address: null });

/** Asks once for a result and counts how often it was made. */
function asker() {
  const made = { count: 0 };
  const ask = (access: Access, origin: object, key: string): Promise<ExecutionResult> =>
    onceForCohort({ access, origin, key }, async () => ({ data: { made: ++made.count } }));
  return { made, ask };
}

test('an event is run once for all of one document, the same variables and the same rights', async () => {
  const { made, ask } = asker();
  const [access, origin] = [someone(), {}];
  const results = await Promise.all(Array.from({ length: 1_000 }, () => ask(access, origin, 'document')));
  expect(new Set(results).size).toBe(1);
  expect(made.count).toBe(1);
});

test('another right, event, document or variable is another result', async () => {
  const { made, ask } = asker();
  const [access, origin] = [someone(), {}];
  await ask(access, origin, 'document');
  await ask(someone(), origin, 'document');
  await ask(access, {}, 'document');
  await ask(access, origin, 'other document');
  expect(made.count).toBe(4);

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
