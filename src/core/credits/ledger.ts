import { type LockedAccount } from '#core/credits/account';
import type { Draw } from '#core/credits/burn';
import type { Tx } from '#core/db';
import { IdempotencyConflict } from '#core/errors';
import type { LedgerEntry, Prisma } from '#generated/prisma/client';
import { sameBytes } from '#lib/canonical-json';

/** How long an idempotency key is remembered: older entries may have left the live partitions. */
const IDEMPOTENCY_WINDOW_MS = 30 * 24 * 3_600_000;

export interface KeyedBy {
  idempotencyKeyHash: Uint8Array<ArrayBuffer>;
  requestHash: Uint8Array<ArrayBuffer>;
}

/** How a decision moves the totals of the balance row, in micro-credits. */
export interface Movement {
  available: bigint;
  granted: bigint;
  spent: bigint;
}

export type EntryFacts = Omit<
  Prisma.LedgerEntryCreateManyInput,
  'workspaceId' | 'seq' | 'createdAt' | 'availableAfter' | 'heldAfter' | 'grantId' | 'isSplit'
>;

/**
 * The entry already written under this idempotency key, if any. Callers hold the balance row's lock, which is what
 * makes "look up, then write" free of races.
 * @throws IdempotencyConflict when the key belongs to another request.
 */
export async function findReplay(
  tx: Tx,
  account: LockedAccount,
  { idempotencyKeyHash, requestHash }: KeyedBy,
): Promise<LedgerEntry | null> {
  const entry = await tx.ledgerEntry.findFirst({
    where: {
      workspaceId: account.workspaceId,
      idempotencyKeyHash,
      createdAt: { gte: new Date(account.at.getTime() - IDEMPOTENCY_WINDOW_MS), lte: account.at },
    },
  });
  if (!entry) return null;
  if (!entry.requestHash || !sameBytes(entry.requestHash, requestHash)) throw new IdempotencyConflict();
  return entry;
}

/**
 * Writes one decision: the next seq, the entry, its split over grants, and the balance row. The only writer of the
 * ledger. The database's CHECKs refuse a movement that would break conservation or go below zero.
 */
export async function writeEntry(
  tx: Tx,
  account: LockedAccount,
  { facts, movement, draws = [] }: { facts: EntryFacts; movement: Movement; draws?: readonly Draw[] },
): Promise<LedgerEntry> {
  const { workspaceId, at: createdAt } = account;
  const seq = account.seq + 1n;
  const available = account.available + movement.available;
  const isSplit = draws.length > 1;
  const entry = await tx.ledgerEntry.create({
    data: {
      ...facts,
      workspaceId,
      seq,
      createdAt,
      availableAfter: available,
      heldAfter: account.held,
      grantId: draws.length === 1 ? (draws[0]?.grantId ?? null) : null,
      isSplit,
    },
  });
  if (isSplit)
    await tx.ledgerSplit.createMany({ data: draws.map((draw) => ({ workspaceId, seq, createdAt, ...draw })) });
  await tx.balance.update({
    where: { workspaceId },
    data: {
      available,
      seq,
      lastEntryAt: createdAt,
      grantedTotal: { increment: movement.granted },
      spentTotal: { increment: movement.spent },
    },
  });
  return entry;
}
