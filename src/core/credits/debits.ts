import { type Actor, stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { keyAllows } from '#core/access/policy';
import { heldScopes } from '#core/api-keys/scopes';
import { apiKeyState } from '#core/api-keys/state';
import { capUsesOf, type SpendingKey } from '#core/credits/account';
import type { Books, EntryFacts } from '#core/credits/books';
import { findExceeded } from '#core/credits/caps';
import type { Command, Decided } from '#core/credits/command';
import { checkUsage, type CheckedUsage, type RecordUsageInput } from '#core/credits/usage-input';
import { Forbidden, NotFound, Unauthenticated, ValidationFailed } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import { isOperationName } from '#core/plans/operations';
import { CREDITS_MAX, priceOf } from '#core/plans/pricing';
import { hashOf } from '#lib/canonical-json';

export type { RecordUsageInput } from '#core/credits/usage-input';

/** The logged call; a DECLINED one took nothing and says why. */
export type RecordedUsage = Decided;

/**
 * Logs one metered call and charges it. Too little credit, or a cap of the key, is an answer (outcome DECLINED), kept
 * under the idempotency key like any other.
 * @throws ValidationFailed, Forbidden (a session, or somebody else's key). Deciding throws NotFound (operation, or the
 *   customer's key), Unauthenticated (the calling key died), ValidationFailed (price out of range).
 */
export function recordUsage(permit: Permit<'usage:write'>, input: RecordUsageInput): Command {
  const { workspaceId, actor } = permit;
  const apiKeyId = payingKeyOf(permit, input);
  const secretId = actor.kind === 'API_KEY' ? actor.secretId : (input.secretId ?? null);
  const usage = checkUsage(input);
  // A retry measures another latency and is the same call all the same.
  const { idempotencyKey, latencyMs: _, ...hashed } = { ...usage, apiKeyId };
  const keyedBy = {
    idempotencyKeyHash: hashIdempotencyKey(workspaceId, idempotencyKey),
    requestHash: hashOf({ mutation: 'recordUsage', ...hashed }),
  };
  const { operation } = usage;
  return {
    workspaceId,
    line: apiKeyId,
    keyedBy,
    needs: { apiKeyId, ...(operation !== null && isOperationName(operation) && { operation }) },
    decide(books) {
      const apiKey = spendingKey(books, { apiKeyId, secretId, actor });
      const basePrice = operation === null ? null : basePriceOf(books, operation);
      const price = checkedPrice(usage, basePrice);
      const charge = chargeOf(books, { apiKey, due: usage.outcome === 'FAILED' ? 0n : price });
      const { credits } = charge;
      const draws = books.draw(credits);
      const entry = books.write(
        {
          kind: 'USAGE',
          outcome: charge.decline ? 'DECLINED' : usage.outcome,
          ...charge.decline,
          operation,
          units: usage.units,
          basePrice,
          price,
          credits,
          tag: usage.tag,
          metadata: usage.metadata,
          environment: apiKey.environment,
          apiKeyId,
          memberId: apiKey.memberId,
          ...stampOf(actor),
          latencyMs: usage.latencyMs,
          ...keyedBy,
        },
        { available: -credits, spent: credits },
        draws,
      );
      for (const draw of draws) books.moveGrant(draw.grantId, { remaining: -draw.credits, spent: draw.credits });
      if (credits > 0n) books.countSpend(apiKey, credits);
      return { entry, replayed: false };
    },
    replay: async (entry) => ({ entry, replayed: true }),
  };
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

type Decline = Pick<EntryFacts, 'declineReason' | 'capApiKeyId' | 'capPeriod' | 'capCredits' | 'capSpent'>;

interface Charge {
  credits: bigint;
  decline: Decline | null;
}

/** What a price comes to. Caps are asked first: raising the balance would not let the call through. Test keys pay nothing. */
function chargeOf(books: Books, { apiKey, due }: { apiKey: SpendingKey; due: bigint }): Charge {
  if (due === 0n || apiKey.environment === 'TEST') return { credits: 0n, decline: null };
  const cap = findExceeded(capUsesOf(apiKey, books.account.at), due);
  if (cap) {
    const { apiKeyId: capApiKeyId, period: capPeriod, credits: capCredits, spent: capSpent } = cap;
    return {
      credits: 0n,
      decline: { declineReason: 'KEY_LIMIT_EXCEEDED', capApiKeyId, capPeriod, capCredits, capSpent },
    };
  }
  if (due > books.available) return { credits: 0n, decline: { declineReason: 'INSUFFICIENT_CREDITS' } };
  return { credits: due, decline: null };
}

/**
 * The key that spends, as it is when the decision is written: a cache may have allowed the request after the key was
 * revoked. The caller's own key dying is Unauthenticated; a customer's key that an operator names is an object not found.
 */
function spendingKey(
  books: Books,
  { apiKeyId, secretId, actor }: { apiKeyId: string; secretId: string | null; actor: Actor },
): SpendingKey {
  const { tenant, at } = books.account;
  const key = books.key(apiKeyId);
  const isAlive = key !== undefined && apiKeyState(key, at) === 'ACTIVE' && !tenant.isDeleted;
  if (isAlive && hasSecret(key, secretId, at) && keyAllows(heldScopes(key), key.role, 'usage:write')) return key;
  if (actor.kind === 'OPERATOR') throw new NotFound(NO_PAYING_KEY, ['input', 'apiKey']);
  throw new Unauthenticated('This API key or its secret was revoked or replaced, has expired or may no longer spend.');
}

/** Whether the secret that was sent still works; null where none was sent. */
function hasSecret({ secrets }: SpendingKey, secretId: string | null, at: Date): boolean {
  return (
    secretId === null || secrets.some(({ id, expiresAt }) => id === secretId && (expiresAt === null || expiresAt > at))
  );
}

function basePriceOf(books: Books, operation: string): bigint {
  const priced = books.operation(operation);
  if (priced) return priced.price;
  throw new NotFound(`No operation is called ${operation}: see the operations query for the price list.`, [
    'input',
    'operation',
  ]);
}

function checkedPrice({ credits, units }: CheckedUsage, basePrice: bigint | null): bigint {
  const price = credits ?? priceOf({ basePrice: basePrice ?? 0n, units, discountPercent: 0 });
  if (price <= CREDITS_MAX) return price;
  throw new ValidationFailed('units times the price is above 1000000000000 credits: split the call.', [
    'input',
    'units',
  ]);
}
