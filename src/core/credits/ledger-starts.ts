import type { GrantsThen } from '#core/credits/grant-replay';
import type { Db, Tx } from '#core/db';
import { Violation } from '#core/proofs';
import type { LedgerCheckpoint } from '#generated/prisma/client';

/** Up to where a ledger is proved, and what its entries come to until there. Micro-credits. */
export type Checkpoint = Omit<LedgerCheckpoint, 'workspaceId' | 'verifiedAt'>;

/** What a ledger begins with: nothing, or what the months that were dropped came to. */
export interface LedgerStart extends Checkpoint {
  /** Entries from then on are kept; null where all are. */
  since: Date | null;
  grants: GrantsThen;
  /** What entries that are kept refund of calls that are not. */
  refundedLater: bigint;
  /** What caps count for the days before. */
  spentByKeys: bigint;
}

const BEGINNING: LedgerStart = {
  since: null,
  seq: 0n,
  availableAfter: 0n,
  heldAfter: 0n,
  grantedTotal: 0n,
  spentTotal: 0n,
  expiredTotal: 0n,
  entryAt: new Date(0),
  grants: { grants: {}, holds: {} },
  refundedLater: 0n,
  spentByKeys: 0n,
};

/** Where a workspace's ledger begins by now. Rights are the caller's business. */
export async function findLedgerStart(db: Db | Tx, workspaceId: string): Promise<LedgerStart> {
  const row = await db.ledgerStart.findFirst({ where: { workspaceId }, orderBy: { since: 'desc' } });
  return row ? { ...row, grants: row.grants as unknown as GrantsThen } : BEGINNING;
}

/** Proves from where a ledger begins; again, should months have been dropped while it was read. */
export async function* provedFromStart<Result>(
  db: Db,
  workspaceId: string,
  prove: (start: LedgerStart) => AsyncGenerator<number, Result>,
): AsyncGenerator<number, Result> {
  for (;;) {
    const start = await findLedgerStart(db, workspaceId);
    try {
      return yield* prove(start);
    } catch (error) {
      const { seq } = await findLedgerStart(db, workspaceId);
      if (!(error instanceof Violation) || seq === start.seq) throw error;
    }
  }
}

/** From when on ledgers are kept, for people; null where none was cut. */
export async function describeStarts(db: Db): Promise<string | null> {
  const cut = await db.ledgerStart.groupBy({ by: ['workspaceId'], _max: { since: true } });
  const latest = cut.reduce((last, { _max: { since } }) => (since && since > last ? since : last), new Date(0));
  if (cut.length === 0) return null;
  const month = latest.toISOString().slice(0, 10);
  return `${cut.length} of the ledgers from ${month} on, what was dropped before it as it was proved then`;
}

/** What is wrong with what is kept about calls that are not; null when nothing is. */
export async function findWrongStart(
  tx: Tx,
  workspaceId: string,
  { seq, refundedLater }: LedgerStart,
): Promise<string | null> {
  if (seq === 0n) return null;
  // Such refunds were proved with their calls, and there can be no new ones.
  const { _sum: refunds } = await tx.ledgerEntry.aggregate({
    where: { workspaceId, kind: 'REFUND', seq: { gt: seq }, refSeq: { lte: seq } },
    _sum: { credits: true },
  });
  return (refunds.credits ?? 0n) === refundedLater
    ? null
    : 'refunds of calls that are not kept do not come to what they were.';
}
