import type { Role } from '#core/access/policy';
import { type CapColumns, capsOf } from '#core/api-keys/caps';
import type { Lifetime } from '#core/api-keys/state';
import { type BurnableGrant, compareBurnOrder } from '#core/credits/burn';
import { type CapUse, capWindow } from '#core/credits/caps';
import type { ApiKey } from '#generated/prisma/client';
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

/** Everything that decisions about one workspace's credits are made from, as of one moment. */
export interface Account {
  readonly workspaceId: string;
  /** The database's clock when this was read, or when the last decision was written. */
  at: Date;
  available: bigint;
  held: bigint;
  /** Number of the last decision. */
  seq: bigint;
  readonly tenant: { version: string; isDeleted: boolean };
  /** In burn order. */
  grants: OpenGrant[];
  readonly keys: Map<string, SpendingKey>;
  readonly operations: Map<string, PricedOperation>;
}

/** What a command needs to know of beyond the balance and the grants. */
export interface Needs {
  apiKeyId?: string;
  operation?: string;
}

type Json<T> = {
  [K in keyof T]: T[K] extends bigint | Date ? string : T[K] extends bigint | Date | null ? string | null : T[K];
};

interface KeyJson extends Json<Omit<SpendingKey, 'parent' | 'secrets' | 'spent'>> {
  parentId: string | null;
  secrets: readonly { id: string; expiresAt: string | null }[];
  spent: Record<CapPeriod, string> | null;
}

/** An account as `read_accounts` tells it: amounts and times are texts. */
export interface AccountJson extends Json<Pick<Account, 'at' | 'available' | 'held' | 'seq' | 'tenant'>> {
  grants: readonly Json<OpenGrant>[];
  keys: readonly KeyJson[];
  operations: readonly Json<PricedOperation>[];
}

/** The account that `read_accounts` tells of. */
export function accountFrom(workspaceId: string, json: AccountJson): Account {
  return {
    workspaceId,
    at: new Date(json.at),
    available: BigInt(json.available),
    held: BigInt(json.held),
    seq: BigInt(json.seq),
    tenant: json.tenant,
    grants: json.grants.map(grantFrom).toSorted(compareBurnOrder),
    keys: keysFrom(json.keys),
    operations: new Map(json.operations.map((priced) => [priced.name, { ...priced, price: BigInt(priced.price) }])),
  };
}

function grantFrom({ id, priority, expiresAt, createdAt, remaining, held }: Json<OpenGrant>): OpenGrant {
  return {
    id,
    priority,
    expiresAt: timeOf(expiresAt),
    createdAt: new Date(createdAt),
    remaining: BigInt(remaining),
    held: BigInt(held),
  };
}

/** Keys that made others come first in the map's making, so that each finds the one that made it. */
function keysFrom(rows: readonly KeyJson[]): Map<string, SpendingKey> {
  const keys = new Map<string, SpendingKey>();
  for (const row of rows.toSorted((a, b) => Number(a.parentId !== null) - Number(b.parentId !== null))) {
    keys.set(row.id, {
      id: row.id,
      version: row.version,
      memberId: row.memberId,
      role: row.role,
      environment: row.environment,
      scopes: row.scopes,
      expiresAt: timeOf(row.expiresAt),
      disabledAt: timeOf(row.disabledAt),
      revokedAt: timeOf(row.revokedAt),
      capTotal: amountOf(row.capTotal),
      capDay: amountOf(row.capDay),
      capWeek: amountOf(row.capWeek),
      capMonth: amountOf(row.capMonth),
      secrets: row.secrets.map(({ id, expiresAt }) => ({ id, expiresAt: timeOf(expiresAt) })),
      parent: row.parentId === null ? null : (keys.get(row.parentId) ?? null),
      spent: spentFrom(row.spent),
    });
  }
  return keys;
}

function spentFrom(spent: KeyJson['spent']): Record<CapPeriod, bigint> {
  const { TOTAL = '0', MONTH = '0', WEEK = '0', DAY = '0' } = spent ?? {};
  return { TOTAL: BigInt(TOTAL), MONTH: BigInt(MONTH), WEEK: BigInt(WEEK), DAY: BigInt(DAY) };
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function amountOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
