import { type Arbitrary, array, assert, bigInt, boolean, integer, oneof, property, record, tuple } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../world/world.ts';
import { runHistoryTrial } from './history-trial.ts';
import { type Answer, type Attempt, type Row, violationsOfHistory } from './history.ts';
import { isLinearizable } from './linearization.ts';
import { Model, type Request } from './model.ts';

const OPERATIONS = 100_000;

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

test('what callers saw of 100,000 calls is one order of decisions, each right at its moment', async () => {
  const { violations, counts } = await runHistoryTrial(world, { operations: OPERATIONS, seed: 1 });
  expect(violations).toEqual([]);
  // A history in which little happens proves little.
  const kinds = ['USAGE', 'GRANT', 'EXPIRY', 'SUCCEEDED', 'DECLINED', 'CONFLICT'];
  expect([...counts.keys()]).toEqual(expect.arrayContaining(kinds));
}, 180_000);

/** A history that the model made, each call at its own moment. */
function historyOf(requests: readonly Request[]): { attempts: Attempt[]; ledger: Row[] } {
  const model = new Model();
  const attempts: Attempt[] = [];
  const ledger: Row[] = [];
  for (const [index, request] of requests.entries()) {
    const seq = index + 1;
    const name = `op-${seq}`;
    const { outcome, credits, draws, availableAfter } = model.decide(request, seq, name);
    const kind = request.kind === 'GRANT' ? 'GRANT' : 'USAGE';
    ledger.push({ seq, at: seq, kind, outcome, name, credits, availableAfter, draws });
    const answer = { seq, outcome, availableAfter, replayed: false } as const;
    attempts.push({ name, request, invokedAt: seq * 10, returnedAt: seq * 10 + 5, answer });
  }
  return { attempts, ledger };
}

const request: Arbitrary<Request> = oneof(debit(), grant());

function debit(): Arbitrary<Request> {
  return bigInt({ min: 0n, max: 5n }).map((credits) => ({ kind: 'DEBIT', credits }));
}

function grant(): Arbitrary<Request> {
  return tuple(bigInt({ min: 1n, max: 6n }), integer({ min: 0, max: 1 })).map(([credits, priority]) => ({
    kind: 'GRANT',
    credits,
    priority,
    expiresAt: null,
  }));
}

const moved = record({ request, from: integer({ min: -12, max: 3 }), to: integer({ min: 0, max: 6 }) });

test('a history that the search of all orders can explain in no way is refused', () => {
  let refused = 0;
  let accepted = 0;
  const swaps = array(integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 });
  assert(
    property(array(moved, { minLength: 1, maxLength: 7 }), swaps, boolean(), (calls, places, isBent) => {
      const { attempts, ledger } = historyOf(calls.map((call) => call.request));
      const seen = attempts.map(({ invokedAt, returnedAt, ...attempt }, index) => {
        const { from = 0, to = 0 } = calls[index] ?? {};
        return Object.assign(attempt, { invokedAt: invokedAt + from, returnedAt: returnedAt + to });
      });
      for (const place of isBent ? places : []) swapTimes(seen, place);
      const isRefused = violationsOfHistory({ attempts: seen, ledger }).length > 0;
      if (isRefused) refused++;
      else accepted++;
      // One that is accepted needs no other order than that of its numbers.
      expect(isRefused || isLinearizable(seen)).toBe(true);
    }),
    { numRuns: 500 },
  );
  // Both were met often enough to mean something; how often is chance.
  expect(Math.min(refused, accepted)).toBeGreaterThan(10);
});

function swapTimes(attempts: Attempt[], place: number): void {
  const [one, other] = [attempts[place], attempts[place + 1]];
  if (!one || !other) return;
  const { invokedAt, returnedAt } = one;
  Object.assign(one, { invokedAt: other.invokedAt, returnedAt: other.returnedAt });
  Object.assign(other, { invokedAt, returnedAt });
}

const SOUND: readonly Request[] = [
  { kind: 'GRANT', credits: 5n, priority: 1, expiresAt: null },
  { kind: 'GRANT', credits: 5n, priority: 0, expiresAt: 900 },
  { kind: 'DEBIT', credits: 7n },
  { kind: 'DEBIT', credits: 4n },
  { kind: 'DEBIT', credits: 3n },
];

type Broken = ReturnType<typeof historyOf>;

const BREAKS: readonly [name: string, words: string, bend: (history: Broken) => void][] = [
  ['an answer that is not in the ledger', 'not what entry', ({ attempts }) => void (answerAt(attempts, 2).seq = 4)],
  [
    'a balance that was never there',
    'not what entry',
    ({ attempts }) => void (answerAt(attempts, 2).availableAfter = 9n),
  ],
  ['a decline with credit enough', 'outcome is', ({ ledger }) => Object.assign(ledger[4]!, { outcome: 'DECLINED' })],
  ['a charge without credit', 'outcome is', ({ ledger }) => Object.assign(ledger[3]!, { outcome: 'SUCCEEDED' })],
  ['a decision that is lost', 'stands where', ({ ledger }) => void ledger.splice(2, 1)],
  ['one that is decided twice', 'again', ({ ledger }) => void ledger.push({ ...ledger[4]!, seq: 6 })],
  ['one that nobody asked for', 'nobody asked', ({ attempts }) => void attempts.pop()],
  [
    'the wrong grant paying',
    'what paid',
    ({ ledger }) => Object.assign(ledger[4]!, { draws: [{ grant: 'op-2', credits: 3n }] }),
  ],
  [
    'a grant that pays after its end',
    'not expired',
    ({ ledger }) => ledger.slice(2).forEach((row) => Object.assign(row, { at: row.at + 900 })),
  ],
  ['time that runs backwards', 'older', ({ ledger }) => Object.assign(ledger[4]!, { at: 1 })],
  [
    'an unknown outcome that nobody settled',
    'never settled',
    ({ attempts }) => Object.assign(attempts[4]!, { answer: 'UNKNOWN' }),
  ],
  [
    'a later call that is decided before an answered one',
    'was answered before',
    ({ attempts }) => Object.assign(attempts[1]!, { invokedAt: 60, returnedAt: 70 }),
  ],
  ['two first answers', 'anew', ({ attempts }) => void attempts.push({ ...attempts[3]! })],
  [
    'a replay of another request',
    'two different requests',
    ({ attempts }) => void attempts.unshift({ ...attempts[3]!, request: { kind: 'DEBIT', credits: 1n } }),
  ],
  [
    'a conflict with itself',
    'conflicts with itself',
    ({ attempts }) => void attempts.push({ ...attempts[3]!, answer: 'CONFLICT' }),
  ],
];

const answerAt = (attempts: readonly Attempt[], index: number): Answer => attempts[index]?.answer as Answer;

test.each(BREAKS)('a history with %s is refused', (_name, words, bend) => {
  const history = structuredClone(historyOf(SOUND));
  expect(violationsOfHistory(history)).toEqual([]);
  bend(history);
  expect(violationsOfHistory(history).join('\n')).toContain(words);
});
