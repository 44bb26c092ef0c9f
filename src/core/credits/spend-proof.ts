import { describeStarts, type LedgerStart, provedFromStart } from '#core/credits/ledger-starts';
import type { Db } from '#core/db';
import { encodeId } from '#core/ids';
import { type Proof, Violation } from '#core/proofs';

const WORKSPACES_PER_READ = 1_000;
const ENTRIES_PER_READ = 20_000n;

/** What caps count is what the ledger says that each key spent in each UTC day, the keys it made included. */
export const keySpending: Proof = {
  name: 'spending of keys',
  size: (db) => db.apiKeySpend.count(),
  origin: describeStarts,
  async *check(db) {
    let after: string | undefined;
    do {
      const workspaces = await db.workspace.findMany({
        where: { erasedAt: null, ...(after !== undefined && { id: { gt: after } }) },
        orderBy: { id: 'asc' },
        select: { id: true },
        take: WORKSPACES_PER_READ,
      });
      for (const { id } of workspaces) yield* provedFromStart(db, id, (start) => verifySpending(db, id, start));
      after = workspaces.at(-1)?.id;
    } while (after !== undefined);
  },
};

/** What a key spent in a day, in micro-credits; `day` as in 2026-11-24. */
interface DaySpend {
  apiKeyId: string;
  day: string;
  credits: bigint;
}

/** Yields how many counts are right. @throws Violation at the first that is not the sum of its entries. */
async function* verifySpending(db: Db, workspaceId: string, start: LedgerStart): AsyncGenerator<number, void> {
  // All as of one moment, since a server may be spending beside us; entries up to it never change.
  const [balance, keys, counts] = await db.$transaction(
    [
      db.balance.findUnique({ where: { workspaceId } }),
      db.apiKey.findMany({ where: { workspaceId }, select: { id: true, parentId: true } }),
      db.$queryRaw<DaySpend[]>`
        SELECT api_key_id AS "apiKeyId", day::text, credits FROM api_key_spend
        WHERE api_key_id IN (SELECT id FROM api_key WHERE workspace_id = ${workspaceId}::uuid)`,
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  // Of days before, what caps count is proved in one: the calls of those are neither refunded nor captured any more.
  const firstDay = start.since?.toISOString().slice(0, 10) ?? '';
  const [kept, before] = [counts.filter(({ day }) => day >= firstDay), counts.filter(({ day }) => day < firstDay)];
  const differences = new Map(kept.map((count) => [placeOf(count), count.credits]));
  const parents = new Map(keys.map(({ id, parentId }) => [id, parentId]));
  for await (const sum of sumsOfLedger(db, workspaceId, { after: start.seq, lastSeq: balance?.seq ?? 0n })) {
    if (sum.day < firstDay) continue;
    for (const apiKeyId of [sum.apiKeyId, parents.get(sum.apiKeyId)]) {
      if (!apiKeyId) continue;
      const place = placeOf({ ...sum, apiKeyId });
      differences.set(place, (differences.get(place) ?? 0n) - sum.credits);
    }
  }
  const wrong = [...differences].find(([, difference]) => difference !== 0n);
  if (wrong && (await isThere(db, workspaceId)))
    throw new Violation(workspaceId, `what ${wrong[0]} is not the sum of its entries.`);
  const spent = before.reduce((sum, { credits }) => sum + credits, 0n);
  if (spent !== start.spentByKeys && (await isThere(db, workspaceId)))
    throw new Violation(workspaceId, `what keys spent before ${firstDay} is not what was proved.`);
  yield counts.length;
}

const placeOf = ({ apiKeyId, day }: DaySpend): string => `key ${encodeId('ApiKey', apiKeyId)} spent on ${day}`;

/** Sums of all entries up to a number, a stretch of the ledger at a time. A hold counts on the day it was opened, a refund on that of its charge. */
async function* sumsOfLedger(
  db: Db,
  workspaceId: string,
  { after: first, lastSeq }: { after: bigint; lastSeq: bigint },
): AsyncGenerator<DaySpend, void> {
  for (let after = first; after < lastSeq; after += ENTRIES_PER_READ) {
    const upTo = after + ENTRIES_PER_READ < lastSeq ? after + ENTRIES_PER_READ : lastSeq;
    yield* await db.$queryRaw<DaySpend[]>`
      SELECT e.api_key_id AS "apiKeyId", (coalesce(h.created_at, c.created_at, e.created_at) AT TIME ZONE 'UTC')::date::text AS day,
        sum(CASE e.kind WHEN 'CAPTURE' THEN -e.available_change WHEN 'RELEASE' THEN -e.credits WHEN 'REFUND' THEN -e.credits
          ELSE e.credits END)::bigint AS credits
      FROM ledger_entry e
      LEFT JOIN ledger_entry c ON e.kind = 'REFUND' AND c.workspace_id = e.workspace_id AND c.seq = e.ref_seq
      LEFT JOIN hold h ON h.id = coalesce(e.hold_id, c.hold_id)
      WHERE e.workspace_id = ${workspaceId}::uuid AND e.seq > ${after} AND e.seq <= ${upTo}
        AND (e.kind <> 'REFUND' OR e.ref_seq > ${first})
        AND e.kind IN ('USAGE', 'HOLD', 'CAPTURE', 'RELEASE', 'REFUND') AND e.credits > 0 AND e.api_key_id IS NOT NULL
      GROUP BY 1, 2`;
  }
}

/** Whether it was not erased while we read. */
async function isThere(db: Db, workspaceId: string): Promise<boolean> {
  return (await db.workspace.count({ where: { id: workspaceId, erasedAt: null } })) > 0;
}
