import { type Db, ENTRY_COLUMNS, orderOf } from '#core/db';
import type { LedgerEntry, Prisma } from '#generated/prisma/client';

/** A place in a ledger: the number of an entry, and its time, which says in which partition to look. */
export interface Place {
  seq: bigint;
  createdAt: Date;
}

/** A wish for entries beyond a place, or from the end of the ledger that is read first. */
export interface Reading {
  workspaceId: string;
  beyond: Place | null;
  take: number;
  newestFirst: boolean;
}

const PLACE = /^([1-9]\d{0,17})\.(\d{1,14})$/;

/** Whether a decoded cursor can be a place at all. */
export function isPlaceKey(text: string): boolean {
  return PLACE.test(text);
}

/** A place as the key of a list. */
export function placeKey({ seq, createdAt }: Place): string {
  return `${seq}.${createdAt.getTime()}`;
}

/** The place of a key that `isPlaceKey` lets through. */
export function placeOf(key: string): Place {
  const [, seq = '1', time = '0'] = PLACE.exec(key) ?? [];
  return { seq: BigInt(seq), createdAt: new Date(Number(time)) };
}

/**
 * Entries in order of seq, from where a page goes on. Asked for a month, then the two beyond it, then four and so on, until
 * the page is full: partitions are by time, and a condition on seq alone would begin in all of them.
 * @param read Reads entries of a time, from `since` on and before `until`, at most `take` of them.
 */
export async function readByMonths<Row extends Place>(
  db: Db,
  { workspaceId, beyond, take, newestFirst }: Reading,
  read: (time: { since: Date; until: Date; beyond: bigint | null; take: number }) => Promise<Row[]>,
): Promise<Row[]> {
  const [ends] = await db.$queryRaw<{ first: Date; last: Date }[]>`
    SELECT t.created_at AS first, b.last_entry_at AS last
    FROM balance b JOIN workspace t ON t.id = b.workspace_id WHERE b.workspace_id = ${workspaceId}::uuid`;
  if (!ends) return [];
  const rows: Row[] = [];
  const begin = beyond?.createdAt ?? (newestFirst ? ends.last : ends.first);
  let [since, until] = [monthOf(begin, 0), monthOf(begin, 1)];
  for (let months = 2; ; months *= 2) {
    rows.push(...(await read({ since, until, beyond: beyond?.seq ?? null, take: take - rows.length })));
    // An hour for clocks that differ: a workspace's own row has the time of whoever made it.
    const isOver = newestFirst ? since.getTime() < ends.first.getTime() - 3_600_000 : until > ends.last;
    if (rows.length >= take || isOver) return rows;
    [since, until] = newestFirst ? [monthOf(since, -months), since] : [until, monthOf(until, months)];
  }
}

/** Entries of a time that a condition lets through. */
export function readMonths(
  db: Db,
  {
    workspaceId,
    since,
    until,
    beyond,
    take,
    newestFirst,
    where,
  }: Pick<Reading, 'workspaceId' | 'take' | 'newestFirst'> & {
    since: Date;
    until: Date;
    beyond: bigint | null;
    where: Prisma.LedgerEntryWhereInput;
  },
): Promise<LedgerEntry[]> {
  return db.ledgerEntry.findMany({
    where: {
      workspaceId,
      createdAt: { gte: since, lt: until },
      ...(beyond !== null && { seq: newestFirst ? { lt: beyond } : { gt: beyond } }),
      AND: where,
    },
    orderBy: { seq: newestFirst ? 'desc' : 'asc' },
    take,
  });
}

/** Entries of kinds that are few beside calls, which have an index of their own. */
export function readMovements(
  db: Db,
  { workspaceId, newestFirst, kinds }: Pick<Reading, 'workspaceId' | 'newestFirst'> & { kinds: LedgerEntry['kind'][] },
  { since, until, beyond, take }: { since: Date; until: Date; beyond: bigint | null; take: number },
): Promise<LedgerEntry[]> {
  return db.$queryRaw<LedgerEntry[]>`
    SELECT ${ENTRY_COLUMNS} FROM ledger_entry l
    WHERE workspace_id = ${workspaceId}::uuid AND created_at >= ${since} AND created_at < ${until}
      AND kind NOT IN ('USAGE', 'CAPTURE') AND kind = ANY (${kinds}::entry_kind[])
      AND seq > ${newestFirst ? 0n : (beyond ?? 0n)} AND seq < ${newestFirst ? (beyond ?? SEQ_MAX) : SEQ_MAX}
    ORDER BY seq ${orderOf(newestFirst)} LIMIT ${take}`;
}

export const SEQ_MAX = 9_223_372_036_854_775_807n;

function monthOf(at: Date, months: number): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1));
}
