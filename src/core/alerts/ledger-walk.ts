import { overFrom } from '#core/alerts/conditions';
import { recordClearing, recordFiring } from '#core/alerts/firings';
import type { Watched } from '#core/alerts/watched';
import type { Tx } from '#core/db';
import { divideHalfUp } from '#lib/micro';

/** Crossings that one look tells of; the next goes on from there. */
const TURNS_MAX = 20;

const PERCENT_MICRO = 100n * 1_000_000n;

interface Point {
  seq: bigint;
  available: bigint;
}

/**
 * Goes along the decisions since the last look, so that a crossing is told of even when the balance has come back meanwhile,
 * and each of several only once. @returns the decision up to which it looked.
 */
export async function walkLedger(tx: Tx, watched: Watched): Promise<bigint> {
  const { alert, at, seq: head } = watched;
  const scale = await scaleOf(tx, watched);
  let open = watched.open[0] ?? null;
  if (scale === null) {
    if (open) await recordClearing(tx, alert, { ...open, at });
    return head;
  }
  // What was so before the last grant was measured by another one.
  let cursor = alert.seenSeq !== null && alert.seenSeq < scale.since ? scale.since : alert.seenSeq;
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    const bound = open ? overFrom(scale.line) : scale.line;
    const point = await nextPoint(tx, watched, { cursor, bound, side: open ? 'FROM' : 'BELOW' });
    // Without a cursor it was what is so now, which was looked at.
    cursor = point && cursor !== null ? point.seq : head;
    if (!point) return head;
    if (open) await recordClearing(tx, alert, { ...open, at });
    else await recordFiring(tx, alert, { subject: '', value: scale.valueOf(point.available), seq: point.seq, at });
    open = open ? null : await tx.alertFiring.findFirst({ where: { alertId: alert.id, clearedAt: null } });
  }
  return cursor ?? head;
}

interface Scale {
  /** The decision after which it holds. */
  since: bigint;
  line: bigint;
  valueOf: (available: bigint) => bigint;
}

/** The threshold in micro-credits, and what a balance is in the alert's unit; null where there is nothing to compare with. */
async function scaleOf(tx: Tx, { alert: { condition, threshold, workspaceId } }: Watched): Promise<Scale | null> {
  if (condition === 'BALANCE') return { since: 0n, line: threshold, valueOf: (available) => available };
  const last = await tx.creditGrant.findFirst({
    // A correction says nothing about how much is usually there.
    where: { workspaceId, source: { not: 'ADJUSTMENT' } },
    orderBy: { seq: 'desc' },
    select: { amount: true, seq: true },
  });
  if (!last) return null;
  const { amount, seq } = last;
  return {
    since: seq - 1n,
    line: divideHalfUp(amount * threshold, PERCENT_MICRO),
    valueOf: (available) => divideHalfUp(available * PERCENT_MICRO, amount),
  };
}

/** The first decision after the cursor that leaves what can be spent on that side of the bound; without a cursor, what is so now. */
async function nextPoint(
  tx: Tx,
  { alert: { workspaceId }, seq, available }: Watched,
  { cursor, bound, side }: { cursor: bigint | null; bound: bigint; side: 'BELOW' | 'FROM' },
): Promise<Point | null> {
  if (cursor === null) return available < bound === (side === 'BELOW') ? { seq, available } : null;
  const entry = await tx.ledgerEntry.findFirst({
    where: {
      workspaceId,
      seq: { gt: cursor, lte: seq },
      availableAfter: side === 'BELOW' ? { lt: bound } : { gte: bound },
    },
    orderBy: { seq: 'asc' },
    select: { seq: true, availableAfter: true },
  });
  return entry && { seq: entry.seq, available: entry.availableAfter };
}
