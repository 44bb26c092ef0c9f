import type { Actor } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { visibleTo } from '#core/access/visibility';
import type { Draw } from '#core/credits/burn';
import { isPlaceKey, placeKey, placeOf, readByMonths, readMonths, readMovements } from '#core/credits/ledger-pages';
import { findLedgerStart } from '#core/credits/ledger-starts';
import type { Db } from '#core/db';
import { ValidationFailed } from '#core/errors';
import type { EntryKey } from '#core/ids';
import { keyIn, type Page, type PageRequest, pageOf } from '#core/paging';
import type { CreditGrant, Hold, LedgerEntry, Prisma } from '#generated/prisma/client';

/** Everything that was decided about a workspace's credits, newest first. */
export function listLedger(
  db: Db,
  { workspaceId }: Permit<'ledger:read'>,
  { kinds, ...request }: PageRequest & { kinds?: LedgerEntry['kind'][] | null },
): Promise<Page<LedgerEntry>> {
  return pageOf(request, {
    isKey: isPlaceKey,
    async rows({ beyond, take, newestFirst }) {
      const reading = { workspaceId, beyond: beyond ? placeOf(keyIn(beyond)) : null, take, newestFirst };
      if (kinds && !kinds.some((kind) => kind === 'USAGE' || kind === 'CAPTURE')) {
        return readByMonths(db, reading, (time) => readMovements(db, { ...reading, kinds }, time));
      }
      return readByMonths(db, reading, (time) =>
        readMonths(db, { ...reading, ...time, where: kinds ? { kind: { in: kinds } } : {} }),
      );
    },
    key: placeKey,
  });
}

/** The decision of that number, or null when there was none. */
export function findEntry(
  db: Db,
  { workspaceId }: Permit<'ledger:read'>,
  { seq }: { seq: bigint },
): Promise<LedgerEntry | null> {
  return db.ledgerEntry.findFirst({ where: { workspaceId, seq } });
}

/** How an entry changed the balance, in micro-credits. */
export function changeOf({ kind, credits, availableChange }: LedgerEntry): { available: bigint; held: bigint } {
  switch (kind) {
    case 'USAGE':
    case 'EXPIRY':
    case 'VOID':
      return { available: -credits, held: 0n };
    case 'GRANT':
    case 'REFUND':
      return { available: credits, held: 0n };
    case 'HOLD':
      return { available: -credits, held: credits };
    case 'RELEASE':
      return { available: credits, held: -credits };
    case 'CAPTURE':
      return { available: availableChange ?? 0n, held: -credits - (availableChange ?? 0n) };
    case 'ADJUSTMENT':
      return { available: availableChange ?? 0n, held: 0n };
  }
}

/** The balance of a workspace at a moment that is over, with the number of the last decision it includes. */
export async function findBalanceAt(
  db: Db,
  { workspaceId }: Permit<'balance:read'>,
  time: Date,
): Promise<Pick<LedgerEntry, 'workspaceId' | 'seq' | 'availableAfter' | 'heldAfter'>> {
  // Half a minute for clocks that differ.
  if (time.getTime() > Date.now() + 30_000) {
    throw new ValidationFailed('time is in the future: ask for one that is over.', ['time']);
  }
  const start = await findLedgerStart(db, workspaceId);
  if (start.since && time < start.since) {
    throw new ValidationFailed(`time is before ${start.since.toISOString()}, from when on the ledger is kept.`, [
      'time',
    ]);
  }
  const seq = await findSeqAt(db, workspaceId, time);
  const [entry = start] = await db.ledgerEntry.findMany({ where: { workspaceId, seq } });
  return { workspaceId, seq, availableAfter: entry.availableAfter, heldAfter: entry.heldAfter };
}

/**
 * The number of the last decision of a workspace at a moment; 0 before the first, that of the last one that was dropped
 * before what is kept. Rights are the caller's business.
 */
