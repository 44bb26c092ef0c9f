import type { Permit } from '#core/access/permit';
import { everyLedger } from '#core/credits/every-ledger';
import { type GrantsThen, replayGrants } from '#core/credits/grant-replay';
import {
  type Checkpoint,
  describeStarts,
  findWrongStart,
  type LedgerStart,
  provedFromStart,
} from '#core/credits/ledger-starts';
import { type Db, now, type Tx } from '#core/db';
import { type Proof, Violation } from '#core/proofs';

const ENTRIES_PER_READ = 10_000;
/** The last stretch, the grants and the holds of a workspace are read in one snapshot. */
const SNAPSHOT_MS_MAX = 60_000;
/** Idempotency keys are remembered for that long at least, whatever is configured. */
const REMEMBERED_DAYS = 1;

/**
 * Every entry follows from the one before it, and balances, grants and holds are what the entries come to.
 * @param options.isIncremental From where the last proof of each workspace ended; else from its first entry, with a replay
 *   of which grant paid what.
 */
export function ledgers({ isIncremental }: { isIncremental: boolean }): Proof {
  return {
    name: isIncremental ? 'ledgers since the last proof' : 'ledgers',
    async size(db) {
      const [row] = await db.$queryRaw<
        { entries: number }[]
      >`SELECT coalesce(sum(seq), 0)::float8 AS entries FROM balance`;
      return row?.entries ?? 0;
    },
    origin: describeStarts,
    async *check(db) {
      for await (const workspaceId of everyLedger(db)) yield* proveLedger(db, workspaceId, { isIncremental });
    },
  };
}

/**
 * Proves one workspace's ledger, beside a server that may be writing it: yields the numbers of entries found right, and
 * remembers where it ended.
 * @param options.entriesMax Ends after about so many; an incremental proof goes on from there.
 * @throws Violation at the first entry or total that is wrong.
 */
export function proveLedger(
  db: Db,
  workspaceId: string,
  { isIncremental, entriesMax = null }: { isIncremental: boolean; entriesMax?: number | null },
): AsyncGenerator<number, bigint> {
  return provedFromStart(db, workspaceId, async function* (start) {
    const stored = isIncremental ? await db.ledgerCheckpoint.findUnique({ where: { workspaceId } }) : null;
    const from = stored && stored.seq >= start.seq ? stored : start;
    const { reached } = yield* proveEntries(db, workspaceId, { start, from, entriesMax, isReplayed: !isIncremental });
    const row = { ...checkpointOf(reached), verifiedAt: now() };
    await db.ledgerCheckpoint.upsert({ where: { workspaceId }, create: { workspaceId, ...row }, update: row });
    return reached.seq;
  });
}

interface Course {
  start: LedgerStart;
  /** From there on. */
  from: Checkpoint;
  entriesMax?: number | null;
  /** Whether it is replayed which grant paid what. */
  isReplayed: boolean;
  /** Of an entry on the way, of which to tell what all came to with it. */
  cutSeq?: bigint | null;
}

/** Where a proof ended, and how things stood at the entry on its way. */
interface Proved {
  reached: Checkpoint;
  cut: (Checkpoint & { grants: GrantsThen }) | null;
}

/** The same, remembering nothing. @throws Violation */
export async function* proveEntries(
  db: Db,
  workspaceId: string,
  { start, from, entriesMax = null, isReplayed, cutSeq = null }: Course,
): AsyncGenerator<number, Proved> {
  let reached = from;
  let cut: Checkpoint | null = null;
  for (let read = 0; ;) {
    const stretch = await readStretch(db, workspaceId, { reached, start, cutSeq });
    reached = stretch.reached;
    read += stretch.count;
    yield stretch.count;
    if (cut === null && reached.seq === cutSeq) cut = reached;
    else if (stretch.count < ENTRIES_PER_READ) break;
    if (entriesMax !== null && read >= entriesMax) return { reached, cut: null };
  }
  const end = await proveEnd(db, workspaceId, { reached, start });
  yield end.count;
  reached = end.reached;
  if (!isReplayed) return { reached, cut: null };
  const grants = await replayGrants(db, workspaceId, { start, lastSeq: reached.seq, grants: end.grants, cutSeq });
  return { reached, cut: cut && grants && { ...cut, grants } };
}

