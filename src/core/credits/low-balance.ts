import type { Tx } from '#core/db';

/**
 * Sets below which balance a decision is an event of its own (`workspace.balance_low`); null for none. Micro-credits. What
 * processes remember of the workspace is void from the commit on, so the next decision knows it.
 */
export async function setLowBalanceThreshold(
  tx: Tx,
  { workspaceId, threshold }: { workspaceId: string; threshold: bigint | null },
): Promise<void> {
  const changed = await tx.$executeRaw`
    UPDATE balance SET low_balance_threshold = ${threshold}::bigint
    WHERE workspace_id = ${workspaceId}::uuid AND low_balance_threshold IS DISTINCT FROM ${threshold}::bigint`;
  // Decisions prove the version of the workspace's row, and not that of the balance's, which is theirs.
  if (changed > 0) await tx.$executeRaw`UPDATE workspace SET updated_at = now() WHERE id = ${workspaceId}::uuid`;
}
