import { type Db, inBatches, inTransaction, now } from '#core/db';
import { recordEvent } from '#core/events/events';
import { GRACE_MS } from '#core/workspaces/deletion';
import type { Prisma } from '#generated/prisma/client';
import { randomBase62 } from '#lib/base62';

const DAY_MS = 24 * 3_600_000;

/** A run takes so many; the next one goes on. */
const WORKSPACES_PER_RUN = 1_000;

/**
 * Erases the workspaces whose 7 days of grace are over: keys, members, invitations and stored answers go; a nameless row, the ledger
 * and the audit log stay. Those go `ledgerDays` days later; undefined keeps them for ever. Each workspace is a step of
 * its own, so a run may be cut short, repeated, and go on beside another; one that fails does not stop the others.
 * @throws AggregateError with what failed, after the rest is done.
 */
export async function eraseDeletedWorkspaces(
  db: Db,
  { ledgerDays }: { ledgerDays: number | undefined },
): Promise<void> {
  const failures: unknown[] = [];
  const each = async (where: Prisma.WorkspaceWhereInput, erase: (id: string) => Promise<void>): Promise<void> => {
    const due = await db.workspace.findMany({ where, select: { id: true }, take: WORKSPACES_PER_RUN });
    for (const { id } of due) await erase(id).catch((error: unknown) => failures.push(error));
  };
  const graceOver = { deletedAt: { lte: new Date(now().getTime() - GRACE_MS) }, erasedAt: null };
  await each(graceOver, (id) => eraseWorkspace(db, { id, ...graceOver }));
  if (ledgerDays !== undefined) {
    const erasedAt = { lte: new Date(now().getTime() - ledgerDays * DAY_MS) };
    // The balance row is deleted last, so it tells which ledgers are still there.
    await each({ erasedAt, balance: { isNot: null } }, (id) => eraseLedger(db, id));
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} workspaces could not be erased.`);
}

/** Leaves a tombstone; a workspace that the condition no longer holds for is left alone. */
async function eraseWorkspace(db: Db, where: Prisma.WorkspaceWhereInput & { id: string }): Promise<void> {
  const workspaceId = where.id;
  const erasedAt = now();
  // Most of what is large first, in short transactions; what a run that is cut short leaves over goes with its inbox.
  await inBatches((limit) => db.inboxDelivery.deleteMany({ where: { inbox: { workspace: where } }, limit }));
  await inTransaction(db, async (tx) => {
    const { count } = await tx.workspace.updateMany({
      where,
      data: {
        erasedAt,
        updatedAt: erasedAt,
        name: 'Erased workspace',
        slug: `erased-${randomBase62(20).toLowerCase()}`,
        accessVersion: { increment: 1 },
      },
    });
    // Another run was first, or its owner restored it.
    if (count === 0) return;
    await tx.invitation.deleteMany({ where: { workspaceId } });
    await tx.alert.deleteMany({ where: { workspaceId } });
    // Deliveries and what they tell go with their endpoints.
    await tx.webhookEndpoint.deleteMany({ where: { workspaceId } });
    await tx.announcement.deleteMany({ where: { workspaceId } });
    await tx.announcementCursor.deleteMany({ where: { workspaceId } });
    // Secrets go with their keys.
    await tx.apiKey.deleteMany({ where: { workspaceId } });
    await tx.inbox.deleteMany({ where: { workspaceId } });
    await tx.apiKeySpend.deleteMany({ where: { workspaceId } });
    await tx.member.deleteMany({ where: { workspaceId } });
    await tx.idempotencyRecord.deleteMany({ where: { scopeId: workspaceId } });
    await recordEvent(tx, {
      workspaceId,
      actorKind: 'SYSTEM',
      actorId: null,
      type: 'workspace.erased',
      targetId: workspaceId,
      after: { erasedAt: erasedAt.toISOString() },
    });
  });
}

/** Deletes everything that is left of an erased workspace but its tombstone. Triggers refuse it for any other. */
async function eraseLedger(db: Db, workspaceId: string): Promise<void> {
  // Most of a large ledger first, in short transactions; what a run beside this one leaves over goes below.
  await inBatches((limit) =>
    inTransaction(db, async (tx) => {
      await tx.$executeRaw`SELECT set_config('commonpurse.erasing', ${workspaceId}, true)`;
      const count = await tx.$executeRaw`
        DELETE FROM ledger_entry WHERE workspace_id = ${workspaceId}::uuid AND seq < ${limit}::int +
          (SELECT min(seq) FROM ledger_entry WHERE workspace_id = ${workspaceId}::uuid)`;
      return { count };
    }),
  );
  await inTransaction(db, async (tx) => {
    await tx.$executeRaw`SELECT set_config('commonpurse.erasing', ${workspaceId}, true)`;
    const where = { workspaceId };
    await tx.ledgerEntry.deleteMany({ where });
    await tx.ledgerSplit.deleteMany({ where });
    await tx.ledgerCheckpoint.deleteMany({ where });
    await tx.ledgerStart.deleteMany({ where });
    await tx.usageQuarter.deleteMany({ where });
    await tx.usageDay.deleteMany({ where });
    await tx.usageTag.deleteMany({ where });
    await tx.usageClosing.deleteMany({ where });
    await tx.$executeRaw`
      DELETE FROM hold_draw d USING hold h WHERE h.id = d.hold_id AND h.workspace_id = ${workspaceId}::uuid`;
    await tx.hold.deleteMany({ where });
    await tx.creditGrant.deleteMany({ where });
    // Together: the proof of the audit log takes a chain without its end for a broken one.
    await tx.event.deleteMany({ where });
    await tx.eventHead.deleteMany({ where });
    await tx.balance.deleteMany({ where });
  });
}
