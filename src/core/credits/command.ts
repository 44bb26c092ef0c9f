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

/** One request to decide something about a workspace's credits. */
export interface Command<Answer extends Decided = Decided> {
  readonly workspaceId: string;
  /** Within a line first come is first served; lines of one workspace take turns. */
  readonly line: string;
  readonly keyedBy: KeyedBy;
  readonly needs: Needs;
  /** Decides, and writes it into the books. @throws DomainError to refuse: it must have written nothing by then. */
  decide(books: Books): Answer;
  /** The answer to a repetition, from the entry of the first decision. */
  replay(entry: LedgerEntry, db: Db | Tx): Promise<Answer>;
}
