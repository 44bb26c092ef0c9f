import type { Db, Tx } from '#core/db';
import { hashIdempotencyKey } from '#core/idempotency';
import { hashOf } from '#lib/canonical-json';
import type { Spender } from './ground.ts';

export interface NaiveDebit {
  /** Micro-credits. */
  credits: bigint;
  idempotencyKey: string;
}

/**
 * The baseline: what the product's debit does for a key without caps, written the way Prisma's documentation teaches, one
 * awaited query after another in an interactive transaction. It leaves out what would only make it slower: the role of the
 * key's creator, its secrets, grants that split or expire.
 */
export function debitNaively(db: Db, { workspaceId, actor }: Spender, { credits, idempotencyKey }: NaiveDebit) {
  const requestHash = hashOf({ mutation: 'recordUsage', credits });
  const idempotencyKeyHash = hashIdempotencyKey(workspaceId, idempotencyKey);
  return db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM balance WHERE workspace_id = ${workspaceId}::uuid FOR UPDATE`;
      const known = await tx.ledgerEntry.findFirst({ where: { workspaceId, idempotencyKeyHash } });
      if (known) return known;
      const key = await tx.apiKey.findUniqueOrThrow({ where: { id: actor.apiKeyId } });
      if (key.revokedAt || key.disabledAt) throw new Error('The key was revoked');
      const balance = await tx.balance.findUniqueOrThrow({ where: { workspaceId } });
      if (balance.available < credits) throw new Error('Not enough credits');
      const grant = await tx.creditGrant.findFirstOrThrow({
        where: { workspaceId, remaining: { gte: credits } },
        orderBy: [{ priority: 'asc' }, { expiresAt: 'asc' }, { createdAt: 'asc' }, { id: 'asc' }],
      });
      const createdAt = new Date();
      const entry = await tx.ledgerEntry.create({
        data: {
          workspaceId,
          seq: balance.seq + 1n,
          createdAt,
          kind: 'USAGE',
          outcome: 'SUCCEEDED',
          price: credits,
          credits,
          availableAfter: balance.available - credits,
          heldAfter: balance.held,
          apiKeyId: key.id,
          memberId: key.memberId,
          actorKind: 'API_KEY',
          actorId: key.id,
          grantId: grant.id,
          idempotencyKeyHash,
          requestHash,
        },
      });
      await tx.creditGrant.update({
        where: { id: grant.id },
        data: { remaining: { decrement: credits }, spent: { increment: credits } },
      });
      await countSpend(tx, key, { credits, createdAt });
      await tx.balance.update({
        where: { workspaceId },
        data: {
          available: { decrement: credits },
          spentTotal: { increment: credits },
          seq: entry.seq,
          lastEntryAt: createdAt,
        },
      });
      return entry;
    },
    // The documented defaults (2 s and 5 s) give up under 64 callers; the baseline is slow, not broken.
    { maxWait: 60_000, timeout: 60_000 },
  );
}

async function countSpend(
  tx: Tx,
  { id: apiKeyId, workspaceId }: { id: string; workspaceId: string },
  { credits, createdAt }: { credits: bigint; createdAt: Date },
): Promise<void> {
  const day = new Date(createdAt.toISOString().slice(0, 10));
  await tx.apiKeySpend.upsert({
    where: { apiKeyId_day: { apiKeyId, day } },
    create: { workspaceId, apiKeyId, day, credits },
    update: { credits: { increment: credits } },
  });
}
