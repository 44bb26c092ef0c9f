import type { ApiKeyActor } from '#core/access/actor';
import { verifyCustomer } from '#core/api-keys/customers';
import { Forbidden, Unauthenticated, ValidationFailed } from '#core/errors';
import type { Context } from '#graph/context';

/** Whom an operator names as paying, as inputs say it. */
export interface Customer {
  apiKey?: string | null | undefined;
  clientAddress?: string | null | undefined;
}

/** The key that pays: the caller's own, or the customer's that an operator names. */
export async function payingKey(
  { apiKey = null, clientAddress = null }: Customer,
  { actor, keys }: Context,
): Promise<Pick<ApiKeyActor, 'apiKeyId' | 'secretId' | 'workspaceId' | 'quotas'>> {
  const path = ['input', 'apiKey'];
  switch (actor.kind) {
    case 'API_KEY':
      if (apiKey !== null)
        throw new ValidationFailed('apiKey is for operators: leave it out, your own key pays.', path);
      if (clientAddress !== null)
        throw new ValidationFailed('clientAddress is for operators: leave it out.', ['input', 'clientAddress']);
      return actor;
    case 'OPERATOR':
      if (apiKey === null) throw new ValidationFailed("apiKey is missing: an operator names the customer's key.", path);
      return verifyCustomer(keys, { apiKey, clientAddress, path: ['input'] });
    case 'USER':
      throw new Forbidden('Usage is recorded with an API key, not with a session: create a key.');
    case 'NOBODY':
      throw new Unauthenticated('Send an API key: "Authorization: Bearer cp_live_...".');
  }
}
