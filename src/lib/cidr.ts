/** An address as a number. IPv4 inside IPv6 (::ffff:192.0.2.1) is the IPv4 address that it stands for. */
interface Address {
  bits: 32 | 128;
  value: bigint;
}

/** A block of addresses that share their first `prefix` bits. */
export interface AddressRange extends Address {
  prefix: number;
}

const OCTET = /^(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
const PREFIX = /^(0|[1-9]\d{0,2})$/;
const MAPPED = 0xffffn;

/** A range in CIDR notation, or one address for itself alone; null for anything else. Bits behind the prefix are ignored. */
export function parseAddressRange(text: string): AddressRange | null {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  const address = parseBits(addressText);
  if (!address || rest.length > 0 || (prefixText !== undefined && !PREFIX.test(prefixText))) return null;
  const prefix = prefixText === undefined ? address.bits : Number(prefixText);
  if (prefix > address.bits) return null;
  // A mapped range is an IPv4 range if it lies within the mapped addresses, and an IPv6 range around them if it does not.
  return prefix >= 96 && isMapped(address) ? { ...unmapped(address), prefix: prefix - 96 } : { ...address, prefix };
}

/** Whether an address lies in one of the ranges. What is no address lies in none. */
export function isInRanges(text: string, ranges: readonly AddressRange[]): boolean {
  const address = parseBits(text.replace(/%.*$/, ''));
  if (!address) return false;
  const plain = isMapped(address) ? unmapped(address) : address;
  return ranges.some((range) => contains(range, plain));
}

function contains({ bits, value, prefix }: AddressRange, address: Address): boolean {
  if (bits !== address.bits) return false;
  const shift = BigInt(bits - prefix);
  return value >> shift === address.value >> shift;
}

const isMapped = ({ bits, value }: Address): boolean => bits === 128 && value >> 32n === MAPPED;
const unmapped = ({ value }: Address): Address => ({ bits: 32, value: value & 0xffffffffn });

function parseBits(text: string): Address | null {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | null {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return null;
  return { bits: 32, value: joined(octets.map(BigInt), 8n) };
}

function parseV6(text: string): Address | null {
  const halves = plainGroups(text)?.split('::');
  if (!halves || halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  // "::" stands for at least one group of zeros, and without it all eight are written.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => GROUP.test(group))) return null;
  return {
    bits: 128,
    value: joined(
      groups.map((group) => BigInt(`0x${group}`)),
      16n,
    ),
  };
}

/** The text with an IPv4 address at its end written as two groups; null if it has one that is none. */
function plainGroups(text: string): string | null {
  const at = text.lastIndexOf(':') + 1;
  const end = text.slice(at);
  if (!end.includes('.')) return text;
  const v4 = parseV4(end);
  return v4 && `${text.slice(0, at)}${(v4.value >> 16n).toString(16)}:${(v4.value & 0xffffn).toString(16)}`;
}

function joined(parts: readonly bigint[], bits: bigint): bigint {
  return parts.reduce((value, part) => (value << bits) | part, 0n);
}
