import type { Db } from '#core/db';

const DAYS_PER_READ = 7;
const DAY_MS = 24 * 3_600_000;

/**
 * SHA-256 of a workspace's closed days from one on and before another, in an order and a text of their own: what they say
 * of a time whose entries are gone cannot be proved otherwise.
 * @param span.since Null from the first day on.
 */
export async function hashDays(
  db: Db,
  workspaceId: string,
  { since, until }: { since: Date | null; until: Date },
): Promise<Uint8Array<ArrayBuffer>> {
  const first = await db.usageDay.findFirst({
    where: { workspaceId, day: { lt: until, ...(since && { gte: since }) } },
    orderBy: { day: 'asc' },
    select: { day: true },
  });
  let hash: Uint8Array<ArrayBuffer> = new Uint8Array();
  if (!first) return hash;
  // A week at a time, each with what came before it.
  for (let day = first.day; day < until; day = new Date(day.getTime() + DAYS_PER_READ * DAY_MS)) {
    const [row] = await db.$queryRaw<{ hash: Uint8Array<ArrayBuffer> }[]>`
      SELECT sha256(${hash}::bytea || convert_to(coalesce(string_agg(concat_ws('|', d.dimension, d.environment, d.day, d.value,
        d.quarters, d.calls, d.credits, d.refunded), E'\n' ORDER BY d.day, d.dimension, d.environment, d.value COLLATE "C"), ''), 'UTF8')) AS hash
      FROM usage_day d
      WHERE d.workspace_id = ${workspaceId}::uuid AND d.day >= ${day}::date
        AND d.day < least(${day}::date + ${DAYS_PER_READ}::int, ${until}::date)`;
    hash = row?.hash ?? hash;
  }
  return hash;
}
