import { CONDITIONS, isOverAt, isTrueOf } from '#core/alerts/conditions';
import { recordClearing, recordFiring } from '#core/alerts/firings';
import { walkLedger } from '#core/alerts/ledger-walk';
import { readValues } from '#core/alerts/readings';
import { lockWatched, type Watched } from '#core/alerts/watched';
import { type Db, inTransaction, type Tx } from '#core/db';

/**
 * Looks at one alert and records what has become of its condition: fires once for each crossing and clears what is over.
 * Whoever comes while another process looks at it passes on; what that one does not see yet is found by the next look.
 */
export async function evaluateAlert(db: Db, { alertId, at }: { alertId: string; at: Date }): Promise<void> {
  await inTransaction(db, async (tx) => {
    const watched = await lockWatched(tx, { alertId, at });
    if (!watched) return;
    const seenSeq = CONDITIONS[watched.alert.condition].isAlongLedger
      ? await walkLedger(tx, watched)
      : await compareValues(tx, watched);
    await tx.alert.update({ where: { id: alertId }, data: { seenSeq, checkedAt: at } });
  });
}

async function compareValues(tx: Tx, watched: Watched): Promise<bigint> {
  const { alert, open, at, seq } = watched;
  const { condition, threshold } = alert;
  const values = await readValues(tx, watched);
  for (const { subject, value } of values) {
    const isOpen = open.some((firing) => firing.subject === subject);
    if (!isOpen && value !== null && isTrueOf(condition, value, threshold))
      await recordFiring(tx, alert, { subject, value, at });
  }
  for (const firing of open) {
    // A cap that was taken off, or a key that ended, has no value any more.
    const value = values.find(({ subject }) => subject === firing.subject)?.value ?? null;
    if (isOverAt(condition, value, threshold)) await recordClearing(tx, alert, { ...firing, at });
  }
  return seq;
}
