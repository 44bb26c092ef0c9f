import type {
  Account,
  Allowance,
  Charge,
  KnownHold,
  OpenGrant,
  PricedOperation,
  SpendingKey,
} from '#core/credits/account';
import { compareBurnOrder } from '#core/credits/burn';
import type { CapPeriod } from '#generated/prisma/enums';

type Json<T> = {
  [K in keyof T]: T[K] extends bigint | Date ? string : T[K] extends bigint | Date | null ? string | null : T[K];
};

interface KeyJson extends Json<Omit<SpendingKey, 'parent' | 'secrets' | 'spent'>> {
  parentId: string | null;
  secrets: readonly { id: string; expiresAt: string | null }[];
  spent: Record<CapPeriod, string> | null;
}

/** An account as `read_accounts` tells it: amounts and times are texts. */
export interface AccountJson extends Json<
  Pick<
    Account,
    'at' | 'available' | 'held' | 'seq' | 'dueAt' | 'lowBalanceThreshold' | 'tenant' | 'openHolds' | 'nextHoldAt'
  >
> {
  allowance: Json<Allowance> | null;
  holds: readonly (Json<Omit<KnownHold, 'draws'>> & { draws: Record<string, string> })[];
  charges: readonly (Json<Omit<Charge, 'draws'>> & { draws: Record<string, string> })[];
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
    dueAt: timeOf(json.dueAt),
    lowBalanceThreshold: amountOf(json.lowBalanceThreshold),
    tenant: json.tenant,
    allowance: json.allowance && allowanceFrom(json.allowance),
    grants: json.grants.map(grantFrom).toSorted(compareBurnOrder),
    keys: keysFrom(json.keys),
    operations: new Map(json.operations.map((priced) => [priced.name, { ...priced, price: BigInt(priced.price) }])),
    holds: new Map(json.holds.map((hold) => [hold.id, holdFrom(hold)])),
    openHolds: json.openHolds,
    nextHoldAt: timeOf(json.nextHoldAt),
    charges: new Map(json.charges.map((charge) => [BigInt(charge.seq), chargeFrom(charge)])),
  };
}

function allowanceFrom({ credits, anchor, since, until, given, givenSince, givenUntil }: Json<Allowance>): Allowance {
  return {
    credits: BigInt(credits),
    anchor,
    since: new Date(since),
    until: new Date(until),
    given: BigInt(given),
    givenSince: timeOf(givenSince),
    givenUntil: timeOf(givenUntil),
  };
}

function holdFrom(json: AccountJson['holds'][number]): KnownHold {
  return {
    ...json,
    basePrice: amountOf(json.basePrice),
    amount: BigInt(json.amount),
    captured: BigInt(json.captured),
    released: BigInt(json.released),
    expiresAt: new Date(json.expiresAt),
    createdAt: new Date(json.createdAt),
    closedAt: timeOf(json.closedAt),
    seq: BigInt(json.seq),
    draws: drawsFrom(json.draws),
  };
}

function chargeFrom(json: AccountJson['charges'][number]): Charge {
  return {
    ...json,
    seq: BigInt(json.seq),
    credits: BigInt(json.credits),
    countedAt: new Date(json.countedAt),
    draws: drawsFrom(json.draws),
  };
}

function drawsFrom(draws: Record<string, string>): Map<string, bigint> {
  return new Map(Object.entries(draws).map(([grantId, credits]) => [grantId, BigInt(credits)]));
}

function grantFrom({ id, priority, expiresAt, seq, remaining, held }: Json<OpenGrant>): OpenGrant {
  return {
    id,
    priority,
    expiresAt: timeOf(expiresAt),
    seq: BigInt(seq),
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
