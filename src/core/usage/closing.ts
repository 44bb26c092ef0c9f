import { type Db, inTransaction, now } from '#core/db';

/** Whoever decides longer than that past midnight has been given up on: nothing is added to a day that is closed. */
const MARGIN_MS = 3_600_000;
const WORKSPACES_PER_READ = 1_000;
/** Few enough for the time limit of a statement, of a workspace that makes as many sums as it can. */
const DAYS_PER_WRITE = 7;

interface Closing {
  workspaceId: string;
  /** As in 2026-11-28: the days from the one to before the other. */
  since: string;
  until: string;
}

/**
 * Sums up the UTC days that are over, for summaries of long times. A step is some days of one workspace, so a run may be
 * cut short, repeated, and go on beside another.
 */
export async function closeUsageDays(db: Db): Promise<void> {
  const today = new Date(now().getTime() - MARGIN_MS).toISOString().slice(0, 10);
  for (;;) {
    const closings = await findClosings(db, today);
    for (const closing of closings) await closeDays(db, closing);
    if (closings.length === 0) return;
  }
}

function findClosings(db: Db, today: string): Promise<Closing[]> {
  return db.$queryRaw<Closing[]>`
    SELECT b.workspace_id AS "workspaceId", f.day::text AS since, least(f.day + ${DAYS_PER_WRITE}::int, ${today}::date)::text AS until
    FROM balance b
    LEFT JOIN usage_closing c ON c.workspace_id = b.workspace_id
    CROSS JOIN LATERAL (
      SELECT (q.quarter AT TIME ZONE 'UTC')::date FROM usage_quarter q
      WHERE q.workspace_id = b.workspace_id AND q.quarter >= coalesce(c.until, '-infinity')::timestamp AT TIME ZONE 'UTC'
        AND q.quarter < ${today}::date::timestamp AT TIME ZONE 'UTC'
      ORDER BY q.quarter LIMIT 1) AS f (day)
    WHERE b.last_entry_at >= coalesce(c.until, '-infinity')::timestamp AT TIME ZONE 'UTC'
    ORDER BY b.workspace_id LIMIT ${WORKSPACES_PER_READ}`;
}

async function closeDays(db: Db, { workspaceId, since, until }: Closing): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.$executeRaw`
      INSERT INTO usage_day (workspace_id, dimension, environment, day, value, quarters, calls, credits, refunded)
      SELECT ${workspaceId}::uuid, s.dimension, s.environment, s.day, s.value, array_agg(s.place ORDER BY s.place),
        array_agg(s.calls ORDER BY s.place), array_agg(s.credits ORDER BY s.place), array_agg(s.refunded ORDER BY s.place)
      FROM (
        SELECT d.dimension, q.environment, t.day, d.value, t.place,
          (sum(sum(q.calls)) OVER w)::bigint AS calls, (sum(sum(q.credits)) OVER w)::bigint AS credits, (sum(sum(q.refunded)) OVER w)::bigint AS refunded
        FROM usage_quarter q
        CROSS JOIN LATERAL (SELECT (q.quarter AT TIME ZONE 'UTC')::date) AS n (day)
        CROSS JOIN LATERAL (
          SELECT n.day, (extract(epoch FROM q.quarter - n.day::timestamp AT TIME ZONE 'UTC') / 900)::int) AS t (day, place)
        CROSS JOIN LATERAL (VALUES ('KEY'::usage_dimension, q.api_key_id::text), ('OPERATION', q.operation),
          ('OUTCOME', q.outcome::text), ('MEMBER', q.member_id::text), ('TAG', q.tag)) AS d (dimension, value)
        WHERE q.workspace_id = ${workspaceId}::uuid AND q.quarter >= ${since}::date::timestamp AT TIME ZONE 'UTC'
          AND q.quarter < ${until}::date::timestamp AT TIME ZONE 'UTC'
        GROUP BY d.dimension, q.environment, t.day, d.value, t.place
        WINDOW w AS (PARTITION BY d.dimension, q.environment, t.day, d.value ORDER BY t.place)) AS s
      GROUP BY s.dimension, s.environment, s.day, s.value
      ON CONFLICT DO NOTHING`;
    await tx.$executeRaw`
      INSERT INTO usage_closing AS c (workspace_id, until) VALUES (${workspaceId}::uuid, ${until}::date)
      ON CONFLICT (workspace_id) DO UPDATE SET until = greatest(c.until, excluded.until)`;
  });
}
