import { capsOf } from '#core/api-keys/caps';
import { NEVER_LESSER } from '#core/api-keys/scopes';
import { type KeySettings, refuse } from '#core/api-keys/settings';
import { parseAddressRange } from '#lib/cidr';
import { formatMicro } from '#lib/micro';

/**
 * Holds what is said of a lesser key against the key that made it, as that is now. What is not said is not asked: the
 * maker's expiry, addresses, caps and rate bind the lesser key at every use, whether or not it has its own.
 * @throws ValidationFailed, naming the field that goes beyond.
 */
export function requireLesser(maker: KeySettings, said: Partial<KeySettings>): void {
  const { scopes = [], expiresAt, requestsPerMinute } = said;
  if (scopes.includes(NEVER_LESSER))
    refuse('scopes', `may not have ${NEVER_LESSER}: a key that a key made makes none.`);
  const beyond = scopes.find((scope) => !maker.scopes.includes(scope));
  if (beyond !== undefined) refuse('scopes', `may not have ${beyond}, which the key that makes it has not.`);
  if (expiresAt && maker.expiresAt && expiresAt > maker.expiresAt) {
    refuse('expiresAt', `must not be after the maker's, ${maker.expiresAt.toISOString()}.`);
  }
  requireLesserCaps(maker, said);
  requireLesserAddresses(maker, said);
  if (requestsPerMinute && maker.requestsPerMinute && requestsPerMinute > maker.requestsPerMinute) {
    refuse('requestsPerMinute', `must not be above the maker's, ${maker.requestsPerMinute}.`);
  }
}

function requireLesserCaps(
  maker: KeySettings,
  { capTotal = null, capMonth = null, capWeek = null, capDay = null }: Partial<KeySettings>,
) {
  const bounds = capsOf(maker);
  for (const { period, credits } of capsOf({ capTotal, capMonth, capWeek, capDay })) {
    const bound = bounds.find((cap) => cap.period === period);
    if (bound && credits > bound.credits) {
      refuse('caps', `must not allow more than the maker's, ${formatMicro(bound.credits)} for ${period}.`);
    }
  }
}

function requireLesserAddresses(maker: KeySettings, { allowedAddresses = [] }: Partial<KeySettings>): void {
  if (maker.allowedAddresses.length === 0) return;
  const isWithin = (text: string): boolean => maker.allowedAddresses.some((outer) => holds(outer, text));
  if (!allowedAddresses.every(isWithin)) {
    refuse('allowedAddresses', `must lie within the maker's: ${maker.allowedAddresses.join(', ')}.`);
  }
}

/** Whether a range holds all addresses of another. */
function holds(outerText: string, innerText: string): boolean {
  const [outer, inner] = [parseAddressRange(outerText), parseAddressRange(innerText)];
  if (!outer || !inner || outer.bits !== inner.bits || inner.prefix < outer.prefix) return false;
  const shift = BigInt(outer.bits - outer.prefix);
  return inner.value >> shift === outer.value >> shift;
}
