import { LRUCache } from 'lru-cache';

/** Stretches of time that people count in, the shortest first. Weeks begin on Monday. */
export const STRETCHES = ['QUARTER_HOUR', 'HOUR', 'DAY', 'WEEK', 'MONTH'] as const;
export type Stretch = (typeof STRETCHES)[number];

export const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 4 * QUARTER_MS;
const DAY_MS = 24 * HOUR_MS;

/** About how long each lasts; months are the shortest there are. */
const LENGTH_MS: Record<Stretch, number> = {
  QUARTER_HOUR: QUARTER_MS,
  HOUR: HOUR_MS,
  DAY: DAY_MS,
  WEEK: 7 * DAY_MS,
  MONTH: 28 * DAY_MS,
};

/** Whether it names a time zone of the IANA database, an alias included: browsers differ in which one they give. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false;
  try {
    return clockIn(text).resolvedOptions().timeZone !== '';
  } catch {
    // The only way to ask: it throws for a name it does not know.
    return false;
  }
}

/** About how many stretches a time touches. */
export function countStretches({ since, until }: { since: Date; until: Date }, stretch: Stretch): number {
  return Math.ceil((until.getTime() - since.getTime()) / LENGTH_MS[stretch]);
}

/**
 * The moments at which the stretches begin that a time touches, as a clock in the zone shows them, and at last the moment
 * at which the last one ends. All are whole quarters of an hour in UTC, since every offset of these days is. A day begins
 * with its first moment, also where midnight comes twice or is skipped; an hour that comes twice is two.
 */
export function stretchBounds(
  { since, until }: { since: Date; until: Date },
  stretch: Stretch,
  timeZone: string,
): Date[] {
  const end = until.getTime();
  let at = beginningOf(since.getTime(), stretch, timeZone);
  const bounds = [at];
  while (at < end) {
    at = nextOf(at, stretch, timeZone);
    bounds.push(at);
  }
  return bounds.map((bound) => new Date(bound));
}

/** The moment so many stretches before one that begins then. */
export function stretchesBefore(
  begin: Date,
  { count, stretch, timeZone }: { count: number; stretch: Stretch; timeZone: string },
): Date {
  const isClock = stretch === 'QUARTER_HOUR' || stretch === 'HOUR';
  const at = begin.getTime();
  return new Date(
    isClock ? at - count * LENGTH_MS[stretch] : dayOn(movedBy(wallOf(at, timeZone), -count, stretch), timeZone),
  );
}

function beginningOf(at: number, stretch: Stretch, timeZone: string): number {
  if (stretch === 'QUARTER_HOUR') return at - (at % QUARTER_MS);
  const wall = wallOf(at, timeZone);
  const midnight = wall - (wall % DAY_MS);
  if (stretch === 'DAY') return dayOn(midnight, timeZone);
  if (stretch === 'WEEK') return dayOn(midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * DAY_MS, timeZone);
  if (stretch === 'MONTH') return dayOn(firstOfMonth(midnight, 0), timeZone);
  // Walked from the day's beginning, as the following ones are: an hour in which clocks are changed is cut there.
  let hour = dayOn(midnight, timeZone);
  for (let next = nextOf(hour, stretch, timeZone); next <= at; next = nextOf(hour, stretch, timeZone)) hour = next;
  return hour;
}

function nextOf(at: number, stretch: Stretch, timeZone: string): number {
  if (stretch === 'QUARTER_HOUR') return at + QUARTER_MS;
  const wall = wallOf(at, timeZone);
  if (stretch === 'HOUR') return at + HOUR_MS - (wall % HOUR_MS);
  const next = dayOn(movedBy(wall, 1, stretch), timeZone);
  // A day that a zone left out when it changed sides of the date line has no moment of its own.
  return next > at ? next : dayOn(movedBy(wall, 2, stretch), timeZone);
}

/** A midnight on the wall, so many days, weeks or months away. */
function movedBy(wall: number, count: number, stretch: Stretch): number {
  const midnight = wall - (wall % DAY_MS);
  return stretch === 'MONTH' ? firstOfMonth(midnight, count) : midnight + count * LENGTH_MS[stretch];
}

function firstOfMonth(midnight: number, count: number): number {
  const day = new Date(midnight);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + count, 1);
}

/** The first moment at which the wall shows that midnight or, where it is skipped, a later time. */
function dayOn(midnight: number, timeZone: string): number {
  const offsets = [midnight - DAY_MS, midnight + DAY_MS].map((at) => wallOf(at, timeZone) - at);
  const earliest = midnight - Math.max(...offsets);
  const latest = midnight - Math.min(...offsets);
  for (let at = earliest; at < latest; at += QUARTER_MS) if (wallOf(at, timeZone) >= midnight) return at;
  return latest;
}

/** What a clock on the wall shows, as milliseconds of a UTC that would show the same. */
function wallOf(at: number, timeZone: string): number {
  if (timeZone === 'UTC') return at;
  const shown = new Map(
    clockIn(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) + (at % 60_000);
}

/** Making one costs fifty times what reading it does. */
const clocks = new LRUCache<string, Intl.DateTimeFormat>({ max: 200 });

function clockIn(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const shown = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const clock = new Intl.DateTimeFormat('en', { ...shown, timeZone, hourCycle: 'h23' });
  clocks.set(timeZone, clock);
  return clock;
}
