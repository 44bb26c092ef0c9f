import type { Needs } from '#core/credits/account';
import type { Books } from '#core/credits/books';
import type { Db, Tx } from '#core/db';
import type { LedgerEntry } from '#generated/prisma/client';

/** What an idempotency key of the ledger stands for. */
export interface KeyedBy {
  idempotencyKeyHash: Uint8Array<ArrayBuffer>;
  requestHash: Uint8Array<ArrayBuffer>;
}

/** A logged decision. */
export interface Decided {
  entry: LedgerEntry;
  /** Whether this is the stored answer to an earlier call with the same idempotency key. */
  replayed: boolean;
}

/** A decision that more entries may follow from: what was released with it, what had expired. */
export interface DecidedWhole extends Decided {
  /** The last of its entries: the balance after it is that after all. */
  last: LedgerEntry;
}

/** One request to decide something about a workspace's credits. */
export interface Command<Answer = unknown> {
  readonly workspaceId: string;
  /** Within a line first come is first served; lines of one workspace take turns. */
  readonly line: string;
  /** One for each entry that is kept under a key. */
  readonly keyedBy: readonly KeyedBy[];
  readonly needs: Needs;
  /** Decides, and writes it into the books. @throws DomainError to refuse: it must have written nothing by then. */
  decide(books: Books): Answer;
  /** The answer to a repetition, from the entries of the first decision in the order of `keyedBy`. */
  replay(entries: readonly LedgerEntry[], db: Db | Tx): Promise<Answer>;
}

/** Operators' changes take turns with the calls of API keys. */
export const OPERATORS_LINE = 'operators';

/** The one entry that a command with one key was kept under. */
export function onlyEntry([entry]: readonly LedgerEntry[]): LedgerEntry {
  if (!entry) throw new Error('A repetition without its first decision');
  return entry;
}

/** The entry itself, or the last of those that followed from it at once. */
export async function lastOf(entry: LedgerEntry, db: Db | Tx): Promise<LedgerEntry> {
  const { workspaceId, seq, createdAt } = entry;
  const last = await db.ledgerEntry.findFirst({
    where: { workspaceId, createdAt, refSeq: seq, seq: { gt: seq }, kind: { in: ['RELEASE', 'EXPIRY'] } },
    orderBy: { seq: 'desc' },
  });
  return last ?? entry;
}
