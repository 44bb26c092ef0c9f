import type { Actor } from '#core/access/actor';
import type { Prisma } from '#generated/prisma/client';

const NO_WORKSPACE = '00000000-0000-0000-0000-000000000000';

/**
 * Condition for the workspaces whose existence an actor may know of. Loads by id use it, so foreign ids find nothing. Who
 * stands for others sees the one workspace in which they are alike.
 */
export function visibleTo(actor: Actor): Prisma.WorkspaceWhereInput {
  if (actor.kind === 'USER' && actor.standsInFor !== undefined) return { deletedAt: null, id: actor.standsInFor };
  return allVisibleTo(actor);
}

/** The same for lists of workspaces, which no two people have alike. */
export function allVisibleTo(actor: Actor): Prisma.WorkspaceWhereInput {
  switch (actor.kind) {
    case 'USER':
      return { deletedAt: null, members: { some: { userId: actor.userId, removedAt: null } } };
    case 'API_KEY':
      return { deletedAt: null, id: actor.workspaceId };
    case 'OPERATOR':
      return { deletedAt: null };
    case 'NOBODY':
      return { id: NO_WORKSPACE };
  }
}
