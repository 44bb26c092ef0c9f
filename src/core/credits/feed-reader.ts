import { type Db, ENTRY_COLUMNS } from '#core/db';
import type { FeedHead, FeedReader } from '#core/events/feed-reader';
import type { LedgerEntry } from '#generated/prisma/client';
import { GroupedReads } from '#lib/grouped-reads';

/** So that those who are far behind keep nobody waiting for long, nor fill the memory. */
const LEDGERS_PER_READ = 32;

/** The ledger as the live feed's truth. Seq is given under the balance row's lock, so no row can appear before an earlier one. */
export function ledgerFeedReader(db: Db): FeedReader<LedgerEntry> {
  // Where many workspaces are busy at once, one statement reads what is new in all of them.
  const rows = new GroupedReads((places) => readRows(db, places), { idsPerRead: LEDGERS_PER_READ });
  return {
    heads: (workspaceIds) => db.$queryRaw<FeedHead[]>`
      SELECT b.workspace_id AS "workspaceId", b.seq, b.available, b.held, w.access_version AS "accessVersion",
        coalesce((SELECT max(s.seq) FROM ledger_start s WHERE s.workspace_id = b.workspace_id), 0) AS "startSeq"
      FROM balance b JOIN workspace w ON w.id = b.workspace_id
      WHERE b.workspace_id = ANY (${[...workspaceIds]}::uuid[]) AND w.deleted_at IS NULL`,
    rowsAfter: async (workspaceId, seq, limit) => (await rows.of(`${workspaceId} ${seq} ${limit}`)) ?? [],
  };
}

/** Entries by where they are wanted from: a workspace, the seq that they come after, and how many at most. */
async function readRows(db: Db, places: readonly string[]): Promise<Map<string, LedgerEntry[]>> {
  const wanted = places.map((place) => place.split(' '));
  const rows = await db.$queryRaw<(LedgerEntry & { place: number })[]>`
    SELECT p.place::int, e.*
    FROM unnest(${wanted.map(([id]) => id)}::uuid[], ${wanted.map(([, seq]) => seq)}::bigint[],
      ${wanted.map(([, , limit]) => limit)}::int[]) WITH ORDINALITY AS p (workspace_id, seq, rows, place)
    CROSS JOIN LATERAL (
      SELECT ${ENTRY_COLUMNS} FROM ledger_entry l WHERE l.workspace_id = p.workspace_id AND l.seq > p.seq
      ORDER BY l.seq LIMIT p.rows) AS e
    ORDER BY p.place, e.seq`;
  const found = new Map<string, LedgerEntry[]>(places.map((place) => [place, []]));
  for (const { place, ...entry } of rows) found.get(places[place - 1] ?? '')?.push(entry);
  return found;
}
