import { originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { type Db, inTransaction, now } from '#core/db';
import { Conflict, Forbidden, NotFound } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { lockWorkspace } from '#core/workspaces/deletion';

/**
 * Makes another current member OWNER and the caller ADMIN, both or neither. The caller loses rights: whoever calls this
 * tells the bus afterwards.
 * @throws NotFound for somebody who is no current member, Conflict for oneself, Forbidden when the caller is OWNER no more.
 */
export async function transferWorkspace(
  db: Db,
  { workspaceId, actor }: Permit<'workspace:transfer'>,
  { memberId }: { memberId: string },
): Promise<void> {
  if (actor.kind !== 'USER') throw new Forbidden('Only a signed-in OWNER may transfer a workspace.');
  await inTransaction(db, async (tx) => {
    const { deletedAt } = await lockWorkspace(tx, workspaceId);
    if (deletedAt) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
    const current = { workspaceId, removedAt: null };
    // Read again under the lock: the permit may have been overtaken by a demotion, a removal or another transfer.
    const from = await tx.member.findFirst({ where: { ...current, userId: actor.userId, role: 'OWNER' } });
    if (!from) throw new Forbidden('Only an OWNER may transfer a workspace.');
    const to = await tx.member.findFirst({ where: { ...current, id: memberId } });
    if (!to) throw new NotFound('No such member.', ['input', 'memberId']);
    if (to.id === from.id) {
      throw new Conflict('You own this workspace already: name another member.', ['input', 'memberId']);
    }
    await tx.member.update({ where: { id: to.id }, data: { role: 'OWNER' } });
    await tx.member.update({ where: { id: from.id }, data: { role: 'ADMIN' } });
    // What an ADMIN may not offer is off the table.
    await tx.invitation.updateMany({
      where: { invitedById: from.id, role: 'OWNER', acceptedAt: null, revokedAt: null },
      data: { revokedAt: now() },
    });
    await tx.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } });
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'workspace.transferred',
      targetId: workspaceId,
      before: { memberId: from.id, heirRole: to.role },
      after: { memberId: to.id, formerOwnerRole: 'ADMIN' },
    });
  });
}