function checkpointOf(reached: Checkpoint): Checkpoint {
  const { seq, availableAfter, heldAfter, grantedTotal, spentTotal, expiredTotal, entryAt } = reached;
  return { seq, availableAfter, heldAfter, grantedTotal, spentTotal, expiredTotal, entryAt };
}

/** The last entries with what they come to, as of one moment: a server may be writing beside us. */
function proveEnd(db: Db, workspaceId: string, from: { reached: Checkpoint; start: LedgerStart }) {
  return db.$transaction(
    async (tx) => {
      const { count, reached } = await readStretch(tx, workspaceId, from);
      const problem =
        (await findWrongTotal(tx, workspaceId, reached)) ?? (await findWrongStart(tx, workspaceId, from.start));
      if (problem) throw new Violation(workspaceId, problem);
      return { count, reached, grants: await tx.creditGrant.findMany({ where: { workspaceId } }) };
    },
    { isolationLevel: 'RepeatableRead', timeout: SNAPSHOT_MS_MAX, maxWait: SNAPSHOT_MS_MAX },
  );
}

/** Checks the next stretch of entries, each against the one before it, and adds them up. @throws Violation */
async function readStretch(
  db: Db | Tx,
  workspaceId: string,
  { reached, start, cutSeq = null }: { reached: Checkpoint; start: LedgerStart; cutSeq?: bigint | null },
): Promise<{ count: number; reached: Checkpoint }> {
  const end = reached.seq + BigInt(ENTRIES_PER_READ);
  const upTo = cutSeq !== null && cutSeq > reached.seq && cutSeq < end ? cutSeq : end;
  const [row] = await db.$queryRaw<(Checkpoint & { count: number; problem: string | null })[]>`
    WITH moved AS (
      SELECT e.*,
        CASE e.kind WHEN 'USAGE' THEN -credits WHEN 'EXPIRY' THEN -credits WHEN 'VOID' THEN -credits WHEN 'HOLD' THEN -credits
          WHEN 'GRANT' THEN credits WHEN 'REFUND' THEN credits WHEN 'RELEASE' THEN credits
          ELSE coalesce(available_change, 0) END AS to_available,
        CASE e.kind WHEN 'HOLD' THEN credits WHEN 'RELEASE' THEN -credits WHEN 'CAPTURE' THEN -credits - coalesce(available_change, 0)
          ELSE 0 END AS to_held,
        CASE e.kind WHEN 'USAGE' THEN credits WHEN 'CAPTURE' THEN credits WHEN 'REFUND' THEN -credits ELSE 0 END AS to_spent,
        CASE WHEN e.kind = 'GRANT' OR (e.kind = 'ADJUSTMENT' AND available_change > 0) THEN credits ELSE 0 END AS to_granted,
        CASE WHEN e.kind IN ('EXPIRY', 'VOID') OR (e.kind = 'ADJUSTMENT' AND available_change < 0) THEN credits ELSE 0 END AS to_expired,
        lag(seq, 1, ${reached.seq}::bigint) OVER w AS seq_before,
        lag(created_at, 1, ${reached.entryAt}::timestamptz) OVER w AS created_before,
        lag(available_after, 1, ${reached.availableAfter}::bigint) OVER w AS available_before,
        lag(held_after, 1, ${reached.heldAfter}::bigint) OVER w AS held_before
      FROM ledger_entry e
      WHERE workspace_id = ${workspaceId}::uuid AND seq > ${reached.seq} AND seq <= ${upTo}
      WINDOW w AS (ORDER BY seq)),
    split AS (
      SELECT seq, count(*) AS parts, sum(credits) AS credits FROM ledger_split
      WHERE workspace_id = ${workspaceId}::uuid AND seq > ${reached.seq} AND seq <= ${upTo} GROUP BY seq),
    judged AS (
      SELECT m.*, CASE
        WHEN m.seq <> m.seq_before + 1 THEN format('entry %s is missing.', m.seq_before + 1)
        WHEN m.created_at < m.created_before THEN format('entry %s is older than the one before it.', m.seq)
        WHEN m.available_after <> m.available_before + m.to_available THEN format('entry %s does not leave available what it says.', m.seq)
        WHEN m.held_after <> m.held_before + m.to_held THEN format('entry %s does not leave held what it says.', m.seq)
        WHEN m.outcome <> 'SUCCEEDED' AND m.credits <> 0 THEN format('entry %s did not succeed and moved credits.', m.seq)
        WHEN (m.kind IN ('CAPTURE', 'ADJUSTMENT')) <> (m.available_change IS NOT NULL) THEN format('entry %s does not say what it changed.', m.seq)
        WHEN m.is_split AND coalesce(s.parts, 0) < 2 OR NOT m.is_split AND s.parts IS NOT NULL THEN format('entry %s is not split as it says.', m.seq)
        WHEN m.is_split AND s.credits <> m.credits THEN format('entry %s is not the sum of its parts.', m.seq)
        WHEN m.credits > 0 AND NOT m.is_split AND m.grant_id IS NULL THEN format('entry %s names no grant.', m.seq)
        END AS problem
      FROM moved m LEFT JOIN split s ON s.seq = m.seq)
    SELECT count(*)::int AS count, (array_agg(problem ORDER BY seq) FILTER (WHERE problem IS NOT NULL))[1] AS problem,
      coalesce(max(seq), 0) AS seq,
      coalesce(sum(to_granted), 0)::bigint + ${reached.grantedTotal}::bigint AS "grantedTotal",
      coalesce(sum(to_spent), 0)::bigint + ${reached.spentTotal}::bigint AS "spentTotal",
      coalesce(sum(to_expired), 0)::bigint + ${reached.expiredTotal}::bigint AS "expiredTotal",
      coalesce((array_agg(available_after ORDER BY seq DESC))[1], 0) AS "availableAfter",
      coalesce((array_agg(held_after ORDER BY seq DESC))[1], 0) AS "heldAfter",
      coalesce(max(created_at), 'epoch') AS "entryAt"
    FROM judged`;
  if (!row) throw new Error('An aggregate without a row');
  const { count, problem, ...to } = row;
  const wrong =
    problem ??
    (count === 0
      ? null
      : await findRepetition(db, workspaceId, { startSeq: start.seq, after: reached.seq, upTo: to.seq }));
  if (wrong) throw new Violation(workspaceId, wrong);
  return { count, reached: count === 0 ? reached : to };
}

