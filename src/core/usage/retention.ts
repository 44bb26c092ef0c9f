import { everyLedger } from '#core/credits/every-ledger';
import type { GrantsThen } from '#core/credits/grant-replay';
import { proveEntries } from '#core/credits/ledger-proof';
import { findLedgerStart, type LedgerStart } from '#core/credits/ledger-starts';
import { lockBalance } from '#core/credits/store';
import { type Db, inBatches, inTransaction, now } from '#core/db';
import { closeUsageDays } from '#core/usage/closing';
import { hashDays } from '#core/usage/day-hashes';
import type { Prisma } from '#generated/prisma/client';

const DAY_MS = 24 * 3_600_000;

export interface Retention {
  /** Whole months that are kept, besides the one that it is; undefined keeps all. */
  months: number | undefined;
  /** Days that an idempotency key is remembered: as long as that its entries are kept, whatever `months` says. */
  idempotencyDays: number;
}

/**
 * Drops the months of the ledger that are older than what is kept. Before that each workspace's ledger is proved from where
 * it begins to its end, and it is written down what it came to at the end of what goes: proofs, balances of times since then
 * and summaries of any time go on from there. Whole months of all workspaces go at once, so one ledger that cannot be proved
 * keeps them all. May be cut short, repeated, and run beside another.
 * @throws Violation when a ledger is not what was recorded: nothing was dropped then.
 */
export async function dropOldMonths(db: Db, { months, idempotencyDays }: Retention): Promise<void> {
  if (months === undefined) return;
  const before = oldestKept(now(), { months, idempotencyDays });
  if (!(await hasMonthsBefore(db, before))) return;
  // Summaries of what goes are read from closed days alone.
  await closeUsageDays(db);
  for await (const workspaceId of everyLedger(db)) await startLedgerAt(db, { workspaceId, before });
  await db.$queryRaw`SELECT drop_ledger_partitions(${before}::timestamptz)`;
  await inBatches(async (limit) => ({ count: await forgetQuarters(db, { before, limit }) }));
  await db.usageTag.deleteMany({ where: { month: { lt: before } } });
}

/** The first moment of the oldest month that is kept. */
function oldestKept(at: Date, { months, idempotencyDays }: { months: number; idempotencyDays: number }): Date {
  const byMonths = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, 1);
  const remembered = new Date(at.getTime() - idempotencyDays * DAY_MS);
  return new Date(Math.min(byMonths, Date.UTC(remembered.getUTCFullYear(), remembered.getUTCMonth(), 1)));
}

async function hasMonthsBefore(db: Db, before: Date): Promise<boolean> {
  const [found] = await db.$queryRaw<{ isDue: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent IN ('ledger_entry'::regclass, 'ledger_split'::regclass)
        AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO [(]''([^'']+)''[)]')::timestamptz <= ${before}) AS "isDue"`;
  return found?.isDue ?? false;
}

/** Proves a ledger and writes down what it came to then, unless nothing of it is older. @throws Violation */
async function startLedgerAt(db: Db, { workspaceId, before }: { workspaceId: string; before: Date }): Promise<void> {
  const start = await findLedgerStart(db, workspaceId);
  const last = await db.ledgerEntry.findFirst({
    where: { workspaceId, seq: { gt: start.seq }, createdAt: { lt: before } },
    orderBy: { seq: 'desc' },
    select: { seq: true },
  });
  if (!last) return;
  let cut: Cut['cut'];
  try {
    cut = await proveUpTo(db, workspaceId, { start, cutSeq: last.seq });
  } catch (error) {
    // Another run proved it first, and has dropped what this one was reading.
    if ((await findLedgerStart(db, workspaceId)).seq > start.seq) return;
    throw error;
  }
  await writeStart(db, { workspaceId, before, start, cut });
}

async function proveUpTo(
  db: Db,
  workspaceId: string,
  { start, cutSeq }: { start: LedgerStart; cutSeq: bigint },
): Promise<Cut['cut']> {
  const proof = proveEntries(db, workspaceId, { start, from: start, isReplayed: true, cutSeq });
  let step = await proof.next();
  while (!step.done) step = await proof.next();
  if (!step.value.cut) throw new Error('An entry on the way of a proof was not met');
  return step.value.cut;
}

interface Cut {
  workspaceId: string;
  before: Date;
  /** Where the ledger began until now. */
  start: LedgerStart;
  cut: Omit<LedgerStart, 'since' | 'refundedLater' | 'spentByKeys' | 'grants'> & { grants: GrantsThen };
}

/** From the moment that it commits no call before it can be refunded: what it says of them stays true. */
async function writeStart(db: Db, { workspaceId, before, start, cut }: Cut): Promise<void> {
  const daysHash = await hashDays(db, workspaceId, { since: start.since, until: before });
  await inTransaction(db, async (tx) => {
    await lockBalance(tx, workspaceId);
    // Another run was first.
    if (await tx.ledgerStart.findUnique({ where: { workspaceId_since: { workspaceId, since: before } } })) return;
    const { _sum: refunds } = await tx.ledgerEntry.aggregate({
      where: { workspaceId, kind: 'REFUND', seq: { gt: cut.seq }, refSeq: { lte: cut.seq } },
      _sum: { credits: true },
    });
    const { _sum: spends } = await tx.apiKeySpend.aggregate({
      where: { workspaceId, day: { lt: before } },
      _sum: { credits: true },
    });
    await tx.ledgerStart.create({
      data: {
        ...cut,
        grants: cut.grants as unknown as Prisma.InputJsonObject,
        workspaceId,
        since: before,
        refundedLater: refunds.credits ?? 0n,
        spentByKeys: spends.credits ?? 0n,
        daysHash,
        createdAt: now(),
      },
    });
    // What was decided from a call that is refunded no more is stale by this: every decision proves this row's version.
    await tx.$executeRaw`UPDATE workspace SET name = name WHERE id = ${workspaceId}::uuid`;
  });
}

function forgetQuarters(db: Db, { before, limit }: { before: Date; limit: number }): Promise<number> {
  return db.$executeRaw`
    DELETE FROM usage_quarter WHERE ctid = ANY (ARRAY(
      SELECT q.ctid FROM ledger_start s JOIN usage_quarter q ON q.workspace_id = s.workspace_id AND q.quarter < s.since
      WHERE s.since <= ${before} LIMIT ${limit}))`;
}
