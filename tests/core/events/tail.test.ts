import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Tail } from '#core/events/tail';

interface Row {
  seq: bigint;
}

const rowsOf = (from: number, to: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ seq: BigInt(from + index) }));

test('who comes to follow the newest while news is being read keeps those before them from nothing', async () => {
  const gate = new EventEmitter();
  const tail = new Tail<Row>('workspace', {
    reader: {
      async rowsAfter(_id, seq) {
        await once(gate, 'open');
        return [{ seq: seq + 1n }];
      },
    },
    onError: (error) => {
      throw error;
    },
  });
  const first = tail.join('NEWEST');
  tail.noteHead({ workspaceId: 'workspace', seq: 10n, accessVersion: 0 });
  expect(tail.hasNews(first, 10n)).toBe(false);
  const woken = first.sleep();
  tail.noteSeq(11n);
  tail.join('NEWEST');
  gate.emit('open');
  await woken;
  expect(await tail.rowsAfter(10n, 'NEWEST')).toEqual([{ seq: 11n }]);
}, 2_000);

/** A tail that reads 21 to 25 as news, while one who follows reads what comes after 10 on its own. */
async function catchUpAmidNews() {
  const asked: { from: bigint; answer: (rows: Row[] | Promise<Row[]>) => void }[] = [];
  const tail = new Tail<Row>('workspace', {
    reader: { rowsAfter: (_id, from) => new Promise((answer) => asked.push({ from, answer })) },
    onError: (error) => {
      throw error;
    },
  });
  tail.noteHead({ workspaceId: 'workspace', seq: 20n, accessVersion: 0 });
  // One who waits for another's rows no longer waits for the news that comes meanwhile, and gets none of those rows.
  const failed = tail.rowsAfter(5n, 'EACH').catch(String);
  const caughtUp = tail.rowsAfter(10n, 'EACH');
  await setImmediate();
  tail.noteSeq(25n);
  asked[0]?.answer(Promise.reject(new Error('away')));
  expect(await failed).toBe('Error: away');
  await setImmediate();
  expect(asked.map(({ from }) => from)).toEqual([5n, 20n, 10n]);
  return { tail, asked, caughtUp };
}

test('rows that a catch-up brings while they are read as news are kept once', async () => {
  const { tail, asked, caughtUp } = await catchUpAmidNews();
  asked[2]?.answer(rowsOf(11, 25));
  expect(await caughtUp).toEqual(rowsOf(11, 25));
  asked[1]?.answer(rowsOf(21, 25));
  await setImmediate();
  tail.take(rowsOf(26, 30));
  for (const cursor of [10, 18, 24, 25, 29]) {
    expect(await tail.rowsAfter(BigInt(cursor), 'EACH')).toEqual(rowsOf(cursor + 1, 30));
  }
  expect(asked).toHaveLength(3);
}, 2_000);

test('news that does not join on to what a catch-up brought is kept without it', async () => {
  const { tail, asked, caughtUp } = await catchUpAmidNews();
  asked[2]?.answer(rowsOf(11, 18));
  await caughtUp;
  asked[1]?.answer(rowsOf(21, 25));
  await setImmediate();
  expect(await tail.rowsAfter(20n, 'EACH')).toEqual(rowsOf(21, 25));
  const missing = tail.rowsAfter(18n, 'EACH');
  await setImmediate();
  asked[3]?.answer(rowsOf(19, 20));
  expect(await missing).toEqual(rowsOf(19, 20));
}, 2_000);