/** An entry in a stretch that should not have been decided for what was decided before it; null when there is none. */
async function findRepetition(
  db: Db | Tx,
  workspaceId: string,
  { startSeq, after, upTo }: { startSeq: bigint; after: bigint; upTo: bigint },
): Promise<string | null> {
  const [row] = await db.$queryRaw<{ problem: string }[]>`
    SELECT j.problem FROM (
      SELECT e.seq, CASE
        WHEN e.kind = 'REFUND' AND (e.ref_seq <= ${startSeq}) IS NOT TRUE AND coalesce((
            SELECT sum(r.credits) FROM ledger_entry r
            WHERE r.workspace_id = e.workspace_id AND r.ref_seq = e.ref_seq AND r.kind = 'REFUND' AND r.seq <= e.seq) > (
            SELECT c.credits FROM ledger_entry c
            WHERE c.workspace_id = e.workspace_id AND c.seq = e.ref_seq AND c.kind IN ('USAGE', 'CAPTURE')), true)
          THEN format('entry %s refunds more than was charged.', e.seq)
        WHEN e.idempotency_key_hash IS NOT NULL AND EXISTS (
            SELECT FROM ledger_entry o
            WHERE o.idempotency_key_hash = e.idempotency_key_hash AND o.workspace_id = e.workspace_id AND o.seq < e.seq
              AND o.created_at >= e.created_at - make_interval(days => ${REMEMBERED_DAYS}::int))
          THEN format('entry %s was decided before, under the same idempotency key.', e.seq)
        END AS problem
      FROM ledger_entry e WHERE e.workspace_id = ${workspaceId}::uuid AND e.seq > ${after} AND e.seq <= ${upTo}) AS j
    WHERE j.problem IS NOT NULL ORDER BY j.seq LIMIT 1`;
  return row?.problem ?? null;
}

