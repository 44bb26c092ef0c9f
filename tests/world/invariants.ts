import type { ApiKey, CreditGrant, Hold, HoldDraw, LedgerEntry } from '#generated/prisma/client';
import type { EntryKind } from '#generated/prisma/enums';
import type { World } from './world.ts';

/** How an entry changes [available, held]. */
type Effect = (entry: LedgerEntry) => [available: bigint, held: bigint];
const EFFECTS: Record<EntryKind, Effect> = {
  GRANT: ({ credits }) => [credits, 0n],
  USAGE: ({ credits }) => [-credits, 0n],
  EXPIRY: ({ credits }) => [-credits, 0n],
  VOID: ({ credits }) => [-credits, 0n],
  REFUND: ({ credits }) => [credits, 0n],
  HOLD: ({ credits }) => [-credits, credits],
  RELEASE: ({ credits }) => [credits, -credits],
  CAPTURE: ({ credits, availableChange }) => [availableChange ?? 0n, -credits - (availableChange ?? 0n)],
  ADJUSTMENT: ({ availableChange }) => [availableChange ?? 0n, 0n],
};
/** What an entry adds to what was spent. */
const SPENT: Partial<Record<EntryKind, bigint>> = { USAGE: 1n, CAPTURE: 1n, REFUND: -1n };

/**
 * What is wrong with the books of a workspace, one sentence each; empty when ledger, grants, splits and the balance row
 * say the same. Kinds of entries that it does not know are reported, so that it grows with the ledger.
 */
export async function violationsOf({ db }: Pick<World, 'db'>, workspaceId: string): Promise<string[]> {
  const where = { workspaceId };
  const [balance, entries, splits, grants, keys, spending, holds] = await Promise.all([
    db.balance.findUniqueOrThrow({ where }),
    db.ledgerEntry.findMany({ where, orderBy: { seq: 'asc' } }),
    db.ledgerSplit.findMany({ where }),
    db.creditGrant.findMany({ where }),
    db.apiKey.findMany({ where }),
    db.apiKeySpend.findMany({ where }),
    db.hold.findMany({ where }),
  ]);
  const holdDraws = await db.holdDraw.findMany({ where: { holdId: { in: holds.map(({ id }) => id) } } });
  const found: string[] = [];
  const expectSame = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) found.push(`${what} is ${String(actual)}, not ${String(expected)}`);
  };

  let available = 0n;
  let held = 0n;
  let at = 0;
  const drawn = new Map<string, bigint>();
  for (const [index, entry] of entries.entries()) {
    const name = `entry ${entry.seq}`;
    const [toAvailable, toHeld] = EFFECTS[entry.kind](entry);
    available += toAvailable;
    held += toHeld;
    expectSame(`${name} in order`, entry.seq, BigInt(index + 1));
    expectSame(`available after ${name}`, entry.availableAfter, available);
    expectSame(`held after ${name}`, entry.heldAfter, held);
    if (entry.createdAt.getTime() < at) found.push(`${name} is older than the one before`);
    at = entry.createdAt.getTime();
    const parts = splits.filter(({ seq }) => seq === entry.seq);
    expectSame(`${name} being split`, parts.length > 1, entry.isSplit);
    if (entry.isSplit) expectSame(`sum of the split of ${name}`, sum(parts.map((part) => part.credits)), entry.credits);
    const draws = entry.isSplit ? parts : entry.grantId ? [{ grantId: entry.grantId, credits: entry.credits }] : [];
    expectSame(`what grants paid for ${name}`, sum(draws.map(({ credits }) => credits)), entry.credits);
    for (const { grantId, credits } of draws)
      drawn.set(grantId, (drawn.get(grantId) ?? 0n) + credits * (SPENT[entry.kind] ?? 0n));
  }

  expectSame('seq of the balance', balance.seq, BigInt(entries.length));
  expectSame('available', balance.available, available);
  expectSame('held', balance.held, held);
  found.push(...holdViolations({ holds, holdDraws, grants }));
  expectSame('time of the last entry', entries.length === 0 || balance.lastEntryAt.getTime() === at, true);
  expectSame('remaining in grants', sum(grants.map(({ remaining }) => remaining)), balance.available);
  expectSame('held in grants', sum(grants.map((grant) => grant.held)), balance.held);
  expectSame('granted in total', balance.grantedTotal, sum(grants.map(({ amount }) => amount)));
  expectSame('spent in total', balance.spentTotal, sum(grants.map((grant) => grant.spent)));
  for (const grant of grants) expectSame(`spent of grant ${grant.id}`, grant.spent, drawn.get(grant.id) ?? 0n);
  const spent = spentByKeyAndDay(entries, { keys, holds });
  const counted = new Map(spending.map((row) => [`${row.apiKeyId} on ${dayOf(row.day)}`, row.credits]));
  for (const name of new Set([...spent.keys(), ...counted.keys()]))
    expectSame(`spent by key ${name}`, counted.get(name) ?? 0n, spent.get(name) ?? 0n);
  const hashes = entries.flatMap((entry) => (entry.idempotencyKeyHash ? [hex(entry.idempotencyKeyHash)] : []));
  expectSame('number of distinct idempotency keys', new Set(hashes).size, hashes.length);
  return found;
}

