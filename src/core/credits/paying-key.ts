import type { Actor } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { keyAllows } from '#core/access/policy';
import { heldScopes } from '#core/api-keys/scopes';
import { apiKeyState } from '#core/api-keys/state';
import type { SpendingKey } from '#core/credits/account';
import type { Books } from '#core/credits/books';
import { Forbidden, NotFound, Unauthenticated } from '#core/errors';

/** The key that pays for a call. */
export interface PayingKey {
  apiKeyId: string;
  /** Which of its secrets an operator was sent, so that one that ended meanwhile spends nothing. Not hashed: a retry may send another. */
  secretId?: string | null | undefined;
}

/** What a key needs the right for, to pay. */
export type Spending = 'usage:write' | 'holds:write';

const NO_PAYING_KEY = "This customer's API key is unknown, ended or may not spend.";

/**
 * A key pays for itself and an operator names the customer's; nobody else's permit spends. An id that is missing at run
 * time would not narrow the search for the key, and any key of the workspace would pay.
 * @throws Forbidden, NotFound
 */
export function checkPayingKey({ actor }: Permit<Spending>, { apiKeyId, secretId = null }: Partial<PayingKey>) {
  if (actor.kind === 'API_KEY' && apiKeyId === actor.apiKeyId) return { apiKeyId, secretId: actor.secretId };
  if (actor.kind !== 'OPERATOR') throw new Forbidden('Usage is recorded by the API key that pays for it.');
  if (apiKeyId === undefined) throw new NotFound(NO_PAYING_KEY, ['input', 'apiKey']);
  return { apiKeyId, secretId };
}

/**
 * The key that spends, as it is when the decision is written: a cache may have allowed the request after the key was
 * revoked. The caller's own key dying is Unauthenticated; a customer's key that an operator names is an object not found.
 * @throws Unauthenticated, NotFound
 */
export function spendingKey(
  books: Books,
  {
    apiKeyId,
    secretId,
    actor,
    spending,
  }: { apiKeyId: string; secretId: string | null; actor: Actor; spending: Spending },
): SpendingKey {
  const { tenant, at } = books.account;
  const key = books.key(apiKeyId);
  const isAlive = key !== undefined && apiKeyState(key, at) === 'ACTIVE' && !tenant.isDeleted;
  if (isAlive && hasSecret(key, secretId, at) && keyAllows(heldScopes(key), key.role, spending)) return key;
  if (actor.kind === 'OPERATOR') throw new NotFound(NO_PAYING_KEY, ['input', 'apiKey']);
  throw new Unauthenticated('This API key or its secret was revoked or replaced, has expired or may no longer spend.');
}

/** Whether the secret that was sent still works; null where none was sent. */
function hasSecret({ secrets }: SpendingKey, secretId: string | null, at: Date): boolean {
  return (
    secretId === null || secrets.some(({ id, expiresAt }) => id === secretId && (expiresAt === null || expiresAt > at))
  );
}
