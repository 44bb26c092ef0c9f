import type { Db } from '#core/db';
import type { FeedReader, LogHead } from '#core/events/feed-reader';

/** The end of an inbox's log. */
export interface InboxHead extends LogHead {
  /** The inbox. */
  logId: string;
}

/** That a delivery came: what it says is read by whoever is told, with their own rights. */
export interface InboxRow {
  /** Its number in the inbox. */
  seq: bigint;
  id: string;
}

/** An inbox's deliveries as the truth of a live feed. Numbers are given under the inbox's lock, so none appears before an earlier one. */
export function inboxFeedReader(db: Db): FeedReader<InboxRow, InboxHead> {
  return {
    heads: (inboxIds) => db.$queryRaw<InboxHead[]>`
      SELECT i.id AS "logId", w.id AS "workspaceId", i.last_number AS seq, w.access_version AS "accessVersion"
      FROM inbox i JOIN workspace w ON w.id = i.workspace_id
      WHERE i.id = ANY (${[...inboxIds]}::uuid[]) AND w.deleted_at IS NULL`,
    async rowsAfter(inboxId, seq, limit) {
      const rows = await db.inboxDelivery.findMany({
        where: { inboxId, number: { gt: seq } },
        orderBy: { number: 'asc' },
        select: { id: true, number: true },
        take: limit,
      });
      const [first] = rows;
      if (!first) return [];
      // Up to where one was deleted since: the next reading begins behind that, and says so.
      const end = rows.findIndex(({ number }, index) => number !== first.number + BigInt(index));
      return rows.slice(0, end === -1 ? rows.length : end).map(({ id, number }) => ({ id, seq: number }));
    },
  };
}
