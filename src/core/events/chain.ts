import type { Db } from '#core/db';
import { chainBeginning, chainHashOf } from '#core/events/events';
import { type Proof, Violation } from '#core/proofs';
import { sameBytes } from '#lib/canonical-json';

const ROWS_PER_READ = 1_000;

/** The audit log of every workspace is as it was recorded: no event changed, added or removed. */
export const eventChains: Proof = {
  name: 'audit log',
  async size(db) {
    const { _sum } = await db.eventHead.aggregate({ _sum: { number: true } });
    return Number(_sum.number ?? 0n);
  },
  async *check(db) {
    for await (const workspaceId of chainedWorkspaces(db)) yield* verifyEventChain(db, workspaceId);
    const lost = await findHeadless(db);
    if (lost) throw new Violation(lost, 'the end of its event chain is missing.');
  },
};

/**
 * Recomputes a workspace's event chain from its beginning to its end, and yields how many events each read found right.
 * An erased workspace has no chain, so nothing of it can be wrong.
 * @throws Violation that names the first event which was changed or is missing, or says that the end does not fit.
 */
export async function* verifyEventChain(db: Db, workspaceId: string): AsyncGenerator<number, void> {
  const end = await findEnd(db, workspaceId);
  if (!end) return;
  let number = 0n;
  let hash: Uint8Array = chainBeginning(workspaceId);
  const fail = async (problem: string): Promise<void> => {
    // It may have been erased while we read; then this is no violation.
    if (await findEnd(db, workspaceId)) throw new Violation(workspaceId, problem);
  };
  while (number < end.number) {
    const rows = await db.event.findMany({
      where: { workspaceId, number: { gt: number, lte: end.number } },
      orderBy: { number: 'asc' },
      take: ROWS_PER_READ,
    });
    if (rows.length === 0) return fail(`event ${number + 1n} is missing.`);
    for (const row of rows) {
      if (row.number !== number + 1n) return fail(`event ${number + 1n} is missing.`);
      hash = chainHashOf(hash, row);
      if (!sameBytes(hash, row.chainHash)) return fail(`event ${row.number} was changed.`);
      number = row.number;
    }
    yield rows.length;
  }
  if (!sameBytes(hash, end.hash)) return fail(`the end of its chain does not follow from event ${number}.`);
  if (end.last > end.number) return fail(`event ${end.number + 1n} lies beyond the end of its chain.`);
}

/** Head and last row as of one moment: both are written in one transaction. */
async function findEnd(db: Db, workspaceId: string) {
  const [end] = await db.$queryRaw<{ number: bigint; hash: Uint8Array; last: bigint }[]>`
    SELECT number, chain_hash AS hash,
      (SELECT coalesce(max(event.number), 0) FROM event WHERE event.workspace_id = event_head.workspace_id) AS last
    FROM event_head WHERE workspace_id = ${workspaceId}::uuid`;
  return end ?? null;
}

async function* chainedWorkspaces(db: Db): AsyncGenerator<string, void> {
  let after: string | undefined;
  for (;;) {
    const heads = await db.eventHead.findMany({
      where: after === undefined ? {} : { workspaceId: { gt: after } },
      orderBy: { workspaceId: 'asc' },
      select: { workspaceId: true },
      take: ROWS_PER_READ,
    });
    for (const { workspaceId } of heads) yield workspaceId;
    after = heads.at(-1)?.workspaceId;
    if (after === undefined) return;
  }
}

/** A workspace that has events, or should have, without the end of a chain: then nothing would hold its last rows. */
async function findHeadless(db: Db): Promise<string | null> {
  const [headless] = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM (SELECT id FROM workspace WHERE deleted_at IS NULL UNION ALL SELECT workspace_id FROM event) AS known
    WHERE NOT EXISTS (SELECT FROM event_head WHERE event_head.workspace_id = known.id) LIMIT 1`;
  return headless?.id ?? null;
}
