import { everyLedger } from '#core/credits/every-ledger';
import { describeStarts, type LedgerStart, provedFromStart } from '#core/credits/ledger-starts';
import type { Db } from '#core/db';
import { type Proof, Violation } from '#core/proofs';
import { hashDays } from '#core/usage/day-hashes';

const ENTRIES_PER_READ = 20_000n;
const DAYS_PER_READ = 7;

/** The sums of usage are those of the entries, quarter by quarter, and those of closed days are the sums of their quarters. */
export const usageSums: Proof = {
  name: 'sums of usage',
  size: (db) => db.usageQuarter.count(),
  origin: describeStarts,
  async *check(db) {
    for await (const workspaceId of everyLedger(db)) {
      yield* provedFromStart(db, workspaceId, (start) => proveSums(db, workspaceId, start));
    }
  },
};

/** A stretch of the ledger that ends with a quarter of an hour. */
interface Stretch {
  after: bigint;
  since: Date;
  /** The beginning of the quarter after it; null at the end of the ledger, which may be written beside us. */
  until: Date | null;
}

async function* proveSums(db: Db, workspaceId: string, start: LedgerStart): AsyncGenerator<number, void> {
  await proveOldDays(db, workspaceId);
  yield* proveQuarters(db, workspaceId, start);
  await proveDays(db, workspaceId, start);
}

/** @throws Violation where days whose entries are gone are not as they were when those were dropped. */
async function proveOldDays(db: Db, workspaceId: string): Promise<void> {
  const starts = await db.ledgerStart.findMany({ where: { workspaceId }, orderBy: { since: 'asc' } });
  for (const [index, { since: until, daysHash }] of starts.entries()) {
    const since = starts[index - 1]?.since ?? null;
    const hash = await hashDays(db, workspaceId, { since, until });
    if (Buffer.compare(hash, daysHash) !== 0)
      throw new Violation(
        workspaceId,
        `what was used before ${until.toISOString().slice(0, 10)} is not what was proved.`,
      );
  }
}

/** Yields the numbers of sums found right. @throws Violation at a quarter that is not the sum of its entries. */
async function* proveQuarters(
  db: Db,
  workspaceId: string,
  start: Pick<LedgerStart, 'seq' | 'since'>,
): AsyncGenerator<number, void> {
  let [after, since] = [start.seq, start.since ?? new Date(0)];
  for (let upTo = after + ENTRIES_PER_READ; ; upTo += ENTRIES_PER_READ) {
    const [end] = await db.$queryRaw<{ until: Date }[]>`
      SELECT date_bin('15 minutes', created_at, 'epoch') AS until FROM ledger_entry
      WHERE workspace_id = ${workspaceId}::uuid AND seq = ${upTo}`;
    // A quarter with more entries than that is read whole.
    if (end && end.until <= since) continue;
    const until = end?.until ?? null;
    const { count, seq, problem } = await compareQuarters(db, workspaceId, { after, since, until });
    if (problem !== null) throw new Violation(workspaceId, problem);
    yield count;
    if (until === null) return;
    [after, since] = [seq ?? after, until];
  }
}

async function compareQuarters(db: Db, workspaceId: string, { after, since, until }: Stretch) {
  const [row] = await db.$queryRaw<{ count: number; seq: bigint | null; problem: string | null }[]>`
    WITH entry AS MATERIALIZED (
      SELECT e.* FROM ledger_entry e
      WHERE e.workspace_id = ${workspaceId}::uuid AND e.seq > ${after} AND e.created_at >= ${since}
        AND e.created_at < coalesce(${until}::timestamptz, 'infinity')),
    summed AS (
      SELECT date_bin('15 minutes', e.created_at, 'epoch') AS quarter, e.api_key_id, coalesce(e.operation, '') AS operation,
        e.outcome, CASE WHEN e.tag IS NULL THEN '' ELSE coalesce(k.tag, '*') END AS tag, e.member_id, e.environment,
        count(*) FILTER (WHERE e.kind <> 'REFUND') AS calls,
        coalesce(sum(e.credits) FILTER (WHERE e.kind <> 'REFUND'), 0) AS credits,
        coalesce(sum(e.credits) FILTER (WHERE e.kind = 'REFUND'), 0) AS refunded,
        min(e.seq) FILTER (WHERE e.kind <> 'REFUND') AS first_seq, max(e.seq) FILTER (WHERE e.kind <> 'REFUND') AS last_seq
      FROM entry e
      LEFT JOIN usage_tag k ON k.workspace_id = e.workspace_id AND k.tag = '=' || e.tag
        AND k.month = date_trunc('month', e.created_at AT TIME ZONE 'UTC')::date
      WHERE e.kind IN ('USAGE', 'CAPTURE', 'REFUND')
      GROUP BY 1, 2, 3, 4, 5, 6, 7),
    told AS (
      SELECT quarter, api_key_id, operation, outcome, tag, member_id, environment, calls, credits, refunded, first_seq, last_seq
      FROM usage_quarter
      WHERE workspace_id = ${workspaceId}::uuid AND quarter >= ${since} AND quarter < coalesce(${until}::timestamptz, 'infinity')),
    wrong AS ((TABLE told EXCEPT TABLE summed) UNION ALL (TABLE summed EXCEPT TABLE told))
    SELECT (SELECT count(*)::int FROM told) AS count, (SELECT max(seq) FROM entry) AS seq, (
      SELECT format('what was used in the quarter of an hour from %s is not the sum of its entries.', quarter) FROM wrong
      ORDER BY quarter LIMIT 1) AS problem`;
  return row ?? { count: 0, seq: null, problem: null };
}

