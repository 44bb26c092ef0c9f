import type { Role } from '#core/access/policy';
import type { Db } from '#core/db';
import { GroupedReads } from '#lib/grouped-reads';

/** Which workspaces exist for a member: those that are not deleted, or those too that can be brought back. */
export type Life = 'LIVING' | 'NOT_ERASED';

/** One that hangs keeps others waiting no longer than this many at once do. */
const READS_AT_ONCE = 4;

/** Readers by their database: whoever asks of the same one is read for together. */
const readers = new WeakMap<Db, GroupedReads<Role>>();

/**
 * The role of a user in a workspace; null for outsiders. Those that are asked for at once are read together: a change of
 * rights makes a whole crowd ask.
 */
export async function findRole(
  db: Db,
  { workspaceId, userId, life }: { workspaceId: string; userId: string; life: Life },
): Promise<Role | null> {
  const reader = readers.get(db) ?? new GroupedReads((places) => readRoles(db, places), { readsAtOnce: READS_AT_ONCE });
  readers.set(db, reader);
  return (await reader.of(`${workspaceId} ${userId} ${life}`)) ?? null;
}

/** Roles by where they are asked for: a workspace, a user, and a life of the workspace. */
async function readRoles(db: Db, places: readonly string[]): Promise<Map<string, Role>> {
  const wanted = places.map((place) => place.split(' '));
  const rows = await db.$queryRaw<{ place: number; role: Role }[]>`
    SELECT p.place::int, m.role
    FROM unnest(${wanted.map(([workspaceId]) => workspaceId)}::uuid[], ${wanted.map(([, userId]) => userId)}::uuid[],
      ${wanted.map(([, , life]) => life === 'LIVING')}::boolean[]) WITH ORDINALITY
      AS p (workspace_id, user_id, is_living, place)
    JOIN member m ON m.workspace_id = p.workspace_id AND m.user_id = p.user_id AND m.removed_at IS NULL
    JOIN workspace w ON w.id = m.workspace_id
    WHERE CASE WHEN p.is_living THEN w.deleted_at IS NULL ELSE w.erased_at IS NULL END`;
  return new Map(rows.map(({ place, role }) => [places[place - 1] ?? '', role]));
}
