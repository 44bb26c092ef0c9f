import { type Actor, originOf, type UserActor } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Role } from '#core/access/policy';
import { visibleTo } from '#core/access/visibility';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { AlreadyMember, Conflict, Forbidden, InvitationExpired, NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { newId } from '#core/ids';
import { type Mailer, readMailAddress } from '#core/mail';
import { checkMailsSent, invitationMail } from '#core/members/invitation-mail';
import { bumpAccess, lockTeam, lockWorkspace } from '#core/members/members';
import { isWithin, mayInvite } from '#core/members/roles';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import type { Invitation, Member, Prisma } from '#generated/prisma/client';
import { randomBase62 } from '#lib/base62';
import { sha256 } from '#lib/canonical-json';

const OPEN_MAX = 100;
const LIFETIME_MS = 7 * 24 * 3_600_000;
const TOKEN = /^[0-9A-Za-z]{32}$/;

/** What is open: neither accepted nor revoked. */
const OPEN = { acceptedAt: null, revokedAt: null } as const;

export interface Invited {
  invitationId: string;
  /** Whether this request handed the mail over; if not, sending it again helps. */
  mailed: boolean;
}

export interface Invitations {
  /**
   * Offers a role to whoever has the address, in place of an earlier offer, and mails the token.
   * @throws ValidationFailed, AlreadyMember, Forbidden above one's own role, Conflict at 100 open ones or 200 mails a day, IdempotencyConflict.
   */
  invite(
    permit: Permit<'members:invite'>,
    input: { email: string; role: Role; idempotencyKey: string },
  ): Promise<Invited & { replayed: boolean }>;
  /** Mails a new token, good for another seven days; the old one is dead. @throws NotFound, Forbidden above one's own role, Conflict at 200 mails a day. */
  resend(permit: Permit<'members:invite'>, input: { invitationId: string }): Promise<Invited>;
}

/** Invitations that are mailed after the commit: a mail that fails loses nothing. */
export function openInvitations(options: {
  db: Db;
  mailer: Mailer;
  /** Where people reach the server. */
  publicUrl: string;
  onError: (error: unknown) => void;
}): Invitations {
  const { db, mailer, publicUrl, onError } = options;

  const mail = async (invitationId: string, token: string): Promise<boolean> => {
    try {
      const { email, workspace, invitedBy } = await db.invitation.findUniqueOrThrow({
        where: { id: invitationId },
        include: { workspace: true, invitedBy: { include: { user: true } } },
      });
      const link = new URL(`/invitations/${token}`, publicUrl).href;
      await mailer.send(invitationMail({ to: email, inviter: invitedBy.user.name, workspace: workspace.name, link }));
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  };

  return {
    async invite(permit, input) {
      const token = randomBase62(32);
      const { invitationId, replayed } = await inviteMember(db, permit, { ...input, token });
      return { invitationId, replayed, mailed: !replayed && (await mail(invitationId, token)) };
    },
    async resend(permit, { invitationId }) {
      const token = randomBase62(32);
      await renewInvitation(db, permit, { invitationId, token });
      return { invitationId, mailed: await mail(invitationId, token) };
    },
  };
}

/** Takes an open offer back. @throws NotFound, Forbidden above one's own role. */
export async function revokeInvitation(
  db: Db,
  permit: Permit<'members:invite'>,
  { invitationId }: { invitationId: string },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const { role } = await findOpen(tx, await lockTeam(tx, permit), invitationId);
    await tx.invitation.update({ where: { id: invitationId }, data: { revokedAt: now() } });
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'invitation.revoked',
      targetId: invitationId,
      before: { role },
    });
  });
}

/**
 * Makes the signed-in user a member, if the token is theirs: mailed to their address, and so proof that it is theirs.
 * Accepting again changes nothing. Every other token, also another person's, is NotFound.
 * @throws NotFound, InvitationExpired.
 */
export async function acceptInvitation(
  db: Db,
  actor: UserActor,
  { token }: { token: string },
): Promise<{ workspaceId: string; memberId: string }> {
  const where = { tokenHash: sha256(token) };
  const found = TOKEN.test(token) ? await db.invitation.findUnique({ where }) : null;
  if (!found) throw unknownToken();
  const { workspaceId } = found;
  return inTransaction(db, async (tx) => {
    await lockWorkspace(tx, workspaceId);
    // Read again under the lock: it may have been revoked, sent again or accepted meanwhile.
    const invitation = await tx.invitation.findUnique({ where, include: { invitedBy: true, workspace: true } });
    const user = await tx.user.findUnique({ where: { id: actor.userId } });
    if (!invitation || invitation.workspace.deletedAt || invitation.revokedAt) throw unknownToken();
    if (user?.email.toLowerCase() !== invitation.email) throw unknownToken();
    const member = await tx.member.findUnique({
      where: { workspaceId_userId: { workspaceId, userId: actor.userId } },
    });
    const isMember = member !== null && member.removedAt === null;
    if (isMember && invitation.acceptedAt) return { workspaceId, memberId: member.id };
    if (invitation.acceptedAt) throw unknownToken();
    if (invitation.expiresAt <= now()) throw new InvitationExpired();
    if (!mayInvite(invitation.invitedBy, invitation.role)) throw unknownToken();
    await tx.user.update({ where: { id: actor.userId }, data: { emailVerified: true } });
    await tx.invitation.update({ where: { id: invitation.id }, data: { acceptedAt: now() } });
    const { id, role } = invitation;
    const about = { ...originOf(actor), workspaceId };
    await recordEvent(tx, { ...about, type: 'invitation.accepted', targetId: id, after: { role } });
    return { workspaceId, memberId: isMember ? member.id : await join(tx, actor, invitation) };
  });
}

