import type { Db } from '#core/db';
import type { FeedReader, LogHead } from '#core/events/feed-reader';
import type { Event } from '#generated/prisma/client';

/** An event as a row of a log that is followed: its number is its place there. */
export type EventRow = Event & { seq: bigint };

/** The event log as the truth of a live feed. Numbers are given under a lock, so no event can appear before an earlier one. */
export function eventFeedReader(db: Db): FeedReader<EventRow, LogHead> {
  return {
    heads: (workspaceIds) => db.$queryRaw<LogHead[]>`
      SELECT w.id AS "workspaceId", h.number AS seq, w.access_version AS "accessVersion"
      FROM workspace w JOIN event_head h ON h.workspace_id = w.id
      WHERE w.id = ANY (${[...workspaceIds]}::uuid[]) AND w.deleted_at IS NULL`,
    async rowsAfter(workspaceId, seq, limit) {
      const events = await db.event.findMany({
        where: { workspaceId, number: { gt: seq } },
        orderBy: { number: 'asc' },
        take: limit,
      });
      return events.map((event) => Object.assign(event, { seq: event.number }));
    },
  };
}
