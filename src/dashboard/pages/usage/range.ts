import type { Search } from '../../api/address.ts';
import type { TimeRange, UsageBucket } from '../../generated/graphql.ts';

const QUARTER_MS = 900_000;
const HOUR_MS = 4 * QUARTER_MS;
const DAY_MS = 24 * HOUR_MS;

export const BUCKETS: readonly { value: UsageBucket; text: string; lengthMs: number }[] = [
  { value: 'QUARTER_HOUR', text: '15 minutes', lengthMs: QUARTER_MS },
  { value: 'HOUR', text: 'Hours', lengthMs: HOUR_MS },
  { value: 'DAY', text: 'Days', lengthMs: DAY_MS },
  { value: 'WEEK', text: 'Weeks', lengthMs: 7 * DAY_MS },
  { value: 'MONTH', text: 'Months', lengthMs: 28 * DAY_MS },
];

/** What the server gives at most. */
const BUCKETS_MAX = 1_000;

export const PRESETS = ['24h', '7d', '30d', '90d', '12m'] as const;
export type Preset = (typeof PRESETS)[number];
export const PRESET_NAMES: Record<Preset, string> = {
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
  '30d': 'the last 30 days',
  '90d': 'the last 90 days',
  '12m': 'the last 12 months',
};

export interface Range {
  /** Null when the address says from when to when. */
  preset: Preset | null;
  since: number;
  /** Null: until now, whenever that is. */
  until: number | null;
}

/** The time that an address asks for; the last 7 days where it says nothing that can be understood. */
export function rangeOf(search: Search, now: number): Range {
  const since = Date.parse(search['since'] ?? '');
  if (!Number.isNaN(since) && since < now) {
    const until = Date.parse(search['until'] ?? '');
    return { preset: null, since, until: Number.isNaN(until) || until <= since || until > now ? null : until };
  }
  const preset = PRESETS.find((one) => one === search['range']) ?? '7d';
  return { preset, since: sinceOf(preset, now), until: null };
}

/**
 * Where a preset begins: such that widened to whole buckets it has as many as its name says, the one now among them. Moves
 * only every quarter of an hour, so that what is read again is the same question.
 */
function sinceOf(preset: Preset, now: number): number {
  const quarter = Math.floor(now / QUARTER_MS) * QUARTER_MS;
  if (preset === '24h') return quarter - 23 * HOUR_MS;
  if (preset === '7d') return quarter - 167 * HOUR_MS;
  if (preset === '30d') return quarter - 29 * DAY_MS;
  if (preset === '90d') return quarter - 89 * DAY_MS;
  const date = new Date(quarter);
  // The middle of a month is in that month in every time zone.
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 11, 15);
}

/** The finest bucket that still makes a readable chart. */
export function bucketFor(lengthMs: number): UsageBucket {
  if (lengthMs <= 12 * HOUR_MS) return 'QUARTER_HOUR';
  if (lengthMs <= 8 * DAY_MS) return 'HOUR';
  if (lengthMs <= 100 * DAY_MS) return 'DAY';
  return lengthMs <= 300 * DAY_MS ? 'WEEK' : 'MONTH';
}

/** The buckets that a time can be cut into: at least two of them, and no more than the server gives. */
export function bucketsFor(lengthMs: number) {
  return BUCKETS.filter(
    (one) => lengthMs / one.lengthMs <= BUCKETS_MAX - 2 && (lengthMs > one.lengthMs || one.value === 'QUARTER_HOUR'),
  );
}

export function timeRangeOf({ since, until }: Range): TimeRange {
  return { since: new Date(since).toISOString(), ...(until !== null && { until: new Date(until).toISOString() }) };
}
