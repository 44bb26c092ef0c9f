import { z } from 'zod';
import { type AddressRange, parseAddressRange } from '#lib/cidr';
import { listOf } from '#lib/text-values';

/** Schemas of settings about addresses and ports; their messages continue a sentence that begins with the setting's name. */

/** Whose X-Forwarded-For is believed: nobody's, that of the last `hops` proxies, or that of the listed addresses. */
export type TrustProxy =
  | { kind: 'nobody' }
  | { kind: 'hops'; hops: number }
  | { kind: 'addresses'; ranges: readonly Subnet[] };

/** As `net.BlockList.addSubnet(address, prefix, family)` takes it. */
export type Subnet = { address: string; prefix: number; family: 'ipv4' | 'ipv6' };

const NO_RANGE = 'names something that is neither an address nor a range';

const subnet = z.string().transform((text, context): Subnet => {
  const [address = '', prefixText] = text.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const prefix = prefixText === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefixText);
  if (parseAddressRange(text)) return { address, prefix, family };
  context.addIssue({ code: 'custom', message: NO_RANGE });
  return z.NEVER;
});

/** An address or a range in CIDR notation. */
export const addressRange = z.string().transform((text, context): AddressRange => {
  const range = parseAddressRange(text);
  if (range) return range;
  context.addIssue({ code: 'custom', message: NO_RANGE });
  return z.NEVER;
});

/** Ports from the first to the last. */
export interface PortRange {
  first: number;
  last: number;
}

/** A port, or a range of them: 443, 8000-8999. */
export const portRange = z.string().transform((text, context): PortRange => {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match && first >= 1 && first <= last && last <= 65_535) return { first, last };
  context.addIssue({ code: 'custom', message: 'names something that is neither a port nor a range of ports' });
  return z.NEVER;
});

const nobody: TrustProxy = { kind: 'nobody' };

/** See TrustProxy; nobody unless given. */
export const trustProxy = z
  .string()
  .transform((text, context): TrustProxy => {
    if (text.toLowerCase() === 'false' || text === '0') return nobody;
    if (/^\d{1,2}$/.test(text)) return { kind: 'hops', hops: Number(text) };
    if (text.toLowerCase() === 'true') {
      // Believing every sender would let any client choose its own address, and walk past address lists and limits.
      context.addIssue({ code: 'custom', message: 'would believe everybody' });
      return z.NEVER;
    }
    const ranges = listOf(subnet).safeParse(text);
    if (ranges.success && ranges.data.length > 0) return { kind: 'addresses', ranges: ranges.data };
    context.addIssue({ code: 'custom', message: ranges.error?.issues[0]?.message ?? 'lists nothing' });
    return z.NEVER;
  })
  .default(nobody);
