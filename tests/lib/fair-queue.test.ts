import { array, assert, integer, property, record, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from '#lib/fair-queue';

function queueOf(items: readonly string[]): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const item of items) queue.push(item[0] ?? '', item);
  return queue;
}

test('lines take turns, and within a line first come is first served', () => {
  const queue = queueOf(['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']);
  expect(queue.take(4)).toEqual(['a1', 'b1', 'c1', 'a2']);
  expect(queue.take(9)).toEqual(['b2', 'a3', 'a4']);
  expect(queue.size).toBe(0);
});

test('a line that was served goes behind those that were not', () => {
  const queue = queueOf(['a1', 'a2', 'b1', 'c1']);
  expect([queue.take(1), queue.take(1), queue.take(1), queue.take(1)]).toEqual([['a1'], ['b1'], ['c1'], ['a2']]);
});

test('one line that floods the queue keeps another waiting for one turn at most', () => {
  const queue = queueOf([...Array.from({ length: 1_000 }, (_, index) => `a${index}`), 'b0']);
  expect(queue.take(2)).toEqual(['a0', 'b0']);
});

test('whatever is pushed is taken exactly once, each line in its order', () => {
  const pushes = array(stringMatching(/^[a-d]$/), { maxLength: 40 });
  assert(
    property(pushes, array(record({ take: integer({ min: 0, max: 9 }) }), { maxLength: 40 }), (lines, takes) => {
      const items = lines.map((line, index) => `${line}${index}`);
      const queue = queueOf(items);
      const taken = takes.flatMap(({ take }) => queue.take(take));
      taken.push(...queue.take(Infinity));
      for (const line of 'abcd') {
        const of = (all: readonly string[]): string[] => all.filter((item) => item.startsWith(line));
        expect(of(taken)).toEqual(of(items));
      }
      expect(queue.size).toBe(0);
    }),
  );
});
