import { type Actor, originOf, type UserActor } from '#core/access/actor';
import type { OperatorPermit, Permit } from '#core/access/permit';
import { allVisibleTo } from '#core/access/visibility';
import { type Db, inTransaction, isUniqueViolation, now, type Tx } from '#core/db';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { openEventChain, recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { newId } from '#core/ids';
import { checkName, isStorable, presentableName } from '#core/names';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import { lockWorkspace } from '#core/workspaces/deletion';
import { slugFor, withSuffix } from '#core/workspaces/slug';
import type { Prisma, Workspace } from '#generated/prisma/client';

/** As many as are listed; one that is deleted counts until it is erased. */
const OWNED_MAX = 100;

export interface CreatedWorkspace {
  workspaceId: string;
  replayed: boolean;
}

/**
 * A new workspace with its balance row, event chain and the user as OWNER, all or nothing.
 * @throws ValidationFailed for a bad name, Conflict at 100 workspaces of which they are OWNER, IdempotencyConflict.
 */
export async function createWorkspace(
  db: Db,
  actor: UserActor,
  input: { name: string; idempotencyKey: string },
): Promise<CreatedWorkspace> {
  const name = checkName(input.name);
  const request = {
    scopeId: actor.userId,
    mutation: 'createWorkspace',
    idempotencyKey: input.idempotencyKey,
    input: { name },
  };
  return withFreeSlug(slugFor(name), (slug) =>
    inTransaction(db, (tx) =>
      onceOnly<{ workspaceId: string }, CreatedWorkspace>(tx, request, {
        work: async () => {
          await checkOwnedCount(tx, actor.userId);
          return { workspaceId: await insertWorkspace(tx, actor, { name, slug }), replayed: false };
        },
        answer: ({ workspaceId }) => ({ workspaceId }),
        replay: async ({ workspaceId }) => ({ workspaceId, replayed: true }),
      }),
    ),
  );
}

/**
 * The workspace made for a user at sign-up, created if whatever should have made it died: callers may run this any
 * number of times, at once and from several processes, and the user ends with exactly one. Whoever deleted theirs gets
 * no other: the deleted one, later its tombstone, stays their default.
 */
export async function ensureDefaultWorkspace(db: Db, user: { id: string; name: string }): Promise<string> {
  const existing = await db.workspace.findUnique({ where: { defaultOfId: user.id }, select: { id: true } });
  if (existing) return existing.id;
  const owner: UserActor = { kind: 'USER', userId: user.id, sessionId: '', address: null };
  const name = `${presentableName(user.name, 60) || 'My'}'s workspace`;
  try {
    return await withFreeSlug(slugFor(name), (slug) =>
      inTransaction(db, (tx) => insertWorkspace(tx, owner, { name, slug, defaultOfId: user.id })),
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const winner = await db.workspace.findUnique({ where: { defaultOfId: user.id }, select: { id: true } });
    if (!winner) throw error;
    return winner.id;
  }
}

/** Gives the workspace another name; its slug stays, so that links keep working. @throws ValidationFailed, NotFound. */
export async function renameWorkspace(
  db: Db,
  permit: Permit<'workspace:rename'>,
  input: { name: string },
): Promise<void> {
  const name = checkName(input.name);
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const before = await lockWorkspace(tx, workspaceId);
    if (before.deletedAt) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
    await tx.workspace.update({ where: { id: workspaceId }, data: { name, updatedAt: now() } });
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'workspace.renamed',
      targetId: workspaceId,
      before: { name: before.name, slug: before.slug },
      after: { name, slug: before.slug },
    });
  });
}

/**
 * A workspace by id or slug, unless deleted. Rights are the caller's business: see the authScopes of the node type.
 * With `AND: visibleTo(actor)` a foreign one takes the same work as none.
 */
export function findWorkspace<Q extends Prisma.WorkspaceDefaultArgs>(
  db: Db,
  where: ({ id: string } | { slug: string }) & { AND?: Prisma.WorkspaceWhereInput },
  query: Q,
): Promise<Prisma.WorkspaceGetPayload<Q> | null> {
  if ('slug' in where && !isStorable(where.slug)) return Promise.resolve(null);
  return db.workspace.findFirst({
    ...query,
    where: { ...where, deletedAt: null },
  }) as Promise<Prisma.WorkspaceGetPayload<Q> | null>;
}

/**
 * The workspaces a user is a member of, oldest first, as far as the one who asks may know of them. At most 100: more is
 * an operator's tool, not a person's list.
 */
export function listWorkspacesOf<Q extends Prisma.WorkspaceDefaultArgs>(
  db: Db,
  { userId, actor, query }: { userId: string; actor: Actor; query: Q },
) {
  return db.workspace.findMany({
    ...query,
    where: { AND: [allVisibleTo(actor), { members: { some: { userId, removedAt: null } } }] },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 100,
  });
}

/** All workspaces, newest first, optionally those whose name or slug contains `search`. @throws ValidationFailed */
export function listWorkspaces(
  db: Db,
  _permit: OperatorPermit<'workspaces:list'>,
  { search, query, ...request }: PageRequest & { search?: string | null; query: Prisma.WorkspaceDefaultArgs },
): Promise<Page<Workspace>> {
  if (search && !isStorable(search)) throw new ValidationFailed('search has a NUL character: remove it.', ['search']);
  const matches: Prisma.WorkspaceWhereInput = search
    ? { OR: [{ name: { contains: search, mode: 'insensitive' } }, { slug: { contains: search.toLowerCase() } }] }
    : {};
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.workspace.findMany({
        ...query,
        where: { AND: [{ deletedAt: null }, matches, beyond ? { id: beyond } : {}] },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: (workspace) => workspace.id,
  });
}

/** Creations of one user queue here: two that count at once would both find the last free place. */
async function checkOwnedCount(tx: Tx, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "user" WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
  if ((await tx.member.count({ where: { userId, role: 'OWNER', removedAt: null } })) >= OWNED_MAX) {
    throw new Conflict(`One person owns at most ${OWNED_MAX} workspaces: delete or hand over one first.`);
  }
}

async function insertWorkspace(
  tx: Tx,
  owner: UserActor,
  { name, slug, defaultOfId = null }: { name: string; slug: string; defaultOfId?: string | null },
): Promise<string> {
  const workspaceId = newId();
  const createdAt = now();
  const actor: Actor = owner;
  await tx.workspace.create({ data: { id: workspaceId, name, slug, defaultOfId, createdAt, updatedAt: createdAt } });
  await tx.balance.create({ data: { workspaceId, lastEntryAt: createdAt } });
  await openEventChain(tx, workspaceId);
  const member = await tx.member.create({
    data: { id: newId(), workspaceId, userId: owner.userId, role: 'OWNER', createdAt },
  });
  await recordEvent(tx, {
    ...originOf(actor),
    workspaceId,
    type: 'workspace.created',
    targetId: workspaceId,
    after: { name, slug },
  });
  await recordEvent(tx, {
    ...originOf(actor),
    workspaceId,
    type: 'member.joined',
    targetId: member.id,
    after: { userId: owner.userId, role: 'OWNER' },
  });
  return workspaceId;
}

const SLUG_TRIES = 5;

/** Runs `insert` with the slug, then with suffixed ones while the slug turns out to be taken. */
async function withFreeSlug<T>(slug: string, insert: (slug: string) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await insert(attempt === 1 ? slug : withSuffix(slug));
    } catch (error) {
      if (attempt === SLUG_TRIES || !isUniqueViolation(error) || !JSON.stringify(error).includes('slug')) throw error;
    }
  }
}