/** Where holds, what they hold of grants and what grants say is held differ. */
function holdViolations({
  holds,
  holdDraws,
  grants,
}: {
  holds: readonly Hold[];
  holdDraws: readonly HoldDraw[];
  grants: readonly CreditGrant[];
}): string[] {
  const of = (is: (draw: HoldDraw) => boolean): bigint => sum(holdDraws.filter(is).map(({ credits }) => credits));
  const wrongHolds = holds.filter(({ id, environment, amount, captured, released }) => {
    const rest = environment === 'TEST' ? 0n : amount - captured - released;
    return of(({ holdId }) => holdId === id) !== rest;
  });
  const wrongGrants = grants.filter((grant) => of(({ grantId }) => grantId === grant.id) !== grant.held);
  return [
    ...wrongHolds.map(({ id }) => `hold ${id} does not hold of grants what it says`),
    ...wrongGrants.map(({ id }) => `grant ${id} does not say what holds hold of it`),
  ];
}

/** What the ledger says that each key spent in each UTC day, with the keys it made. Holds count on the day they were opened. */
function spentByKeyAndDay(
  entries: readonly LedgerEntry[],
  { keys, holds }: { keys: readonly ApiKey[]; holds: readonly Hold[] },
): Map<string, bigint> {
  const spent = new Map<string, bigint>();
  const openedAt = new Map(holds.map(({ id, createdAt }) => [id, createdAt]));
  const entryAt = (seq: bigint): LedgerEntry | undefined => entries[Number(seq) - 1];
  const countedAt = (entry: LedgerEntry): Date => (entry.holdId && openedAt.get(entry.holdId)) || entry.createdAt;
  for (const entry of entries) {
    const charged = entry.kind === 'REFUND' ? entryAt(entry.refSeq ?? 0n) : entry;
    const day = dayOf(countedAt(charged ?? entry));
    const key = keys.find(({ id }) => id === entry.apiKeyId);
    for (const id of [key?.id, key?.parentId]) {
      const name = `${id} on ${day}`;
      if (id && COUNTED[entry.kind]) spent.set(name, (spent.get(name) ?? 0n) + COUNTED[entry.kind]!(entry));
    }
  }
  return spent;
}

/** What an entry counts towards caps. */
const COUNTED: Partial<Record<EntryKind, (entry: LedgerEntry) => bigint>> = {
  USAGE: ({ credits }) => credits,
  HOLD: ({ credits }) => credits,
  RELEASE: ({ credits }) => -credits,
  REFUND: ({ credits }) => -credits,
  // What was held counts already.
  CAPTURE: ({ availableChange }) => -(availableChange ?? 0n),
};

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
