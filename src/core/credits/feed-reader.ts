import type { Db } from '#core/db';
import type { FeedReader } from '#core/events/feed-reader';
import type { LedgerEntry } from '#generated/prisma/client';

/** The ledger as the live feed's truth. Seq is given under the balance row's lock, so no row can appear before an earlier one. */
export function ledgerFeedReader(db: Db): FeedReader<LedgerEntry> {
  return {
    heads: async (workspaceIds) => {
      const [balances, starts] = await Promise.all([
        db.balance.findMany({
          where: { workspaceId: { in: [...workspaceIds] }, workspace: { deletedAt: null } },
          select: {
            workspaceId: true,
            seq: true,
            available: true,
            held: true,
            workspace: { select: { accessVersion: true } },
          },
        }),
        db.ledgerStart.groupBy({
          by: ['workspaceId'],
          where: { workspaceId: { in: [...workspaceIds] } },
          _max: { seq: true },
        }),
      ]);
      const startSeqs = new Map(starts.map(({ workspaceId, _max }) => [workspaceId, _max.seq ?? 0n]));
      return balances.map(({ workspace, workspaceId: id, seq, available, held }) => ({
        workspaceId: id,
        seq,
        startSeq: startSeqs.get(id) ?? 0n,
        available,
        held,
        accessVersion: workspace.accessVersion,
      }));
    },
    rowsAfter: (workspaceId, seq, limit) =>
      db.ledgerEntry.findMany({ where: { workspaceId, seq: { gt: seq } }, orderBy: { seq: 'asc' }, take: limit }),
  };
}
