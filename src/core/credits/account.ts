import type { Role } from '#core/access/policy';
import { type CapColumns, capsOf } from '#core/api-keys/caps';
import type { Lifetime } from '#core/api-keys/state';
import type { BurnableGrant } from '#core/credits/burn';
import { type CapUse, capWindow } from '#core/credits/caps';
import type { ApiKey, Hold } from '#generated/prisma/client';
import type { CapPeriod } from '#generated/prisma/enums';

/** A grant that holds credits, spendable or held. Micro-credits. */
export interface OpenGrant extends BurnableGrant {
  held: bigint;
}

/** An API key as decisions see it. */
export interface SpendingKey extends Pick<ApiKey, 'id' | 'memberId' | 'environment' | 'scopes'>, Lifetime, CapColumns {
  /** Changes with every write to the rows that this was read from. */
  readonly version: string;
  /** Its creator's role. */
  readonly role: Role;
  readonly secrets: readonly { id: string; expiresAt: Date | null }[];
  /** The key that made it, if another key did: its end and its caps bind too. */
  readonly parent: SpendingKey | null;
  /** What it spent in the windows of the account's time, in micro-credits; kept only where there is a cap. */
  readonly spent: Record<CapPeriod, bigint>;
}

/** The key and the one that made it: what one spends counts for both. */
export function lineOf(key: SpendingKey): SpendingKey[] {
  return key.parent ? [key, key.parent] : [key];
}

/** How much of the caps that bind a key is used up. */
export function capUsesOf(key: SpendingKey, at: Date): CapUse[] {
  return lineOf(key).flatMap((one) =>
    capsOf(one).map(({ period, credits }) => ({
      apiKeyId: one.id,
      period,
      credits,
      spent: one.spent[period],
      resetsAt: capWindow(period, at).until,
    })),
  );
}

/** A priced operation as decisions see it. */
export interface PricedOperation {
  name: string;
  version: string;
  /** Micro-credits for one unit. */
  price: bigint;
}

/** A hold as decisions see it. */
export interface KnownHold extends Omit<Hold, 'workspaceId'> {
  /** The key that made the one that pays, if one did: its caps count too. */
  readonly parentKeyId: string | null;
  /** What it still holds of each grant; nothing for a TEST key's. */
  readonly draws: Map<string, bigint>;
}

/** A charged call as refunds see it. */
export interface Charge {
  seq: bigint;
  credits: bigint;
  apiKeyId: string | null;
  memberId: string | null;
  parentKeyId: string | null;
  environment: ApiKey['environment'];
  operation: string | null;
  tag: string | null;
  /** When it counted towards caps. */
  countedAt: Date;
  /** What each grant paid, less what has come back to it. */
  draws: Map<string, bigint>;
}

/** The plan's allowance, and what has been granted of it. Micro-credits. */
export interface Allowance {
  credits: bigint;
  /** The day that periods are counted from, as in 2026-11-24. */
  anchor: string;
  /** The period that the account's time falls into. */
  since: Date;
  until: Date;
  /** What was granted for the last period, in terms of the plan, and which that was. */
  given: bigint;
  givenSince: Date | null;
  givenUntil: Date | null;
}

/** Everything that decisions about one workspace's credits are made from, as of one moment. */
export interface Account {
  readonly workspaceId: string;
  /** The database's clock when this was read, or when the last decision was written. */
  at: Date;
  available: bigint;
  held: bigint;
  /** Number of the last decision. */
  seq: bigint;
  /** When the database thinks that the clock alone changes something. */
  dueAt: Date | null;
  readonly lowBalanceThreshold: bigint | null;
  readonly tenant: { version: string; isDeleted: boolean; discountPercent: number };
  /** Null where the plan has none. */
  readonly allowance: Allowance | null;
  /** In burn order. */
  grants: OpenGrant[];
  readonly keys: Map<string, SpendingKey>;
  readonly operations: Map<string, PricedOperation>;
  readonly holds: Map<string, KnownHold>;
  /** How many are open, and when the first of those ends that are not among `holds`. */
  openHolds: number;
  readonly nextHoldAt: Date | null;
  readonly charges: Map<bigint, Charge>;
}

/** What a command needs to know of beyond the balance and the grants. */
export interface Needs {
  apiKeyId?: string;
  operations?: readonly string[];
  holdId?: string;
  /** Seq of a charged call. Read anew each time. */
  chargeSeq?: bigint;
  grantId?: string;
}
