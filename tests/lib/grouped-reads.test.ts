import { expect, test } from 'vitest';
import { GroupedReads } from '#lib/grouped-reads';

/** Reads that end when they are told to. */
function held(readsAtOnce = 1) {
  const asked: { ids: readonly string[]; answer: (found: Map<string, object>) => void; fail: () => void }[] = [];
  const reads = new GroupedReads<object>(
    (ids) =>
      new Promise((resolve, reject) => asked.push({ ids, answer: resolve, fail: () => reject(new Error('away')) })),
    { readsAtOnce },
  );
  return { asked, reads };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is asked for while one read is under way is read together in the next, each id once', async () => {
  const { asked, reads } = held();
  const first = reads.of('a');
  await turn();
  const others = [reads.of('b'), reads.of('c'), reads.of('b'), reads.of('gone')];
  await turn();
  expect(asked.map(({ ids }) => ids)).toEqual([['a']]);
  const [a, b, c] = [{ is: 'a' }, { is: 'b' }, { is: 'c' }];
  asked[0]?.answer(new Map([['a', a]]));
  expect(await first).toBe(a);
  await turn();
  expect(asked[1]?.ids).toEqual(['b', 'c', 'gone']);
  asked[1]?.answer(new Map(Object.entries({ b, c })));
  expect(await Promise.all(others)).toEqual([b, c, b, undefined]);
});

test('what was read before somebody asked is no answer to them', async () => {
  const { asked, reads } = held();
  const early = reads.of('a');
  await turn();
  const late = reads.of('a');
  asked[0]?.answer(new Map([['a', { version: 1 }]]));
  await early;
  await turn();
  asked[1]?.answer(new Map([['a', { version: 2 }]]));
  expect(await late).toEqual({ version: 2 });
});

test('a read that fails fails those who waited for it, and nobody after them', async () => {
  const { asked, reads } = held();
  const failing = reads.of('a');
  await turn();
  const next = reads.of('a');
  asked[0]?.fail();
  await expect(failing).rejects.toThrow('away');
  await turn();
  asked[1]?.answer(new Map([['a', {}]]));
  expect(await next).toEqual({});
});

test('a read that hangs keeps others from nothing, as long as there is a place', async () => {
  const { asked, reads } = held(2);
  void reads.of('hangs');
  await turn();
  const other = reads.of('other');
  await turn();
  const waiting = reads.of('waits');
  await turn();
  expect(asked.map(({ ids }) => ids)).toEqual([['hangs'], ['other']]);
  asked[1]?.answer(new Map([['other', {}]]));
  expect(await other).toEqual({});
  await turn();
  asked[2]?.answer(new Map([['waits', {}]]));
  expect(await waiting).toEqual({});
});

test('a thousand at most are read at once', async () => {
  const { asked, reads } = held();
  const all = Array.from({ length: 1_001 }, (_, index) => reads.of(String(index)));
  await turn();
  expect(asked[0]?.ids).toHaveLength(1_000);
  asked[0]?.answer(new Map());
  await turn();
  expect(asked[1]?.ids).toEqual(['1000']);
  asked[1]?.answer(new Map());
  await Promise.all(all);
});
