import { type Actor, stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { keyAllows } from '#core/access/policy';
import { heldScopes } from '#core/api-keys/scopes';
import { worksAt } from '#core/api-keys/secrets';
import { apiKeyState } from '#core/api-keys/state';
import { type LockedAccount, lockAccount, spendableGrants } from '#core/credits/account';
import { type Draw, drawFrom } from '#core/credits/burn';
import { countSpend, findExceeded, readCapUses } from '#core/credits/caps';
import { type EntryFacts, findReplay, type KeyedBy, writeEntry } from '#core/credits/ledger';
import { checkUsage, type CheckedUsage, type RecordUsageInput } from '#core/credits/usage-input';
import { type Db, inTransaction, type Tx } from '#core/db';
import { Forbidden, NotFound, Unauthenticated, ValidationFailed } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import { findOperation, isOperationName } from '#core/plans/operations';
import { CREDITS_MAX, priceOf } from '#core/plans/pricing';
import type { ApiKey, LedgerEntry } from '#generated/prisma/client';
import { hashOf } from '#lib/canonical-json';

export type { RecordUsageInput } from '#core/credits/usage-input';

export interface RecordedUsage {
  /** The logged decision; a DECLINED one took nothing and says what was missing. */
  entry: LedgerEntry;
  /** Whether this is the stored answer to an earlier call with the same idempotency key. */
  replayed: boolean;
}

/**
 * Logs one metered call and charges it: exactly once per idempotency key, never below zero, durable when it returns.
 * Too little credit is an answer (outcome DECLINED), kept under the key like any other.
 * @throws ValidationFailed, IdempotencyConflict, Forbidden (a session, or somebody else's key), NotFound (operation, or the
 *   customer's key), Unauthenticated (the calling key died), Unavailable (outcome unknown: retry with the same key).
 */
export async function recordUsage(
  db: Db,
  permit: Permit<'usage:write'>,
  input: RecordUsageInput,
): Promise<RecordedUsage> {
  const usage = checkUsage(input);
  const apiKeyId = payingKeyOf(permit, input);
  const secretId = permit.actor.kind === 'API_KEY' ? permit.actor.secretId : (input.secretId ?? null);
  // A retry measures another latency and is the same call all the same.
  const { idempotencyKey, latencyMs, ...hashed } = { ...usage, apiKeyId };
  const keyedBy: KeyedBy = {
    idempotencyKeyHash: hashIdempotencyKey(idempotencyKey),
    requestHash: hashOf({ mutation: 'recordUsage', ...hashed }),
  };
  return inTransaction(db, async (tx) => {
    const account = await lockAccount(tx, permit.workspaceId);
    const replay = await findReplay(tx, account, keyedBy);
    if (replay) return { entry: replay, replayed: true };
    const apiKey = await readSpendingKey(tx, account, { apiKeyId, secretId, actor: permit.actor });
    const basePrice = await readBasePrice(tx, usage);
    const entry = await charge(tx, account, { usage, apiKey, basePrice, actor: permit.actor, keyedBy });
    return { entry, replayed: false };
  });
}

/**
 * A key pays for itself and an operator names the customer's; nobody else's permit spends. An id that is missing at run
 * time would not narrow the search for the key, and any key of the workspace would pay.
 */
function payingKeyOf({ actor }: Permit<'usage:write'>, { apiKeyId }: { apiKeyId: string | undefined }): string {
  if (actor.kind === 'API_KEY' && apiKeyId === actor.apiKeyId) return apiKeyId;
  if (actor.kind !== 'OPERATOR') throw new Forbidden('Usage is recorded by the API key that pays for it.');
  if (apiKeyId === undefined) throw new NotFound(NO_PAYING_KEY, ['input', 'apiKey']);
  return apiKeyId;
}

const NO_PAYING_KEY = "This customer's API key is unknown, ended or may not spend.";

/** The key that pays, with the key that made it: its caps bind too. */
type SpendingKey = ApiKey & { parent: ApiKey | null };

interface Charge {
  usage: CheckedUsage;
  apiKey: SpendingKey;
  basePrice: bigint | null;
  actor: Actor;
  keyedBy: KeyedBy;
}

async function charge(
  tx: Tx,
  account: LockedAccount,
  { usage, apiKey, basePrice, actor, keyedBy }: Charge,
): Promise<LedgerEntry> {
  const price = usage.credits ?? priceOf({ basePrice: basePrice ?? 0n, units: usage.units, discountPercent: 0 });
  if (price > CREDITS_MAX) {
    throw new ValidationFailed('units times the price is above 1000000000000 credits: split the call.', [
      'input',
      'units',
    ]);
  }
  // Failed calls and calls of test keys are logged with their price, and cost nothing.
  const due = usage.outcome === 'FAILED' || apiKey.environment === 'TEST' ? 0n : price;
  const decline = due === 0n ? null : await findDecline(tx, account, { apiKey, due });
  const credits = decline ? 0n : due;
  const facts: EntryFacts = {
    kind: 'USAGE',
    outcome: decline ? 'DECLINED' : usage.outcome,
    ...decline,
    operation: usage.operation,
    units: usage.units,
    basePrice,
    price,
    credits,
    tag: usage.tag,
    ...(usage.metadata === null ? {} : { metadata: usage.metadata }),
    environment: apiKey.environment,
    apiKeyId: apiKey.id,
    memberId: apiKey.memberId,
    ...stampOf(actor),
    latencyMs: usage.latencyMs,
    ...keyedBy,
  };
  const draws = credits === 0n ? [] : drawFrom(await spendableGrants(tx, account), credits);
  const entry = await writeEntry(tx, account, {
    facts,
    draws,
    movement: { available: -credits, spent: credits, granted: 0n },
  });
  await spendGrants(tx, account, draws);
  if (credits > 0n) await countSpend(tx, account, { apiKey, credits });
  return entry;
}

type Decline = Pick<EntryFacts, 'declineReason' | 'capApiKeyId' | 'capPeriod' | 'capCredits' | 'capSpent'>;

/** Why a charge cannot be, or null. Caps come first: raising the balance would not let the call through. */
async function findDecline(
  tx: Tx,
  account: LockedAccount,
  { apiKey, due }: { apiKey: SpendingKey; due: bigint },
): Promise<Decline | null> {
  const capped = apiKey.parent ? [apiKey, apiKey.parent] : [apiKey];
  const cap = findExceeded(await readCapUses(tx, capped, account.at), due);
  if (cap) {
    return {
      declineReason: 'KEY_LIMIT_EXCEEDED',
      capApiKeyId: cap.apiKeyId,
      capPeriod: cap.period,
      capCredits: cap.credits,
      capSpent: cap.spent,
    };
  }
  return due > account.available ? { declineReason: 'INSUFFICIENT_CREDITS' } : null;
}

async function spendGrants(tx: Tx, { workspaceId }: LockedAccount, draws: readonly Draw[]): Promise<void> {
  for (const { grantId, credits } of draws) {
    await tx.creditGrant.update({
      where: { id: grantId, workspaceId },
      data: { remaining: { decrement: credits }, spent: { increment: credits } },
    });
  }
}

/**
 * The key that spends, read under the lock: a cache may have allowed the request after the key was revoked.
 * The caller's own key dying is Unauthenticated; a customer's key that an operator names is an object not found.
 */
async function readSpendingKey(
  tx: Tx,
  { workspaceId, at }: LockedAccount,
  { apiKeyId, secretId, actor }: { apiKeyId: string; secretId: string | null; actor: Actor },
): Promise<SpendingKey> {
  const key = await tx.apiKey.findFirst({
    where: { id: apiKeyId, workspaceId, ...(secretId !== null && { secrets: { some: worksAt(secretId, at) } }) },
    include: { member: true, workspace: true, parent: true },
  });
  const isAlive = key !== null && apiKeyState(key, at) === 'ACTIVE' && key.workspace.deletedAt === null;
  if (isAlive && keyAllows(heldScopes(key), key.member.role, 'usage:write')) return key;
  if (actor.kind === 'OPERATOR') {
    throw new NotFound(NO_PAYING_KEY, ['input', 'apiKey']);
  }
  throw new Unauthenticated('This API key or its secret was revoked or replaced, has expired or may no longer spend.');
}

async function readBasePrice(tx: Tx, { operation }: CheckedUsage): Promise<bigint | null> {
  if (operation === null) return null;
  const found = isOperationName(operation) ? await findOperation(tx, operation) : null;
  if (!found) {
    throw new NotFound(`No operation is called ${operation}: see the operations query for the price list.`, [
      'input',
      'operation',
    ]);
  }
  return found.price;
}
