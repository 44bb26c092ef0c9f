import { apiKeyState, type Lineage } from '#core/api-keys/state';
import { CredentialExpired, Unauthenticated } from '#core/errors';
import { type AddressRange, isInRanges, parseAddressRange } from '#lib/cidr';

/** Why a credential does not open what it should. */
export type KeyRefusal = 'UNKNOWN' | 'REVOKED' | 'DISABLED' | 'EXPIRED' | 'REPLACED' | 'ADDRESS';

/** What decides whether a secret works: its key, the end that a rotation set, and where both keys of its line may be used from. */
export interface Usable extends Lineage {
  secretExpiresAt: Date | null;
  allowedAddresses: readonly (readonly AddressRange[])[];
}

/** The lists of a key and of the key that made it: an address must be in each. One that is empty allows any. */
export function addressLists(
  ...keys: readonly ({ allowedAddresses: readonly string[] } | null)[]
): (readonly AddressRange[])[] {
  const lists = keys.map((key) => key?.allowedAddresses ?? []).filter(({ length }) => length > 0);
  // A range that cannot be read admits nobody, and its list stays a list.
  return lists.map((list) => list.map(parseAddressRange).filter((range) => range !== null));
}

/** What rules out that the secret is used now, from this address; null when nothing does. */
export function refusalOf(key: Usable, { at, address }: { at: Date; address: string | null }): KeyRefusal | null {
  const state = apiKeyState(key, at);
  if (state !== 'ACTIVE') return state;
  if (key.secretExpiresAt !== null && key.secretExpiresAt <= at) return 'REPLACED';
  return isAdmitted(key, address) ? null : 'ADDRESS';
}

/** The refusal as its caller hears it. What is wrong with the address is told to holders of a working secret alone. */
export function refusalError(refusal: KeyRefusal): Unauthenticated {
  switch (refusal) {
    // One message for the three: a guess learns nothing from it.
    case 'UNKNOWN':
    case 'REVOKED':
    case 'DISABLED':
      return new Unauthenticated('This API key is unknown or was revoked: create another one.');
    case 'EXPIRED':
      return new CredentialExpired('This API key has expired: create another one.');
    case 'REPLACED':
      return new CredentialExpired('This secret was replaced by a rotation and has ended: use the newer one.');
    case 'ADDRESS':
      return new Unauthenticated('This API key may not be used from this address: it is not on its list.');
  }
}

function isAdmitted({ allowedAddresses }: Usable, address: string | null): boolean {
  return allowedAddresses.every((list) => address !== null && isInRanges(address, list));
}