/** The open invitations of a workspace, newest first; one that has expired is open until it is revoked or replaced. */
export function listInvitations(
  db: Db,
  { workspaceId }: Permit<'invitations:read'>,
  { query, ...request }: PageRequest & { query: Prisma.InvitationDefaultArgs },
): Promise<Page<Invitation>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.invitation.findMany({
        ...query,
        where: { workspaceId, ...OPEN, ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: (invitation) => invitation.id,
  });
}

/** The workspace of an invitation, or null for an absent and a foreign one alike, by the same work. */
export async function findWorkspaceOfInvitation(db: Db, actor: Actor, invitationId: string): Promise<string | null> {
  const where = { id: invitationId, workspace: visibleTo(actor) };
  const found = await db.invitation.findFirst({ where, select: { workspaceId: true } });
  return found?.workspaceId ?? null;
}

/** An invitation by id. Rights are the caller's business. @throws Error when there is none. */
export function findInvitation<Q extends Prisma.InvitationDefaultArgs>(db: Db, id: string, query: Q) {
  return db.invitation.findUniqueOrThrow({ ...query, where: { id } });
}

interface Created {
  invitationId: string;
  replayed: boolean;
}

async function inviteMember(
  db: Db,
  permit: Permit<'members:invite'>,
  { token, idempotencyKey, role, ...input }: { email: string; role: Role; idempotencyKey: string; token: string },
): Promise<Created> {
  const email = checkEmail(input.email);
  const request = { scopeId: permit.workspaceId, mutation: 'inviteMember', idempotencyKey, input: { email, role } };
  return inTransaction(db, (tx) =>
    onceOnly<{ invitationId: string }, Created>(tx, request, {
      work: async () => ({ invitationId: await insertInvitation(tx, permit, { email, role, token }), replayed: false }),
      answer: ({ invitationId }) => ({ invitationId }),
      replay: async ({ invitationId }) => ({ invitationId, replayed: true }),
    }),
  );
}

async function insertInvitation(
  tx: Tx,
  permit: Permit<'members:invite'>,
  { email, role, token }: { email: string; role: Role; token: string },
): Promise<string> {
  const { workspaceId, actor } = permit;
  const self = await lockTeam(tx, permit);
  requireWithin(role, self);
  if (await tx.member.findFirst({ where: { workspaceId, removedAt: null, user: { email } } }))
    throw new AlreadyMember();
  const earlier = await tx.invitation.findFirst({ where: { workspaceId, email, ...OPEN } });
  if (earlier) {
    requireWithin(earlier.role, self);
    await tx.invitation.update({ where: { id: earlier.id }, data: { revokedAt: now() } });
  }
  if ((await tx.invitation.count({ where: { workspaceId, ...OPEN } })) >= OPEN_MAX) {
    throw new Conflict(`A workspace has at most ${OPEN_MAX} open invitations: revoke one first.`);
  }
  await checkMailsSent(tx, workspaceId);
  const invitationId = newId();
  const fresh = { id: invitationId, workspaceId, email, role, invitedById: self.id, createdAt: now() };
  await tx.invitation.create({ data: { ...fresh, ...bearing(token) } });
  await recordEvent(tx, {
    ...originOf(actor),
    workspaceId,
    type: 'invitation.created',
    targetId: invitationId,
    after: { role },
  });
  return invitationId;
}

async function renewInvitation(
  db: Db,
  permit: Permit<'members:invite'>,
  { invitationId, token }: { invitationId: string; token: string },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const { role } = await findOpen(tx, await lockTeam(tx, permit), invitationId);
    await checkMailsSent(tx, workspaceId);
    await tx.invitation.update({ where: { id: invitationId }, data: bearing(token) });
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'invitation.resent',
      targetId: invitationId,
      after: { role },
    });
  });
}

/** Somebody who was a member before gets their old row back, and their keys with it. */
async function join(tx: Tx, actor: UserActor, { workspaceId, role }: Invitation): Promise<string> {
  const { userId } = actor;
  const member = await tx.member.upsert({
    where: { workspaceId_userId: { workspaceId, userId } },
    create: { id: newId(), workspaceId, userId, role, createdAt: now() },
    update: { role, removedAt: null },
  });
  // Keys they made before may have a lower ceiling now.
  await bumpAccess(tx, workspaceId);
  await recordEvent(tx, {
    ...originOf(actor),
    workspaceId,
    type: 'member.joined',
    targetId: member.id,
    after: { userId, role },
  });
  return member.id;
}

async function findOpen(tx: Tx, self: Member, id: string): Promise<Invitation> {
  const invitation = await tx.invitation.findFirst({ where: { id, workspaceId: self.workspaceId, ...OPEN } });
  if (!invitation) throw new NotFound('No such open invitation.', ['input', 'invitationId']);
  requireWithin(invitation.role, self);
  return invitation;
}

function requireWithin(role: Role, self: Member): void {
  if (!isWithin(role, self.role)) throw new Forbidden('Nobody may give a role above their own.');
}

function bearing(token: string) {
  return { tokenHash: sha256(token), expiresAt: new Date(now().getTime() + LIFETIME_MS) };
}

function checkEmail(text: string): string {
  const email = readMailAddress(text);
  if (email === null) {
    throw new ValidationFailed('email is not an address: write one, such as ada@example.com.', ['input', 'email']);
  }
  return email;
}

function unknownToken(): NotFound {
  return new NotFound('No such invitation for the address you are signed in with.', ['input', 'token']);
}