/** @throws Violation at a closed day that is not the sum of its quarters. */
async function proveDays(db: Db, workspaceId: string, { since: begin }: LedgerStart): Promise<void> {
  const where = { workspaceId, ...(begin && { quarter: { gte: begin } }) };
  const [first, closing] = await Promise.all([
    db.usageQuarter.findFirst({ where, orderBy: { quarter: 'asc' }, select: { quarter: true } }),
    db.usageClosing.findUnique({ where: { workspaceId } }),
  ]);
  if (!first || !closing) return;
  const since = new Date(`${first.quarter.toISOString().slice(0, 10)}T00:00:00Z`);
  while (since < closing.until) {
    const [wrong] = await db.$queryRaw<{ problem: string }[]>`
      WITH span AS (SELECT d.since, least(d.since + ${DAYS_PER_READ}::int, ${closing.until}::date) AS until FROM (SELECT ${since}::date) AS d (since)),
      summed AS (
        SELECT v.dimension, q.environment, (q.quarter AT TIME ZONE 'UTC')::date AS day, v.value, q.quarter,
          sum(q.calls) AS calls, sum(q.credits) AS credits, sum(q.refunded) AS refunded
        FROM usage_quarter q
        CROSS JOIN span
        CROSS JOIN LATERAL (VALUES ('KEY'::usage_dimension, q.api_key_id::text), ('OPERATION', q.operation),
          ('OUTCOME', q.outcome::text), ('MEMBER', q.member_id::text), ('TAG', q.tag)) AS v (dimension, value)
        WHERE q.workspace_id = ${workspaceId}::uuid AND q.quarter >= span.since::timestamp AT TIME ZONE 'UTC'
          AND q.quarter < span.until::timestamp AT TIME ZONE 'UTC'
        GROUP BY 1, 2, 3, 4, 5),
      told AS (
        SELECT d.dimension, d.environment, d.day, d.value, d.day::timestamp AT TIME ZONE 'UTC' + u.place * interval '15 minutes' AS quarter,
          (u.calls - lag(u.calls, 1, 0::bigint) OVER w)::numeric AS calls, (u.credits - lag(u.credits, 1, 0::bigint) OVER w)::numeric AS credits,
          (u.refunded - lag(u.refunded, 1, 0::bigint) OVER w)::numeric AS refunded
        FROM usage_day d
        CROSS JOIN span
        CROSS JOIN LATERAL unnest(d.quarters, d.calls, d.credits, d.refunded) AS u (place, calls, credits, refunded)
        WHERE d.workspace_id = ${workspaceId}::uuid AND d.day >= span.since AND d.day < span.until
        WINDOW w AS (PARTITION BY d.dimension, d.environment, d.day, d.value ORDER BY u.place))
      SELECT format('what was used on %s is not the sum of its quarters of an hour.', day) AS problem
      FROM ((TABLE told EXCEPT TABLE summed) UNION ALL (TABLE summed EXCEPT TABLE told)) AS wrong ORDER BY day LIMIT 1`;
    if (wrong) throw new Violation(workspaceId, wrong.problem);
    since.setUTCDate(since.getUTCDate() + DAYS_PER_READ);
  }
}
