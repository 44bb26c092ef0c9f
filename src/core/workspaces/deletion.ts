import { originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import type { Prisma, Workspace } from '#generated/prisma/client';

/** How long a deleted workspace can be restored. */
export const GRACE_MS = 7 * 24 * 3_600_000;

/** What is left to see of a workspace in its days of grace. */
export type DeletedWorkspace = Pick<Workspace, 'id' | 'name' | 'slug'> & {
  deletedAt: Date;
  /** Until then it can be restored. */
  erasesAt: Date;
};

/**
 * Deletes the workspace for everyone, restorable for 7 days. From the commit on no key of it is let in; the caller then
 * tells the bus, so that live streams end at once. Deleting it again changes nothing. A default workspace stays its
 * user's default one: no other is made in its place.
 * @param input.name The workspace's name, typed to confirm.
 * @throws ValidationFailed for another name, NotFound.
 */
export async function deleteWorkspace(
  db: Db,
  { workspaceId, actor }: Permit<'workspace:delete'>,
  input: { name: string },
): Promise<DeletedWorkspace> {
  return inTransaction(db, async (tx) => {
    const workspace = await lockWorkspace(tx, workspaceId);
    if (input.name.trim() !== workspace.name) {
      throw new ValidationFailed('name is not the name of this workspace: type it exactly to confirm.', [
        'input',
        'name',
      ]);
    }
    if (workspace.deletedAt) return graceOf(workspace, workspace.deletedAt);
    const deletedAt = now();
    await tx.workspace.update({
      where: { id: workspaceId },
      data: { deletedAt, updatedAt: deletedAt, accessVersion: { increment: 1 } },
    });
    const deleted = graceOf(workspace, deletedAt);
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'workspace.deleted',
      targetId: workspaceId,
      after: { deletedAt: deletedAt.toISOString(), erasesAt: deleted.erasesAt.toISOString() },
    });
    return deleted;
  });
}

/**
 * Brings a deleted workspace back as it was: keys that were not revoked work again.
 * @throws Conflict when it is not deleted, NotFound when its 7 days are over.
 */
export async function restoreWorkspace(db: Db, { workspaceId, actor }: Permit<'workspace:restore'>): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { deletedAt } = await lockWorkspace(tx, workspaceId);
    if (!deletedAt) throw new Conflict('This workspace is not deleted.', ['input', 'workspaceId']);
    await tx.workspace.update({ where: { id: workspaceId }, data: { deletedAt: null, updatedAt: now() } });
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'workspace.restored',
      targetId: workspaceId,
      before: { deletedAt: deletedAt.toISOString() },
    });
  });
}

/** The deleted workspaces that a user, as their OWNER, can still restore, newest first. At most 100. */
export async function listRestorableWorkspaces(db: Db, userId: string): Promise<DeletedWorkspace[]> {
  const rows = await db.workspace.findMany({
    where: { ...restorable(), members: { some: { userId, removedAt: null, role: 'OWNER' } } },
    orderBy: [{ deletedAt: 'desc' }, { id: 'asc' }],
    take: 100,
  });
  return rows.flatMap((row) => (row.deletedAt ? [graceOf(row, row.deletedAt)] : []));
}

function restorable(): Prisma.WorkspaceWhereInput {
  return { deletedAt: { gt: new Date(now().getTime() - GRACE_MS) }, erasedAt: null };
}

/**
 * The workspace with its row locked: whatever changes roles, or the life of a workspace, queues here.
 * @throws NotFound when there is none, or its days of grace are over.
 */
export async function lockWorkspace(tx: Tx, workspaceId: string): Promise<Workspace> {
  await tx.$queryRaw`SELECT id FROM workspace WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
  const workspace = await tx.workspace.findFirst({
    where: { id: workspaceId, OR: [{ deletedAt: null }, restorable()] },
  });
  if (!workspace) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
  return workspace;
}

function graceOf({ id, name, slug }: Workspace, deletedAt: Date): DeletedWorkspace {
  return { id, name, slug, deletedAt, erasesAt: new Date(deletedAt.getTime() + GRACE_MS) };
}
