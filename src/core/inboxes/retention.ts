import { type Db, inBatches } from '#core/db';

/**
 * Deletes deliveries that came longer ago than that and that nobody waits for: acknowledged ones, duplicates, and those
 * whose signature failed. What nobody has dealt with is kept, as long as the plan has room for it.
 */
export async function deleteOldDeliveries(db: Db, { days }: { days: number }): Promise<void> {
  await inBatches(async (limit) => {
    // Few at a time: each may be a mebibyte.
    const most = Math.min(limit, DELIVERIES_PER_STATEMENT);
    const [row] = await db.$queryRaw<{ count: number }[]>`
      WITH old AS MATERIALIZED (
        SELECT id FROM inbox_delivery
        WHERE received_at < clock_timestamp() - make_interval(days => ${days}::int) AND charge <> 'DUE'
          AND (acknowledged_at IS NOT NULL OR duplicate_of_id IS NOT NULL OR signature = 'FAILED')
        ORDER BY received_at LIMIT ${most}::int FOR UPDATE SKIP LOCKED
      ), gone AS (
        DELETE FROM inbox_delivery d USING old WHERE old.id = d.id RETURNING d.inbox_id, d.stored_bytes, d.signature
      ), freed AS (
        SELECT inbox_id, sum(stored_bytes) AS bytes, coalesce(sum(stored_bytes) FILTER (WHERE signature = 'FAILED'), 0) AS failed
        FROM gone GROUP BY inbox_id
      ), counted AS (
        UPDATE inbox i SET stored_bytes = i.stored_bytes - freed.bytes, failed_bytes = i.failed_bytes - freed.failed
        FROM freed WHERE freed.inbox_id = i.id
      )
      SELECT count(*)::int AS count FROM gone`;
    // A batch that was full is followed by another.
    return { count: row?.count === most ? limit : 0 };
  });
}

const DELIVERIES_PER_STATEMENT = 500;
