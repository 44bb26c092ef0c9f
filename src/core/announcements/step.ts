import type { Announced } from '#core/announcements/announced';
import type { AnnouncementType } from '#core/announcements/catalogue';
import { type HeldCursor, lockCursor } from '#core/announcements/cursors';
import { announceEvents, TOLD_EVENT_TYPES } from '#core/announcements/from-events';
import { announceEntries, entriesNeededFor } from '#core/announcements/from-ledger';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import type { Event, LedgerEntry, Prisma } from '#generated/prisma/client';

/** One who writes down what follows from announcements: deliveries, messages, alerts. */
export interface AnnouncementListener {
  /** Which types it wants to hear of in this workspace; an empty set to hear that something moved; null: not following. */
  wants(tx: Tx, workspaceId: string): Promise<ReadonlySet<AnnouncementType> | null>;
  /**
   * Writes what follows, in the transaction that moves the cursor: what it wrote stands if and only if the announcements
   * were told. It must not wait for anything but the database.
   */
  hear(tx: Tx, step: AnnouncementStep): Promise<void>;
  /** Told after the commit, so that it need not wait for its own poll. Never throws. */
  heard?(workspaceId: string): void;
}

/** What a workspace's cursor moves over at once. */
export interface AnnouncementStep {
  workspaceId: string;
  /** Of the types that anybody wants; each is stored. */
  announced: readonly Announced[];
  /** The ledger up to this number was read. */
  seq: bigint;
}

const ROWS_MAX = 500;

/**
 * Moves a workspace's cursor over what happened, and writes what follows from it for every listener: all of it or
 * nothing. Null when it did not move; if it did, there may be more.
 */
export async function takeStep(
  db: Db,
  listeners: readonly AnnouncementListener[],
  workspaceId: string,
): Promise<{ told: number } | null> {
  const taken = await inTransaction(db, async (tx) => {
    const cursor = await lockCursor(tx, workspaceId);
    if (!cursor) return null;
    const wanted = await Promise.all(listeners.map((listener) => listener.wants(tx, workspaceId)));
    const following = listeners.filter((_listener, index) => wanted[index] !== null);
    if (following.length === 0) {
      // Nobody listens any more: the next who does begins anew.
      await tx.announcementCursor.delete({ where: { workspaceId } });
      return null;
    }
    if (cursor.seqNow <= cursor.seq && cursor.numberNow <= cursor.number) return null;
    const types = new Set(wanted.flatMap((some) => (some ? Array.from(some) : [])));
    const { announced, ...moved } = await read(tx, cursor, types);
    if (announced.length > 0) await tx.announcement.createMany({ data: announced.map(rowOf) });
    const step = { workspaceId, announced, seq: moved.seq };
    for (const listener of following) await listener.hear(tx, step);
    await tx.announcementCursor.update({ where: { workspaceId }, data: moved });
    return { following, told: announced.length };
  });
  for (const listener of taken?.following ?? []) listener.heard?.(workspaceId);
  return taken && { told: taken.told };
}

/** What is told of the rows after the cursor, and where the cursor stands behind them. */
async function read(tx: Tx, cursor: HeldCursor, types: ReadonlySet<AnnouncementType>) {
  const ledger = await readLedger(tx, cursor, entriesNeededFor(types));
  const events = await readEvents(tx, cursor);
  const announced = [...ledger.announced, ...announceEvents(events)]
    .filter(({ type }) => types.has(type))
    .toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
  return {
    announced,
    isDepleted: ledger.isDepleted,
    seq: ledger.seq,
    number: endOf(events, (event: Event) => event.number, cursor.numberNow),
  };
}

async function readLedger(
  tx: Tx,
  { workspaceId, seq, seqNow, isDepleted, availableNow }: HeldCursor,
  needed: Prisma.LedgerEntryWhereInput | null,
) {
  if (seqNow <= seq) return { announced: [], isDepleted, seq };
  // Nobody wants to know now; who does later begins with how it stands then.
  if (needed === null) return { announced: [], isDepleted: availableNow === 0n, seq: seqNow };
  const entries = await tx.ledgerEntry.findMany({
    where: { workspaceId, seq: { gt: seq, lte: seqNow }, ...needed },
    orderBy: { seq: 'asc' },
    take: ROWS_MAX,
  });
  return { ...announceEntries(entries, isDepleted), seq: endOf(entries, (entry: LedgerEntry) => entry.seq, seqNow) };
}

async function readEvents(tx: Tx, { workspaceId, number, numberNow }: HeldCursor): Promise<Event[]> {
  if (numberNow <= number) return [];
  return tx.event.findMany({
    where: { workspaceId, number: { gt: number, lte: numberNow }, type: { in: TOLD_EVENT_TYPES } },
    orderBy: { number: 'asc' },
    take: ROWS_MAX,
  });
}

/** Up to the last row that was read if there may be more, else to the end: rows that nobody needs are passed over. */
function endOf<Row>(rows: readonly Row[], position: (row: Row) => bigint, end: bigint): bigint {
  const last = rows.at(-1);
  return rows.length === ROWS_MAX && last !== undefined ? position(last) : end;
}

function rowOf({ id, workspaceId, type, data, occurredAt }: Announced): Prisma.AnnouncementCreateManyInput {
  return { id, workspaceId, type, data: data as unknown as Prisma.InputJsonObject, occurredAt, createdAt: now() };
}
