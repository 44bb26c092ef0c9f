import { expect, test, vi } from 'vitest';
import { openMemoryBus } from '#adapters/memory-bus';
import { RightsWatch } from '#server/rights-watch';

const bus = openMemoryBus((error) => {
  throw error;
});
const watch = new RightsWatch(bus);

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

test('everybody is asked now and then, those who came together not all at once', () => {
  vi.useFakeTimers();
  const own = new RightsWatch(bus);
  const told = Array.from({ length: 100 }, () => ({ doubts: 0 }));
  const stops = told.map((each) => own.watch({ workspaceId: 'any', sessionId: null, doubt: () => each.doubts++ }));
  const asked = () => told.filter(({ doubts }) => doubts > 0).length;
  vi.advanceTimersByTime(5_000);
  expect(asked()).toBe(10);
  vi.advanceTimersByTime(500);
  expect(asked()).toBe(20);
  vi.advanceTimersByTime(4_000);
  expect(told.map(({ doubts }) => doubts)).toEqual(told.map(() => 1));
  for (const stop of stops) stop();
  vi.advanceTimersByTime(20_000);
  expect(told.map(({ doubts }) => doubts)).toEqual(told.map(() => 1));
  own.close();
  vi.useRealTimers();
});

test('who was asked because of a hint is not asked again at once', () => {
  vi.useFakeTimers();
  const own = new RightsWatch(bus);
  const told = { doubts: 0 };
  own.watch({ workspaceId: 'one', sessionId: null, doubt: () => told.doubts++ });
  vi.advanceTimersByTime(4_000);
  bus.publish({ kind: 'access', workspaceId: 'one' });
  vi.advanceTimersByTime(4_500);
  expect(told.doubts).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(told.doubts).toBe(2);
  own.close();
  vi.useRealTimers();
});
