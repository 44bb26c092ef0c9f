import ipaddr from 'ipaddr.js';
import { isInRanges, type AddressRange } from '#lib/cidr';

/** The only IPv6 block that is handed out to the internet at large. */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
const GLOBAL_UNICAST_BITS = 3;

/**
 * Whether an address, as numbers, is one of the public internet. Everything with a special meaning is not: loopback,
 * private, link-local, shared, multicast, reserved, and whatever carries an IPv4 address inside (mapped, NAT64, 6to4,
 * Teredo, ISATAP), since that would lead wherever the inner one does. An address with a zone is not public either.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return false;
  if (text.includes('%')) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv4) return true;
  return address.match(GLOBAL_UNICAST, GLOBAL_UNICAST_BITS) && !isIsatap(address.parts);
}

/** Groups 5 and 6 of an ISATAP address are 0:5efe, or 200:5efe; the inner address follows. */
function isIsatap(groups: readonly number[]): boolean {
  return groups[5] === 0x5efe && (groups[4] === 0 || groups[4] === 0x200);
}

/** Whether we may connect to it: a public address, or one that the operator allows. */
export function mayReach(text: string, allowed: readonly AddressRange[]): boolean {
  return isInRanges(text, allowed) || isPublicAddress(text);
}
