import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openMemoryBus } from '#adapters/memory-bus';
import type { Hint } from '#core/events/bus';
import { Feeds } from '#core/events/feed';
import type { LogHead } from '#core/events/feed-reader';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Feeds over logs of which a test says what the poll finds, and what is told from them: here, and to all. */
function openFeeds(heads: () => LogHead[]) {
  const local = openMemoryBus(() => undefined);
  const here: Hint[] = [];
  const everywhere: Hint[] = [];
  local.subscribe((hint) => here.push(hint));
  const feeds = new Feeds<{ seq: bigint }, LogHead>({
    bus: { ...local, publish: (hint) => everywhere.push(hint) },
    reader: { heads: () => Promise.resolve(heads()), rowsAfter: () => Promise.resolve([]) },
    onError: (error) => {
      throw error;
    },
  });
  return { feeds, here, everywhere };
}

test('a right that the poll finds lost, or a workspace gone, is told here alone: every node polls for itself', async () => {
  let found: LogHead[] = [{ workspaceId: 'acme', seq: 1n, accessVersion: 1 }];
  const { feeds, here, everywhere } = openFeeds(() => found);
  const steps = feeds.follow('acme', null, { signal: new AbortController().signal });
  await steps.next();
  for (const next of [[{ workspaceId: 'acme', seq: 1n, accessVersion: 2 }], []]) {
    found = next;
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(here).toEqual([
    { kind: 'access', workspaceId: 'acme' },
    { kind: 'access', workspaceId: 'acme' },
  ]);
  expect(everywhere).toEqual([]);
  await steps.return();
  feeds.close();
}, 2_000);
