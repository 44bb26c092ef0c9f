/** A minute that slides: two windows of the clock, the older one weighted by how much of it the last 60 seconds hold. */

export const WINDOW_MS = 60_000;

/** What was counted in the window that a moment falls into, and in the one before. */
export interface Counts {
  current: number;
  previous: number;
}

/** The window of a moment, in milliseconds since 1970: windows begin with the minutes of the clock. */
export function windowOf(at: number): number {
  return Math.floor(at / WINDOW_MS);
}

/**
 * How many of the counted fell into the 60 seconds before a moment, as if the older window's were spread evenly. Exact
 * for a steady caller. One who puts everything at a window's end gets up to twice the limit in the worst 60 seconds.
 */
export function usedAt({ current, previous }: Counts, at: number): number {
  return current + previous * (1 - passedAt(at));
}

/** Milliseconds until `cost` more fit under the limit, if nobody else asks; 0 when they fit now. */
export function waitFor({ current, previous }: Counts, { limit, cost, at }: Ask): number {
  const passed = passedAt(at);
  const room = limit - cost;
  if (room < 0) return WINDOW_MS;
  // In this window, once the older one weighs little enough; else in the next, where this one is the older.
  if (current <= room)
    return Math.ceil(Math.max(0, (previous === 0 ? 0 : 1 - (room - current) / previous) - passed) * WINDOW_MS);
  return Math.ceil((1 - passed + (1 - room / current)) * WINDOW_MS);
}

interface Ask {
  limit: number;
  cost: number;
  at: number;
}

function passedAt(at: number): number {
  return (at % WINDOW_MS) / WINDOW_MS;
}
