import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { usedAt, waitFor, WINDOW_MS, windowOf } from '#core/quotas/window';

test('the older window weighs as much as the last 60 seconds hold of it', () => {
  const counts = { current: 10, previous: 40 };
  expect(usedAt(counts, 0)).toBe(50);
  expect(usedAt(counts, 15_000)).toBe(40);
  expect(usedAt(counts, 59_999)).toBeCloseTo(10, 2);
});

test('after the wait that is named there is room, and a second before there is none', () => {
  const count = integer({ min: 0, max: 300 });
  assert(
    property(
      count,
      count,
      integer({ min: 0, max: WINDOW_MS - 1 }),
      integer({ min: 1, max: 300 }),
      (current, previous, at, limit) => {
        const waitMs = waitFor({ current, previous }, { limit, cost: 1, at });
        const fitsAt = (moment: number): boolean => {
          const counts =
            windowOf(moment) === 0
              ? { current, previous }
              : { current: 0, previous: windowOf(moment) === 1 ? current : 0 };
          return usedAt(counts, moment) + 1 <= limit + 1e-6;
        };
        expect(fitsAt(at + waitMs + 1)).toBe(true);
        expect(waitMs > 1_000 && fitsAt(at + waitMs - 1_000)).toBe(false);
      },
    ),
  );
});

test('a caller who always waits as told gets the limit in a minute of the clock, and never twice the limit in any 60 seconds', () => {
  assert(
    property(
      integer({ min: 1, max: 60 }),
      array(integer({ min: 0, max: 5_000 }), { maxLength: 400 }),
      (limit, pauses) => {
        const counts = new Map<number, number>();
        const admitted: number[] = [];
        let at = 0;
        for (const pause of pauses) {
          at += pause;
          const window = windowOf(at);
          const now = { current: counts.get(window) ?? 0, previous: counts.get(window - 1) ?? 0 };
          if (usedAt({ ...now, current: now.current + 1 }, at) > limit) continue;
          counts.set(window, now.current + 1);
          admitted.push(at);
        }
        for (const count of counts.values()) expect(count).toBeLessThanOrEqual(limit);
        for (const from of admitted) {
          const inMinute = admitted.filter((moment) => moment >= from && moment < from + WINDOW_MS).length;
          expect(inMinute).toBeLessThanOrEqual(2 * limit);
        }
      },
    ),
  );
});
