import { evaluateAlert } from '#core/alerts/evaluation';
import type { Db } from '#core/db';

const ALERTS_PER_LOOK = 500;
const ABREAST = 2;
/** How soon what is summed up over time is looked at again: after a decision, and when nothing happens. */
const AFTER_NEWS_MS = 5_000;
const AFTER_SILENCE_MS = 60_000;
/** A workspace that did nothing for so long spends nothing in any window. */
const ASLEEP_MS = 33 * 24 * 3_600_000;

/**
 * Looks at every alert that is due, or at those of some workspaces, and records what fires and what is over. One that cannot
 * be looked at is told of and keeps no other waiting.
 */
export async function lookAtAlerts(
  db: Db,
  { onError, ...look }: { at: Date; workspaceIds: readonly string[] | null; onError: (error: unknown) => void },
): Promise<void> {
  const due = (await findDue(db, look)).values();
  const evaluate = async (): Promise<void> => {
    for (const { id } of due) await evaluateAlert(db, { alertId: id, at: look.at }).catch(onError);
  };
  await Promise.all(Array.from({ length: ABREAST }, evaluate));
}

/**
 * The alerts that have something to look at: a decision since the last look, a change of the alert itself, or, where the
 * clock alone can change a value, enough time.
 */
async function findDue(db: Db, { at, workspaceIds }: { at: Date; workspaceIds: readonly string[] | null }) {
  const ago = (ms: number): Date => new Date(at.getTime() - ms);
  return db.$queryRaw<{ id: string }[]>`
    SELECT a.id FROM alert a JOIN balance b ON b.workspace_id = a.workspace_id
    JOIN workspace w ON w.id = a.workspace_id AND w.deleted_at IS NULL
    WHERE (a.muted_until IS NULL OR a.muted_until <= ${at})
      AND (${workspaceIds}::uuid[] IS NULL OR a.workspace_id = ANY (${workspaceIds}::uuid[]))
      AND (a.seen_seq IS NULL
        OR b.seq > a.seen_seq AND (a.condition IN ('BALANCE', 'BALANCE_PERCENT') OR a.checked_at <= ${ago(AFTER_NEWS_MS)})
        OR a.condition NOT IN ('BALANCE', 'BALANCE_PERCENT') AND a.checked_at <= ${ago(AFTER_SILENCE_MS)}
          AND b.last_entry_at > ${ago(ASLEEP_MS)})
    ORDER BY a.checked_at LIMIT ${ALERTS_PER_LOOK}::int`;
}
