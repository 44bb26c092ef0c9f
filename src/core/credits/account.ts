import { type BurnableGrant, compareBurnOrder } from '#core/credits/burn';
import type { Tx } from '#core/db';
import { NotFound } from '#core/errors';

/** A workspace's credits as one transaction sees them, with its balance row locked. Amounts are micro-credits. */
export interface LockedAccount {
  readonly workspaceId: string;
  readonly available: bigint;
  readonly held: bigint;
  /** Number of the last decision. */
  readonly seq: bigint;
  /** When the next decision happens: the database's clock after the lock, never before the last decision. */
  readonly at: Date;
}

/**
 * Locks the workspace's balance row until the transaction ends. Everything that decides about credits begins here, and
 * only statements after this one see what the previous holder of the lock committed.
 * @throws NotFound when there is no such workspace: an operator's permit does not ask.
 */
export async function lockAccount(tx: Tx, workspaceId: string): Promise<LockedAccount> {
  // The clock is read outside the locking sub-select: inside, it would be read before the wait for the lock.
  const [row] = await tx.$queryRaw<{ available: bigint; held: bigint; seq: bigint; at: Date }[]>`
    WITH locked AS MATERIALIZED (
      SELECT available, held, seq, last_entry_at FROM balance WHERE workspace_id = ${workspaceId}::uuid FOR NO KEY UPDATE
    )
    SELECT available, held, seq, greatest(last_entry_at, date_trunc('milliseconds', clock_timestamp())) AS at FROM locked`;
  if (!row) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
  return { workspaceId, ...row };
}

/** Grants that still hold spendable credits, in burn order. */
export async function spendableGrants(tx: Tx, { workspaceId }: LockedAccount): Promise<BurnableGrant[]> {
  const grants = await tx.creditGrant.findMany({
    where: { workspaceId, remaining: { gt: 0n } },
    select: { id: true, priority: true, expiresAt: true, createdAt: true, remaining: true },
  });
  return grants.toSorted(compareBurnOrder);
}