/** The balance row, the grants and the holds against what all entries come to: what is wrong, or null. */
async function findWrongTotal(tx: Tx, workspaceId: string, reached: Checkpoint): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ problem: string | null }[]>`
    SELECT CASE
      WHEN b.seq < ${reached.seq} THEN 'there are entries that the balance does not know of.'
      WHEN b.seq > ${reached.seq} THEN format('entry %s is missing.', ${reached.seq}::bigint + 1)
      WHEN (b.available, b.held) <> (${reached.availableAfter}::bigint, ${reached.heldAfter}::bigint) THEN 'the balance is not what the last entry says.'
      WHEN (b.granted_total, b.spent_total, b.expired_total) <>
        (${reached.grantedTotal}::bigint, ${reached.spentTotal}::bigint, ${reached.expiredTotal}::bigint) THEN 'the totals are not the sums of the entries.'
      WHEN (g.remaining, g.held, g.amount, g.spent, g.expired) <>
        (b.available, b.held, b.granted_total, b.spent_total, b.expired_total) THEN 'the grants do not come to the balance.'
      WHEN g.is_overdue THEN 'a grant whose time is over still has credits.'
      WHEN h.rest <> b.held OR h.draws <> b.held THEN 'the holds do not come to what is held.'
      WHEN h.is_overdue THEN 'a hold whose time is over is still open.'
      WHEN EXISTS (
        SELECT FROM credit_grant c WHERE c.workspace_id = b.workspace_id AND c.held <> coalesce((
          SELECT sum(d.credits) FROM hold_draw d JOIN hold o ON o.id = d.hold_id
          WHERE d.grant_id = c.id AND o.workspace_id = b.workspace_id), 0)) THEN 'a grant does not say what is held of it.'
      END AS problem
    FROM balance b
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(c.remaining), 0) AS remaining, coalesce(sum(c.held), 0) AS held, coalesce(sum(c.amount), 0) AS amount,
        coalesce(sum(c.spent), 0) AS spent, coalesce(sum(c.expired), 0) AS expired,
        coalesce(bool_or(c.remaining > 0 AND c.expires_at < now() - interval '1 minute'), false) AS is_overdue
      FROM credit_grant c WHERE c.workspace_id = b.workspace_id) AS g
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(o.amount - o.captured - o.released) FILTER (WHERE o.environment = 'LIVE'), 0) AS rest,
        coalesce((SELECT sum(d.credits) FROM hold_draw d JOIN hold i ON i.id = d.hold_id WHERE i.workspace_id = b.workspace_id), 0) AS draws,
        coalesce(bool_or(o.state = 'OPEN' AND o.expires_at < now() - interval '1 minute'), false) AS is_overdue
      FROM hold o WHERE o.workspace_id = b.workspace_id) AS h
    WHERE b.workspace_id = ${workspaceId}::uuid`;
  return row?.problem ?? null;
}

/** What an operator is told of one workspace's ledger. */
export interface LedgerVerdict {
  /** Number of the last entry that was proved, in this call or before. */
  seq: bigint;
  /** Entries that this call read. */
  entries: number;
  /** What is wrong first, in words; null when nothing is. */
  violation: string | null;
}

/** The most that one call reads; an incremental call goes on from there. */
const ENTRIES_PER_CALL = 1_000_000;

/** Proves the ledger of the permit's workspace, of a long one a million entries at a time. */
export async function verifyLedger(
  db: Db,
  { workspaceId }: Permit<'ledger:verify'>,
  { isIncremental }: { isIncremental: boolean },
): Promise<LedgerVerdict> {
  let entries = 0;
  try {
    const proof = proveLedger(db, workspaceId, { isIncremental, entriesMax: ENTRIES_PER_CALL });
    for (;;) {
      const step = await proof.next();
      if (step.done) return { seq: step.value, entries, violation: null };
      entries += step.value;
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    const stored = await db.ledgerCheckpoint.findUnique({ where: { workspaceId } });
    return { seq: stored?.seq ?? 0n, entries, violation: error.message };
  }
}
