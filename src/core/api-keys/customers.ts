import type { ApiKeyActor } from '#core/access/actor';
import type { KeyVerifier, Verdict } from '#core/api-keys/verification';
import { NotFound, ValidationFailed } from '#core/errors';
import { parseAddressRange } from '#lib/cidr';

/** What an operator passes on of its customer's call. */
export interface CustomerCall {
  apiKey: string;
  /** Where the customer called from, as the operator saw it; null when it does not say. */
  clientAddress: string | null;
  /** Path to the two fields. */
  path: readonly string[];
}

/**
 * The verdict on a customer's key, by the customer's address and not by the operator's.
 * @throws ValidationFailed for what is no address, and for none when the key has a list of them.
 */
export async function judgeCustomer(
  keys: KeyVerifier,
  { apiKey, clientAddress, path }: CustomerCall,
): Promise<Verdict> {
  const addressPath = [...path, 'clientAddress'];
  if (clientAddress !== null && (clientAddress.includes('/') || parseAddressRange(clientAddress) === null)) {
    throw new ValidationFailed('clientAddress is not an IPv4 or IPv6 address, such as 192.0.2.7.', addressPath);
  }
  const verdict = await keys.judge(apiKey, clientAddress);
  if (verdict.refusal === 'ADDRESS' && clientAddress === null) {
    throw new ValidationFailed(
      'clientAddress is missing: this key works from listed addresses alone, so say where the customer called from.',
      addressPath,
    );
  }
  return verdict;
}

/** The customer's key, working from where they called. @throws NotFound, ValidationFailed */
export async function verifyCustomer(keys: KeyVerifier, call: CustomerCall): Promise<ApiKeyActor> {
  const { refusal, key } = await judgeCustomer(keys, call);
  if (refusal === null) return key.actor;
  throw refusal === 'ADDRESS'
    ? new NotFound("This customer's API key may not be used from this address.", [...call.path, 'clientAddress'])
    : new NotFound("This customer's API key is unknown, ended or mistyped.", [...call.path, 'apiKey']);
}
