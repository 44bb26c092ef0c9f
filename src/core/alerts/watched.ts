import type { Tx } from '#core/db';
import type { Alert, AlertFiring } from '#generated/prisma/client';

/** An alert in evaluation: its row is locked. */
export interface Watched {
  alert: Alert;
  /** Number of the last decision when it is looked at, and what can be spent after it. Micro-credits. */
  seq: bigint;
  available: bigint;
  timeZone: string;
  open: readonly AlertFiring[];
  at: Date;
}

/**
 * Locks an alert and reads what it is compared with. Null when there is nothing to look at: it is gone, muted, of a deleted
 * workspace, or in the hands of another process.
 */
export async function lockWatched(tx: Tx, { alertId, at }: { alertId: string; at: Date }): Promise<Watched | null> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM alert WHERE id = ${alertId}::uuid FOR NO KEY UPDATE SKIP LOCKED`;
  if (locked.length === 0) return null;
  // After the lock: what the one before recorded is seen.
  const alert = await tx.alert.findUnique({
    where: { id: alertId },
    include: { firings: { where: { clearedAt: null } }, workspace: { include: { balance: true } } },
  });
  if (!alert?.workspace.balance || alert.workspace.deletedAt || isMuted(alert, at)) return null;
  const { firings: open, workspace, ...row } = alert;
  const { seq = 0n, available = 0n } = workspace.balance ?? {};
  return { alert: row, seq, available, timeZone: workspace.timeZone, open, at };
}

/** Whether nobody is told of it for now. */
export function isMuted({ mutedUntil }: Pick<Alert, 'mutedUntil'>, at: Date): boolean {
  return mutedUntil !== null && mutedUntil > at;
}
