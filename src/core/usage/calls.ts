import { type Place, type Reading, SEQ_MAX } from '#core/credits/ledger-pages';
import { type Db, ENTRY_COLUMNS, orderOf } from '#core/db';
import { storedConditions, type UsageFilter } from '#core/usage/filter';
import type { LedgerEntry } from '#generated/prisma/client';
import { QUARTER_MS } from '#lib/calendar';

/** A quarter of an hour in which calls were made that a filter may let through, and between which numbers. */
interface Quarter {
  quarter: Date;
  firstSeq: bigint;
  lastSeq: bigint;
  /** How many there certainly are. */
  calls: number;
}

/** Quarters that are asked for at once: where each has a single call, still enough for a page and the one beyond it. */
const QUARTERS_PER_READ = 128;

/**
 * The calls that a filter lets through, in the order of a page. The sums of usage say in which quarters there are
 * some and between which numbers, so that only there the ledger is searched: an index for each thing that can be filtered
 * by would cost every debit.
 */
export async function findCalls(db: Db, reading: Reading & { filter: UsageFilter }): Promise<LedgerEntry[]> {
  const { beyond, take, newestFirst, filter } = reading;
  const found: LedgerEntry[] = [];
  let from: Date | null = beyond?.createdAt ?? null;
  for (let isFirst = true; ; isFirst = false) {
    const quarters = await findQuarters(db, reading, { from, isAfter: !isFirst });
    // Enough for the page, as far as the sums can tell: those at an edge may have less.
    for (let begin = 0; begin < quarters.length && found.length < take;) {
      let [end, calls] = [begin, 0];
      while (end < quarters.length && calls < take - found.length) {
        const one = quarters[end++];
        if (one && isWhole(one, { beyond, filter })) calls += one.calls;
      }
      found.push(...(await searchQuarters(db, { ...reading, take: take - found.length }, quarters.slice(begin, end))));
      begin = end;
    }
    from = quarters.at(-1)?.quarter ?? null;
    if (found.length >= take || quarters.length < QUARTERS_PER_READ || from === null) break;
  }
  return found.toSorted((a, b) => (newestFirst ? Number(b.seq - a.seq) : Number(a.seq - b.seq)));
}

/** Whether all its calls lie beyond the cursor and within the filter's times. */
function isWhole(
  { quarter }: Quarter,
  { beyond, filter: { since, until } }: { beyond: Place | null; filter: UsageFilter },
) {
  const [begin, end] = [quarter.getTime(), quarter.getTime() + QUARTER_MS];
  const isAtCursor = beyond !== null && begin <= beyond.createdAt.getTime() && beyond.createdAt.getTime() < end;
  return !isAtCursor && (!since || since.getTime() <= begin) && (!until || end <= until.getTime());
}

/** The next quarters in the order of the page. */
function findQuarters(
  db: Db,
  { workspaceId, newestFirst, filter }: Reading & { filter: UsageFilter },
  { from, isAfter }: { from: Date | null; isAfter: boolean },
): Promise<Quarter[]> {
  const { apiKeyId = null, memberId = null, operation = null, outcome = null, tag = null } = storedConditions(filter);
  // Of the quarter that the cursor lies in something may be left; one that was told is done with.
  const [lowest, highest] = newestFirst ? [null, from] : [from, null];
  return db.$queryRaw<Quarter[]>`
    SELECT q.quarter, min(q.first_seq) AS "firstSeq", max(q.last_seq) AS "lastSeq",
      coalesce(sum(q.calls) FILTER (WHERE ${tag}::text IS NULL OR q.tag <> '*'), 0)::float8 AS calls
    FROM usage_quarter q
    WHERE q.workspace_id = ${workspaceId}::uuid AND q.first_seq IS NOT NULL
      AND q.quarter > coalesce(${filter.since ?? null}::timestamptz, '-infinity') - interval '15 minutes'
      AND q.quarter < coalesce(${filter.until ?? null}::timestamptz, 'infinity')
      AND q.quarter <= coalesce(${highest}::timestamptz, 'infinity')
      AND q.quarter > coalesce(${lowest}::timestamptz, '-infinity') - interval '15 minutes'
      AND (NOT ${isAfter} OR q.quarter <> ${from ?? new Date(0)}::timestamptz)
      AND (${apiKeyId}::uuid IS NULL OR q.api_key_id = ${apiKeyId}::uuid)
      AND (${memberId}::uuid IS NULL OR q.member_id = ${memberId}::uuid)
      AND (${operation}::text IS NULL OR q.operation = ${operation}::text)
      AND (${outcome}::outcome IS NULL OR q.outcome = ${outcome}::outcome)
      AND (${tag}::text IS NULL OR q.tag IN (${tag}::text, '*'))
    GROUP BY q.quarter ORDER BY q.quarter ${orderOf(newestFirst)} LIMIT ${QUARTERS_PER_READ}`;
}

/** The calls in some quarters, each a range of numbers in a partition that its time names. */
function searchQuarters(
  db: Db,
  { workspaceId, beyond, take, newestFirst, filter }: Reading & { filter: UsageFilter },
  quarters: readonly Quarter[],
): Promise<LedgerEntry[]> {
  const { apiKeyId = null, memberId = null, operation = null, outcome = null } = storedConditions(filter);
  const tag = filter.tag || null;
  const [above, below] = newestFirst ? [0n, beyond?.seq ?? SEQ_MAX] : [beyond?.seq ?? 0n, SEQ_MAX];
  // Known before it is planned, so that other partitions are not even opened.
  const times = quarters.map(({ quarter }) => quarter.getTime());
  const [begin, end] = [new Date(Math.min(...times)), new Date(Math.max(...times) + QUARTER_MS)];
  return db.$queryRaw<LedgerEntry[]>`
    SELECT e.*
    FROM unnest(${quarters.map(({ quarter }) => quarter)}::timestamptz[], ${quarters.map(({ firstSeq }) => firstSeq)}::bigint[],
      ${quarters.map(({ lastSeq }) => lastSeq)}::bigint[]) AS r (quarter, first_seq, last_seq)
    CROSS JOIN LATERAL (
      SELECT ${ENTRY_COLUMNS} FROM ledger_entry l
      WHERE l.workspace_id = ${workspaceId}::uuid AND l.seq >= r.first_seq AND l.seq <= r.last_seq
        AND l.created_at >= r.quarter AND l.created_at < r.quarter + interval '15 minutes'
        AND l.seq > ${above} AND l.seq < ${below} AND l.kind IN ('USAGE', 'CAPTURE')
        AND l.created_at >= ${begin} AND l.created_at < ${end}
        AND l.created_at >= coalesce(${filter.since ?? null}::timestamptz, '-infinity')
        AND l.created_at < coalesce(${filter.until ?? null}::timestamptz, 'infinity')
        AND (${apiKeyId}::uuid IS NULL OR l.api_key_id = ${apiKeyId}::uuid)
        AND (${memberId}::uuid IS NULL OR l.member_id = ${memberId}::uuid)
        AND (${operation}::text IS NULL OR l.operation = ${operation}::text)
        AND (${outcome}::outcome IS NULL OR l.outcome = ${outcome}::outcome)
        AND (${tag}::text IS NULL OR l.tag = ${tag}::text)
      ORDER BY l.seq ${orderOf(newestFirst)} LIMIT ${take}) AS e
    ORDER BY e.seq ${orderOf(newestFirst)} LIMIT ${take}`;
}
