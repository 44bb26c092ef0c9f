import type { GrantSource } from '#generated/prisma/enums';

/** Which grants pay: pure arithmetic over plain values, in micro-credits. */

/** Smaller burns first: what would lapse goes before what was paid for. */
export const DEFAULT_PRIORITIES: Record<GrantSource, number> = {
  TRIAL: 10,
  PROMOTION: 10,
  ALLOWANCE: 20,
  PURCHASE: 30,
  ADJUSTMENT: 30,
};

export interface BurnableGrant {
  id: string;
  priority: number;
  expiresAt: Date | null;
  /** Number of the entry that granted it: the smaller, the older. */
  seq: bigint;
  remaining: bigint;
}

export interface Draw {
  grantId: string;
  credits: bigint;
}

/** Burn order: priority, then earliest expiry (none last), then oldest. No two of a workspace are of one age. */
export function compareBurnOrder(a: BurnableGrant, b: BurnableGrant): number {
  return (
    a.priority - b.priority ||
    (a.expiresAt?.getTime() ?? Infinity) - (b.expiresAt?.getTime() ?? Infinity) || // Infinity - Infinity is NaN: falsy, so falls through
    (a.seq < b.seq ? -1 : 1)
  );
}

/**
 * The draws that pay `credits` from grants in burn order; empty for 0.
 * @throws Error when the grants hold less: the balance row said otherwise, so the books are broken.
 */
export function drawFrom(grants: readonly BurnableGrant[], credits: bigint): Draw[] {
  const draws: Draw[] = [];
  let due = credits;
  for (const { id: grantId, remaining } of grants) {
    if (due === 0n) break;
    const drawn = remaining < due ? remaining : due;
    if (drawn === 0n) continue;
    draws.push({ grantId, credits: drawn });
    due -= drawn;
  }
  if (due !== 0n) throw new Error(`Grants hold ${due} micro-credits less than the balance`);
  return draws;
}
