import type { Db, Tx } from '#core/db';
import type { AnnouncementCursor } from '#generated/prisma/client';

/**
 * From this transaction's commit on, what happens in the workspace is announced; what happened before is not. For whoever
 * adds somebody who listens. Following again changes nothing.
 */
export async function followWorkspace(tx: Tx, workspaceId: string): Promise<void> {
  // The update of nothing waits for one that is about to give the workspace up, and then begins anew.
  await tx.$executeRaw`
    INSERT INTO announcement_cursor (workspace_id, seq, number, is_depleted)
    SELECT b.workspace_id, b.seq, h.number, b.available = 0
    FROM balance b JOIN event_head h USING (workspace_id) WHERE b.workspace_id = ${workspaceId}::uuid
    ON CONFLICT (workspace_id) DO UPDATE SET workspace_id = excluded.workspace_id`;
}

const MOVED_MAX = 1_000;

/** Workspaces that are followed and have news, of the given ones or of all. Only followed ones are looked at. */
export async function findMoved(db: Db, among: readonly string[] | null): Promise<string[]> {
  const moved = await db.$queryRaw<{ id: string }[]>`
    SELECT c.workspace_id AS id FROM announcement_cursor c
      JOIN balance b ON b.workspace_id = c.workspace_id
      JOIN event_head h ON h.workspace_id = c.workspace_id
    WHERE (${among === null} OR c.workspace_id = ANY (${among ?? []}::uuid[])) AND (b.seq > c.seq OR h.number > c.number)
    LIMIT ${MOVED_MAX}::int`;
  return moved.map(({ id }) => id);
}

/** A cursor, and how far it could be moved. */
export interface HeldCursor extends AnnouncementCursor {
  seqNow: bigint;
  numberNow: bigint;
  availableNow: bigint;
}

type Heads = Pick<HeldCursor, 'seqNow' | 'numberNow' | 'availableNow'>;

/** The cursor under its lock, with where ledger and events stand; null when another holds it, or nobody listens. */
export async function lockCursor(tx: Tx, workspaceId: string): Promise<HeldCursor | null> {
  const [cursor] = await tx.$queryRaw<AnnouncementCursor[]>`
    SELECT workspace_id AS "workspaceId", seq, number, is_depleted AS "isDepleted" FROM announcement_cursor
    WHERE workspace_id = ${workspaceId}::uuid FOR UPDATE SKIP LOCKED`;
  if (!cursor) return null;
  // Read after the lock: whoever held it may have moved what this would start from.
  const [heads] = await tx.$queryRaw<Heads[]>`
    SELECT b.seq AS "seqNow", h.number AS "numberNow", b.available AS "availableNow" FROM balance b JOIN event_head h USING (workspace_id)
    WHERE b.workspace_id = ${workspaceId}::uuid`;
  return heads ? { ...cursor, ...heads } : null;
}