export async function findSeqAt(db: Db, workspaceId: string, time: Date): Promise<bigint> {
  // Times never run backwards along seq, so halving finds it: an index on time would cost every debit.
  const [found] = await db.$queryRaw<{ seq: bigint }[]>`
    WITH RECURSIVE search (low, high) AS (
      SELECT coalesce((SELECT max(s.seq) FROM ledger_start s WHERE s.workspace_id = b.workspace_id), 0), b.seq FROM balance b WHERE b.workspace_id = ${workspaceId}::uuid
      UNION ALL
      SELECT CASE WHEN m.is_before THEN m.seq ELSE s.low END, CASE WHEN m.is_before THEN s.high ELSE m.seq - 1 END
      FROM search s
      CROSS JOIN LATERAL (SELECT (s.low + s.high + 1) / 2 AS seq) AS middle
      CROSS JOIN LATERAL (SELECT middle.seq, coalesce((
        SELECT e.created_at <= ${time} FROM ledger_entry e
        WHERE e.workspace_id = ${workspaceId}::uuid AND e.seq = middle.seq), true) AS is_before) AS m
      WHERE s.low < s.high)
    SELECT s.low AS seq FROM search s WHERE s.low = s.high`;
  return found?.seq ?? 0n;
}

/** Which grants entries moved credits of, a list for each in the order asked. Rights are the caller's business. */
export async function findDraws(db: Db, keys: readonly EntryKey[]): Promise<Draw[][]> {
  const where = { OR: keys.map(({ workspaceId, seq }) => ({ workspaceId, seq })) };
  const select = { workspaceId: true, seq: true, grantId: true, credits: true } as const;
  const [entries, splits] = await Promise.all([
    db.ledgerEntry.findMany({ where: { ...where, grantId: { not: null } }, select }),
    db.ledgerSplit.findMany({ where, select }),
  ]);
  const draws = [...entries, ...splits];
  return keys.map((key) =>
    draws.flatMap(({ workspaceId, seq, grantId, credits }) =>
      workspaceId === key.workspaceId && seq === key.seq && grantId !== null ? [{ grantId, credits }] : [],
    ),
  );
}

/** Grants by id, in the order asked. Rights are the caller's business. */
export async function findGrants(db: Db, ids: readonly string[]): Promise<(CreditGrant | Error)[]> {
  const grants = await db.creditGrant.findMany({ where: { id: { in: [...ids] } } });
  return ids.map((id) => grants.find((grant) => grant.id === id) ?? new Error('An entry names a grant that is gone'));
}

/** The workspace's grants, newest first. */
export function listGrants(
  db: Db,
  { workspaceId }: Permit<'balance:read'>,
  {
    isOpen,
    query,
    ...request
  }: PageRequest & { isOpen?: boolean | null | undefined; query: Prisma.CreditGrantDefaultArgs },
): Promise<Page<CreditGrant>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.creditGrant.findMany({
        ...query,
        where: {
          workspaceId,
          ...(isOpen && { OR: [{ remaining: { gt: 0 } }, { held: { gt: 0 } }] }),
          ...(beyond && { id: beyond }),
        },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: ({ id }) => id,
  });
}

/** The workspace's holds, newest first. */
export function listHolds(
  db: Db,
  { workspaceId }: Permit<'holds:read'>,
  {
    state,
    query,
    ...request
  }: PageRequest & { state?: Hold['state'] | null | undefined; query: Prisma.HoldDefaultArgs },
): Promise<Page<Hold>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.hold.findMany({
        ...query,
        where: { workspaceId, ...(state && { state }), ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: ({ id }) => id,
  });
}

/** The workspace of a hold, if the actor may know of it. */
export async function findWorkspaceOfHold(db: Db, actor: Actor, id: string): Promise<string | null> {
  const hold = await db.hold.findFirst({ where: { id, workspace: visibleTo(actor) }, select: { workspaceId: true } });
  return hold?.workspaceId ?? null;
}

/** The workspace of a grant, if the actor may know of it. */
export async function findWorkspaceOfGrant(db: Db, actor: Actor, id: string): Promise<string | null> {
  const grant = await db.creditGrant.findFirst({
    where: { id, workspace: visibleTo(actor) },
    select: { workspaceId: true },
  });
  return grant?.workspaceId ?? null;
}
