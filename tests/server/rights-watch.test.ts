import { afterEach, expect, test } from 'vitest';
import { openMemoryBus } from '#adapters/memory-bus';
import { RightsWatch } from '#server/rights-watch';

const bus = openMemoryBus((error) => {
  throw error;
});
const ended = new Set<string>();
const asked: (readonly string[])[] = [];
const watch = new RightsWatch({
  bus,
  findEnded: async (ids) => (asked.push(ids), ids.filter((id) => ended.has(id))),
  onError: (error) => {
    throw error;
  },
});
afterEach(() => void asked.splice(0));

/** One that watches, and how often it was told to doubt. */
function watcher(workspaceId: string, sessionId: string | null = null) {
  const told = { doubts: 0 };
  const stop = watch.watch({ workspaceId, sessionId, doubt: () => told.doubts++ });
  return Object.assign(told, { stop });
}

test('a change of rights is told to those of its workspace, the end of a session to those who live by it', () => {
  const [ada, bob, key] = [watcher('one', 'of Ada'), watcher('one', 'of Bob'), watcher('two')];
  const doubts = () => [ada, bob, key].map((each) => each.doubts);
  bus.publish({ kind: 'access', workspaceId: 'one' });
  expect(doubts()).toEqual([1, 1, 0]);
  bus.publish({ kind: 'session', sessionId: 'of Bob' });
  expect(doubts()).toEqual([1, 2, 0]);
  bus.publish({ kind: 'lost' });
  expect(doubts()).toEqual([2, 3, 1]);
  bus.publish({ kind: 'credits', workspaceId: 'one', seq: 1n });
  ada.stop();
  bus.publish({ kind: 'lost' });
  expect(doubts()).toEqual([2, 4, 2]);
  bob.stop();
  key.stop();
});

test('a session that ended without a word is found within a second, by one question for all', async () => {
  const crowd = ['a', 'b', 'b', null].map((sessionId) => watcher('one', sessionId));
  ended.add('b');
  await expect.poll(() => crowd.map(({ doubts }) => doubts), { timeout: 1_500 }).toEqual([0, 1, 1, 0]);
  expect(asked[0]).toEqual(['a', 'b']);
  for (const { stop } of crowd) stop();
});

test('nobody is asked about where no session is watched', async () => {
  const key = watcher('one');
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(asked).toEqual([]);
  key.stop();
});
