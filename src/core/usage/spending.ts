import type { Permit } from '#core/access/permit';
import { type Db, now, type Tx } from '#core/db';
import { ValidationFailed } from '#core/errors';
import { readCells, type UsageSums } from '#core/usage/rollups';
import { isTimeZone, QUARTER_MS, stretchBounds, stretchesBefore } from '#lib/calendar';
import { divideHalfUp } from '#lib/micro';

const HOUR_MS = 4 * QUARTER_MS;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;

/** What was spent in the days and the month that it is now, refunds taken off. Micro-credits; negative where more came back. */
export interface SpendFigures {
  today: bigint;
  /** Today and the six days before. */
  lastSevenDays: bigint;
  thisMonth: bigint;
}

/** What a workspace spends, by the days and months of a time zone. @throws ValidationFailed */
export async function findSpending(
  db: Db,
  { workspaceId }: Permit<'usage:read'>,
  { timeZone }: { timeZone: string },
): Promise<SpendFigures> {
  if (!isTimeZone(timeZone))
    throw new ValidationFailed('timeZone is not an IANA name, such as Europe/Berlin.', ['timeZone']);
  return spendingOf(db, { workspaceId, timeZone, at: now() });
}

/** The same at a moment, for a time zone that is one. Rights are the caller's business. */
export async function spendingOf(
  db: Db | Tx,
  { workspaceId, timeZone, at }: { workspaceId: string; timeZone: string; at: Date },
): Promise<SpendFigures> {
  const time = { since: at, until: at };
  const [today = time.since] = stretchBounds(time, 'DAY', timeZone);
  const [month = today] = stretchBounds(time, 'MONTH', timeZone);
  const week = stretchesBefore(today, { count: 6, stretch: 'DAY', timeZone });
  const spentSince = (begin: Date): bigint => spent(cells.filter(({ bucket }) => (bounds[bucket] ?? today) >= begin));
  const bounds = [...new Set([week, month, today].map(Number)), nextQuarter(at)]
    .toSorted((a, b) => a - b)
    .map((bound) => new Date(bound));
  const cells = await readCells(db, { workspaceId, environment: 'LIVE', dimension: 'OUTCOME', bounds });
  return { today: spentSince(today), lastSevenDays: spentSince(week), thisMonth: spentSince(month) };
}

export type RunwayConfidence = 'LOW' | 'MEDIUM' | 'HIGH';

/** When credits run out if they are spent on as they were. */
export interface Runway {
  /** Micro-credits. */
  creditsPerHour: bigint;
  hours: number;
  emptiesAt: Date;
  confidence: RunwayConfidence;
}

/** Further than that a rate of some days says nothing. */
const HOURS_MAX = 10 * 365 * DAY_HOURS;

/**
 * When what is available runs out, at the rate of the last 24 hours, or where nothing was spent in these, of the last 7 days.
 * Null when nothing was spent in either, or for ten years to come. Grants that end earlier are not foreseen.
 */
export function findRunway(
  db: Db,
  { workspaceId }: Permit<'usage:read'>,
  { available }: { available: bigint },
): Promise<Runway | null> {
  return runwayOf(db, { workspaceId, available, at: now() });
}

/** The same at a moment. Rights are the caller's business. */
export async function runwayOf(
  db: Db | Tx,
  { workspaceId, available, at }: { workspaceId: string; available: bigint; at: Date },
): Promise<Runway | null> {
  const end = nextQuarter(at);
  const bounds = Array.from({ length: WEEK_HOURS + 1 }, (_, index) => new Date(end - (WEEK_HOURS - index) * HOUR_MS));
  const cells = await readCells(db, { workspaceId, environment: 'LIVE', dimension: 'OUTCOME', bounds });
  const lately = cells.filter(({ bucket }) => bucket >= WEEK_HOURS - DAY_HOURS);
  const [day, week] = [spent(lately), spent(cells)];
  const [credits, hours] = day > 0n ? [day, DAY_HOURS] : [week, WEEK_HOURS];
  if (credits <= 0n) return null;
  const left = Number((available * BigInt(hours) * 1_000n) / credits) / 1_000;
  if (left > HOURS_MAX) return null;
  return {
    creditsPerHour: divideHalfUp(credits, BigInt(hours)),
    hours: left,
    emptiesAt: new Date(at.getTime() + left * HOUR_MS),
    confidence: confidenceIn({ day, week, busyHours: countBusy(lately) }),
  };
}

/**
 * How many calls succeeded and failed in so many minutes before a moment, and since the quarter of an hour in which those
 * began, by LIVE keys: a new quarter, in which hardly anybody called yet, leaves no less to look at. Rights are the caller's
 * business.
 */
export async function countOutcomes(
  db: Db | Tx,
  { workspaceId, minutes, at }: { workspaceId: string; minutes: number; at: Date },
): Promise<{ succeeded: bigint; failed: bigint }> {
  const end = nextQuarter(at);
  const bounds = [new Date(end - QUARTER_MS - minutes * 60_000), new Date(end)];
  const cells = await readCells(db, { workspaceId, environment: 'LIVE', dimension: 'OUTCOME', bounds });
  const callsOf = (outcome: string): bigint => cells.find(({ value }) => value === outcome)?.calls ?? 0n;
  return { succeeded: callsOf('SUCCEEDED'), failed: callsOf('FAILED') };
}

/** A rate is to be trusted if there were calls around the clock and the week says about the same. */
function confidenceIn({ day, week, busyHours }: { day: bigint; week: bigint; busyHours: number }): RunwayConfidence {
  const isSteady = day * 7n <= week * 2n && day * 7n * 2n >= week;
  if (busyHours >= 12 && isSteady) return 'HIGH';
  return busyHours >= 4 ? 'MEDIUM' : 'LOW';
}

function countBusy(cells: readonly (UsageSums & { bucket: number })[]): number {
  return new Set(cells.filter(({ credits }) => credits > 0n).map(({ bucket }) => bucket)).size;
}

function spent(cells: readonly UsageSums[]): bigint {
  return cells.reduce((sum, { credits, refunded }) => sum + credits - refunded, 0n);
}

const nextQuarter = (at: Date): number => (Math.floor(at.getTime() / QUARTER_MS) + 1) * QUARTER_MS;
