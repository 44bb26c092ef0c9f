import { PrismaPg } from '@prisma/adapter-pg';
import { Unavailable } from '#core/errors';
import { isUnreachable } from '#core/outage';
import { Prisma, PrismaClient } from '#generated/prisma/client';

/** The database outside a transaction. */
export type Db = PrismaClient;

/** The database inside a transaction: a `tx` parameter says that the caller commits. */
export type Tx = Prisma.TransactionClient;

/** Told that a workspace's events up to a number are committed. It must not throw. */
export type EventListener = (workspaceId: string, number: bigint) => void;

export interface DbOptions {
  url: string;
  connectionsMax?: number;
  onEvents?: EventListener;
}

/** Who is told of the events that the transactions of each database recorded. */
const listeners = new WeakMap<Db, EventListener>();

/** The last event of each workspace that an open transaction has recorded. */
const recordedEvents = new WeakMap<Tx, Map<string, bigint>>();

/** Opens a client; connections are made on first use. Close it with `$disconnect()`. */
export function openDb({ url, connectionsMax = 10, onEvents }: DbOptions): Db {
  const adapter = new PrismaPg({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: 5_000,
    // A stuck statement must not hold a workspace's lock for ever.
    statement_timeout: 10_000,
    // The server's own time-out says nothing when the server, or the way to it, went silent.
    query_timeout: 11_000,
    lock_timeout: 8_000,
    idle_in_transaction_session_timeout: 15_000,
    // Compiling a statement took PostgreSQL up to a hundred times as long as running it: a second for each debit at worst.
    options: '-c jit=off',
    keepAlive: true,
    application_name: 'commonpurse',
  });
  const db = new PrismaClient({ adapter });
  if (onEvents) listeners.set(db, onEvents);
  return db;
}

/** Notes an event that is to be told of once its transaction has committed, which `inTransaction` does. */
export function noteEvent(tx: Tx, { workspaceId, number }: { workspaceId: string; number: bigint }): void {
  const recorded = recordedEvents.get(tx) ?? new Map<string, bigint>();
  recordedEvents.set(tx, recorded.set(workspaceId, number));
}

/** Waits this long for a connection, then refuses: nothing was decided yet. */
const TRANSACTION_WAIT_MS = 8_000;
const TRANSACTION_TIMEOUT_MS = 12_000;

/**
 * Runs `work` in one transaction at READ COMMITTED: row locks, not snapshots, guard money. Tells of the events that it
 * recorded after the commit, the newest of each workspace.
 * @throws Unavailable when the database could not be reached in time; the outcome is then unknown.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  let recorded: ReadonlyMap<string, bigint> | undefined;
  const noted = async (tx: Tx): Promise<T> => {
    const result = await work(tx);
    recorded = recordedEvents.get(tx);
    return result;
  };
  try {
    const result = await db.$transaction(noted, { maxWait: TRANSACTION_WAIT_MS, timeout: TRANSACTION_TIMEOUT_MS });
    recorded?.forEach((number, workspaceId) => listeners.get(db)?.(workspaceId, number));
    return result;
  } catch (error) {
    throw isUnreachable(error) ? new Unavailable() : error;
  }
}

/** Whether a write broke a unique constraint: somebody else was first. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** Rows that one statement of a clean-up touches: few enough for the statement's time limit. */
const BATCH_SIZE = 5_000;

/** Repeats a limited write until it finds less than it may take, so that no statement runs long. */
export async function inBatches(write: (limit: number) => Promise<{ count: number }>): Promise<void> {
  while ((await write(BATCH_SIZE)).count === BATCH_SIZE);
}

/** The direction of an ORDER BY, which cannot be a parameter. */
export function orderOf(newestFirst: boolean): Prisma.Sql {
  return Prisma.raw(newestFirst ? 'DESC' : 'ASC');
}

/** Milliseconds are what a JavaScript date keeps; the database stores no more, so a time survives the round trip. */
export function now(): Date {
  return new Date();
}

/** All columns of a ledger entry `l`, by the names that its model has for them: what raw SQL reads is what the model reads. */
export const ENTRY_COLUMNS = Prisma.raw(
  Object.values(Prisma.LedgerEntryScalarFieldEnum)
    .map((name) => `l.${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} AS "${name}"`)
    .join(', '),
);
