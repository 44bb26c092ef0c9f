import { type Actor, originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { type Action, type Role, roleAllows } from '#core/access/policy';
import { visibleTo } from '#core/access/visibility';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, Forbidden, NotFound } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { isWithin, mayInvite } from '#core/members/roles';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import type { Member, Prisma } from '#generated/prisma/client';

/** The current members of a workspace, in the order they joined. */
export function listMembers(
  db: Db,
  { workspaceId }: Permit<'members:read'>,
  { query, ...request }: PageRequest & { query: Prisma.MemberDefaultArgs },
): Promise<Page<Member>> {
  return pageOf(request, {
    newestFirst: false,
    rows: ({ beyond, take, newestFirst }) =>
      db.member.findMany({
        ...query,
        where: { workspaceId, removedAt: null, ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: (member) => member.id,
  });
}

/**
 * The workspace of a membership, or null: the first step of every change to one named by id alone. One statement
 * whether it is absent or foreign, so that the time it takes tells nothing.
 */
export async function findWorkspaceOfMember(db: Db, actor: Actor, memberId: string): Promise<string | null> {
  const where = { id: memberId, workspace: visibleTo(actor) };
  const member = await db.member.findFirst({ where, select: { workspaceId: true } });
  return member?.workspaceId ?? null;
}

/** A membership by id, also one that is over. Rights are the caller's business. @throws Error when there is none. */
export function findMember<Q extends Prisma.MemberDefaultArgs>(db: Db, id: string, query: Q) {
  return db.member.findUniqueOrThrow({ ...query, where: { id } });
}

/** Members by id, in the order asked; null where there is none. Rights are the caller's business. */
export async function findMembers(db: Db, ids: readonly string[]): Promise<(Member | null)[]> {
  const members = await db.member.findMany({ where: { id: { in: [...ids] } } });
  return ids.map((id) => members.find((member) => member.id === id) ?? null);
}

/**
 * Gives a member another role, at once: keys they made and streams they follow shrink with it.
 * @throws NotFound, Forbidden above the caller's own role, Conflict for the last OWNER.
 */
export async function changeMemberRole(
  db: Db,
  permit: Permit<'members:changeRole'>,
  { memberId, role }: { memberId: string; role: Role },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const self = await lockTeam(tx, permit);
    const member = await findSubordinate(tx, self, memberId);
    if (!isWithin(role, self.role)) throw new Forbidden('Nobody may give a role above their own.');
    if (member.role === role) return;
    await requireOtherOwner(tx, member);
    await tx.member.update({ where: { id: memberId }, data: { role } });
    await withdrawInvitations(tx, { ...member, role });
    await bumpAccess(tx, workspaceId);
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'member.role_changed',
      targetId: memberId,
      before: { role: member.role },
      after: { role },
    });
  });
}

/**
 * Ends a membership. The row stays: its last role is the ceiling of the keys they made.
 * @throws NotFound, Forbidden for somebody above the caller, Conflict for the last OWNER.
 */
export async function removeMember(
  db: Db,
  permit: Permit<'members:remove'>,
  { memberId }: { memberId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const self = await lockTeam(tx, permit);
    await endMembership(tx, permit, await findSubordinate(tx, self, memberId));
  });
}

/** Ends the caller's own membership. @throws NotFound, Conflict for the last OWNER. */
export async function leaveWorkspace(db: Db, permit: Permit<'members:leave'>): Promise<void> {
  await inTransaction(db, async (tx) => endMembership(tx, permit, await lockTeam(tx, permit)));
}

/**
 * Queues changes to the team of a workspace behind one another and reads the caller's own membership anew: the permit
 * was given before the lock, and they may have been removed or demoted since.
 * @throws NotFound for who is no member any more, Forbidden for whose role no longer carries the action.
 */
export async function lockTeam(tx: Tx, { action, workspaceId, actor }: Permit<Action>): Promise<Member> {
  if (actor.kind !== 'USER') throw new Forbidden('Only a signed-in member may do this.');
  await lockWorkspace(tx, workspaceId);
  const member = await tx.member.findFirst({
    where: { workspaceId, userId: actor.userId, removedAt: null, workspace: { deletedAt: null } },
  });
  if (!member) throw new NotFound('No such workspace.');
  if (!roleAllows(member.role, action)) throw new Forbidden(`This credential may not do this (${action}).`);
  return member;
}

/** Queues behind every other change to the team; debits do not wait for it. */
export async function lockWorkspace(tx: Tx, workspaceId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM workspace WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
}

/** Tells live streams and caches that rights changed; the caller publishes the hint after the commit. */
export async function bumpAccess(tx: Tx, workspaceId: string): Promise<void> {
  await tx.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } });
}

async function findSubordinate(tx: Tx, self: Member, memberId: string): Promise<Member> {
  const member = await tx.member.findFirst({
    where: { id: memberId, workspaceId: self.workspaceId, removedAt: null },
  });
  if (!member) throw new NotFound('No such member.', ['input', 'memberId']);
  if (!isWithin(member.role, self.role)) throw new Forbidden(`Only an OWNER may touch an OWNER.`);
  return member;
}

async function endMembership(
  tx: Tx,
  { action, workspaceId, actor }: Permit<'members:remove' | 'members:leave'>,
  member: Member,
): Promise<void> {
  await requireOtherOwner(tx, member);
  const removedAt = now();
  await tx.member.update({ where: { id: member.id }, data: { removedAt } });
  await withdrawInvitations(tx, { ...member, removedAt });
  await bumpAccess(tx, workspaceId);
  await recordEvent(tx, {
    ...originOf(actor),
    workspaceId,
    type: action === 'members:leave' ? 'member.left' : 'member.removed',
    targetId: member.id,
    before: { userId: member.userId, role: member.role },
  });
}

async function requireOtherOwner(tx: Tx, { id, workspaceId, role }: Member): Promise<void> {
  if (role !== 'OWNER') return;
  const others = await tx.member.count({ where: { workspaceId, role: 'OWNER', removedAt: null, id: { not: id } } });
  if (others === 0) {
    throw new Conflict('This is the last OWNER of the workspace: make somebody else an OWNER first.');
  }
}

/** What somebody may no longer offer is off the table, whoever would have taken it. */
async function withdrawInvitations(tx: Tx, member: Member): Promise<void> {
  const open = await tx.invitation.findMany({ where: { invitedById: member.id, acceptedAt: null, revokedAt: null } });
  const ids = open.filter(({ role }) => !mayInvite(member, role)).map(({ id }) => id);
  await tx.invitation.updateMany({ where: { id: { in: ids } }, data: { revokedAt: now() } });
}
