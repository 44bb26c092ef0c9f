import type { Db } from '#core/db';
import type { FeedHead, FeedReader } from '#core/events/feed-reader';
import type { LedgerEntry } from '#generated/prisma/client';

/** The ledger as the live feed's truth. Seq is given under the balance row's lock, so no row can appear before an earlier one. */
export function ledgerFeedReader(db: Db): FeedReader<LedgerEntry> {
  return {
    heads: (workspaceIds) => db.$queryRaw<FeedHead[]>`
      SELECT b.workspace_id AS "workspaceId", b.seq, b.available, b.held, w.access_version AS "accessVersion",
        coalesce((SELECT max(s.seq) FROM ledger_start s WHERE s.workspace_id = b.workspace_id), 0) AS "startSeq"
      FROM balance b JOIN workspace w ON w.id = b.workspace_id
      WHERE b.workspace_id = ANY (${[...workspaceIds]}::uuid[]) AND w.deleted_at IS NULL`,
    rowsAfter: (workspaceId, seq, limit) =>
      db.ledgerEntry.findMany({ where: { workspaceId, seq: { gt: seq } }, orderBy: { seq: 'asc' }, take: limit }),
  };
}
