import { changeOf } from '#core/credits/history';
import type { Db } from '#core/db';
import type { DecisionReader } from '#core/events/activity';
import { encodeEntryId, encodeId } from '#core/ids';
import type { LedgerEntry } from '#generated/prisma/client';
import { formatMicro } from '#lib/micro';

/** The decisions about credits that stand among the events of a workspace: all but plain calls. */
export function decisionReader(db: Db): DecisionReader<LedgerEntry> {
  return {
    isDecision: ({ kind }) => kind !== 'USAGE',
    async seqsBetween(workspaceId, { after, end, limit }) {
      // Dropped partitions are the oldest: if the next row is there, so is the rest.
      const next = await db.ledgerEntry.findFirst({ where: { workspaceId, seq: after + 1n }, select: { seq: true } });
      if (!next) return null;
      // The kind as it stands in the index's own condition: as a parameter the planner could not tell that it fits.
      const rows = await db.$queryRaw<{ seq: bigint }[]>`
        SELECT e.seq FROM ledger_entry e
        WHERE e.workspace_id = ${workspaceId}::uuid AND e.seq > ${after} AND e.seq <= ${end} AND e.kind <> 'USAGE'
        ORDER BY e.seq LIMIT ${limit}`;
      return rows.map(({ seq }) => seq);
    },
    rowsOf: (workspaceId, seqs) =>
      db.ledgerEntry.findMany({ where: { workspaceId, seq: { in: [...seqs] } }, orderBy: { seq: 'asc' } }),
  };
}

/** A decision as an event: what it is called, what it is about, and the balance before and after it as decimal texts. */
export interface DecisionEvent {
  type: string;
  /** Public id of the hold, grant or call that it is about; null where there is none, or several. */
  targetId: string | null;
  before: { available: string; held: string };
  after: { available: string; held: string; credits: string };
}

/** What a decision that is no plain call is among the events of its workspace. */
export function describeDecision(entry: LedgerEntry): DecisionEvent {
  const { credits, availableAfter, heldAfter } = entry;
  const change = changeOf(entry);
  return {
    type: typeOf(entry),
    targetId: targetOf(entry),
    before: { available: formatMicro(availableAfter - change.available), held: formatMicro(heldAfter - change.held) },
    after: { available: formatMicro(availableAfter), held: formatMicro(heldAfter), credits: formatMicro(credits) },
  };
}

function typeOf({ kind, outcome, refSeq, actorKind }: LedgerEntry): string {
  switch (kind) {
    case 'USAGE':
      return 'usage.recorded';
    case 'GRANT':
      return 'credits.granted';
    case 'EXPIRY':
      return 'credits.expired';
    case 'VOID':
      return 'credits.voided';
    case 'ADJUSTMENT':
      return 'credits.adjusted';
    case 'REFUND':
      return 'credits.refunded';
    case 'HOLD':
      if (outcome === 'DECLINED') return 'hold.declined';
      return refSeq === null ? 'hold.opened' : 'hold.extended';
    case 'CAPTURE':
      return outcome === 'DECLINED' ? 'hold.capture_declined' : 'hold.captured';
    case 'RELEASE':
      // Nobody but the clock releases in the system's name.
      return actorKind === 'SYSTEM' ? 'hold.expired' : 'hold.released';
  }
}

function targetOf({ kind, workspaceId, seq, holdId, grantId, refSeq }: LedgerEntry): string | null {
  if (kind === 'USAGE') return encodeEntryId({ workspaceId, seq });
  if (kind === 'REFUND') return refSeq === null ? null : encodeEntryId({ workspaceId, seq: refSeq });
  if (kind === 'HOLD' || kind === 'CAPTURE' || kind === 'RELEASE')
    return holdId === null ? null : encodeId('Hold', holdId);
  return grantId === null ? null : encodeId('CreditGrant', grantId);
}
