import type { KnownHold } from '#core/credits/account';
import type { CreditGrant, LedgerEntry } from '#generated/prisma/client';

/** How a decision moves credits between the totals of the balance row, in micro-credits. */
export interface Movement {
  available?: bigint;
  held?: bigint;
  granted?: bigint;
  spent?: bigint;
  expired?: bigint;
}

/** How a decision moves credits inside a grant. */
export type GrantMovement = Omit<Movement, 'available' | 'granted'> & { remaining?: bigint };

/** What becomes of a grant in a batch. */
export type GrantChange = Required<GrantMovement> & { isVoided: boolean };

/** What becomes of a hold in a batch. */
export interface HoldChange {
  readonly hold: KnownHold;
  readonly isNew: boolean;
  /** Its time from the commit on; null leaves its end as it is. */
  lifetimeS: number | null;
}

/** Who pays, as caps count it. */
export interface Payer {
  apiKeyId: string | null;
  parentKeyId: string | null;
}

/** An entry without what its place in the ledger gives it. */
export type EntryFacts = Pick<LedgerEntry, 'kind' | 'outcome' | 'actorKind' | 'actorId'> &
  Partial<Omit<LedgerEntry, 'workspaceId' | 'seq' | 'createdAt' | 'availableChange' | 'availableAfter' | 'heldAfter'>>;

/** A grant as it is decided: the rest follows. */
export type NewGrant = Pick<
  CreditGrant,
  'id' | 'source' | 'priority' | 'amount' | 'expiresAt' | 'reason' | 'actorKind' | 'actorId'
>;
