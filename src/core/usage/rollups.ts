import type { Db, Tx } from '#core/db';
import type { StoredUsageFilter } from '#core/usage/filter';
import type { LedgerEntry } from '#generated/prisma/client';
import type { UsageDimension } from '#generated/prisma/enums';
import { QUARTER_MS } from '#lib/calendar';

const DAY_MS = 96 * QUARTER_MS;

/** What calls come to. Micro-credits. */
export interface UsageSums {
  calls: bigint;
  /** What they were charged. */
  credits: bigint;
  /** What was given back in this time, for calls of any time. */
  refunded: bigint;
}

/** What one group comes to in one bucket; buckets without anything have none. */
export interface Cell extends UsageSums {
  /** The bucket begins with the bound of that place, from 0. */
  bucket: number;
  /** As it is stored; null for all groups beyond the largest. */
  value: string | null;
  /** Place among the groups, from 1; 0 for those beyond the largest. */
  place: number;
}

export interface CellsWanted {
  workspaceId: string;
  environment: LedgerEntry['environment'];
  dimension: UsageDimension;
  /** Ascending, whole quarters of an hour: where buckets begin, and where the last one ends. */
  bounds: readonly Date[];
  /** The bucket from which on groups are ranked by what they were charged: earlier ones are only compared with. */
  rankedFrom?: number;
  /** How many of the largest groups stand alone. */
  top?: number;
  filter?: StoredUsageFilter;
}

/**
 * Sums of usage by group and bucket. Days that are closed are read as sums over each UTC day from which any part of it is
 * a difference, so what that costs depends on days and groups alone; what is not closed, or is filtered, from its quarters.
 */
export async function readCells(
  db: Db | Tx,
  { workspaceId, environment, dimension, bounds, rankedFrom = 0, top = 1_000_000, filter = {} }: CellsWanted,
): Promise<Cell[]> {
  const { apiKeyId = null, memberId = null, operation = null, outcome = null, tag = null } = filter;
  const isFiltered = [apiKeyId, memberId, operation, outcome, tag].some((wanted) => wanted !== null);
  const parts = isFiltered ? [] : partsOfDays(bounds);
  const [first, last] = [bounds[0] ?? new Date(0), bounds.at(-1) ?? new Date(0)];
  return db.$queryRaw<Cell[]>`
    WITH closing AS MATERIALIZED (
      SELECT coalesce((SELECT c.until FROM usage_closing c WHERE c.workspace_id = ${workspaceId}::uuid AND NOT ${isFiltered}),
        '-infinity'::date) AS until),
    cell AS (
      SELECT p.bucket, d.value,
        sum(coalesce(d.calls[width_bucket(p.until - 1, d.quarters)], 0) - coalesce(d.calls[width_bucket(p.since - 1, d.quarters)], 0)) AS calls,
        sum(coalesce(d.credits[width_bucket(p.until - 1, d.quarters)], 0) - coalesce(d.credits[width_bucket(p.since - 1, d.quarters)], 0)) AS credits,
        sum(coalesce(d.refunded[width_bucket(p.until - 1, d.quarters)], 0) - coalesce(d.refunded[width_bucket(p.since - 1, d.quarters)], 0)) AS refunded
      FROM unnest(${parts.map(({ day }) => day)}::date[], ${parts.map(({ since }) => since)}::int[],
        ${parts.map(({ until }) => until)}::int[], ${parts.map(({ bucket }) => bucket)}::int[]) AS p (day, since, until, bucket)
      JOIN usage_day d ON d.workspace_id = ${workspaceId}::uuid AND d.dimension = ${dimension}::usage_dimension
        AND d.environment = ${environment}::environment AND d.day = p.day
      WHERE p.day < (SELECT until FROM closing)
      GROUP BY 1, 2
      UNION ALL
      SELECT width_bucket(q.quarter, ${bounds}::timestamptz[]) - 1,
        CASE ${dimension}::usage_dimension WHEN 'KEY' THEN q.api_key_id::text WHEN 'OPERATION' THEN q.operation
          WHEN 'OUTCOME' THEN q.outcome::text WHEN 'MEMBER' THEN q.member_id::text ELSE q.tag END,
        sum(q.calls), sum(q.credits), sum(q.refunded)
      FROM usage_quarter q
      WHERE q.workspace_id = ${workspaceId}::uuid AND q.environment = ${environment}::environment
        AND q.quarter >= greatest(${first}::timestamptz, (SELECT until FROM closing)::timestamp AT TIME ZONE 'UTC')
        AND q.quarter < ${last}::timestamptz
        AND (${apiKeyId}::uuid IS NULL OR q.api_key_id = ${apiKeyId}::uuid)
        AND (${memberId}::uuid IS NULL OR q.member_id = ${memberId}::uuid)
        AND (${operation}::text IS NULL OR q.operation = ${operation}::text)
        AND (${outcome}::outcome IS NULL OR q.outcome = ${outcome}::outcome)
        AND (${tag}::text IS NULL OR q.tag = ${tag}::text)
      GROUP BY 1, 2),
    ranked AS (
      SELECT value, is_rest, row_number() OVER (ORDER BY is_rest, credits DESC, calls DESC, value) AS place
      FROM (
        SELECT value, ${dimension}::usage_dimension = 'TAG' AND value = '*' AS is_rest,
          coalesce(sum(credits) FILTER (WHERE bucket >= ${rankedFrom}::int), 0) AS credits,
          coalesce(sum(calls) FILTER (WHERE bucket >= ${rankedFrom}::int), 0) AS calls
        FROM cell GROUP BY value) AS g)
    SELECT c.bucket, n.value, n.place, sum(c.calls)::bigint AS calls, sum(c.credits)::bigint AS credits,
      sum(c.refunded)::bigint AS refunded
    FROM cell c JOIN ranked r ON r.value = c.value
    CROSS JOIN LATERAL (SELECT r.place <= ${top}::int AND NOT r.is_rest AS is_alone) AS a
    CROSS JOIN LATERAL (
      SELECT CASE WHEN a.is_alone THEN r.value END, CASE WHEN a.is_alone THEN r.place ELSE 0 END::int) AS n (value, place)
    GROUP BY 1, 2, 3`;
}

/** A part of one UTC day that lies in one bucket, in quarters of an hour. */
interface Part {
  /** As in 2026-11-28. */
  day: string;
  since: number;
  until: number;
  bucket: number;
}

/** The parts that bounds and UTC midnights cut a time into. */
function partsOfDays(bounds: readonly Date[]): Part[] {
  const parts: Part[] = [];
  for (const [bucket, bound] of bounds.entries()) {
    const end = bounds[bucket + 1]?.getTime() ?? 0;
    for (let at = bound.getTime(); at < end;) {
      const midnight = Math.floor(at / DAY_MS) * DAY_MS;
      const until = Math.min(end, midnight + DAY_MS);
      const day = new Date(midnight).toISOString().slice(0, 10);
      parts.push({ day, since: (at - midnight) / QUARTER_MS, until: (until - midnight) / QUARTER_MS, bucket });
      at = until;
    }
  }
  return parts;
}
