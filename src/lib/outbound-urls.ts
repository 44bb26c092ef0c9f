import type { AddressRange } from '#lib/cidr';
import type { PortRange } from '#lib/network-values';
import { mayReach } from '#lib/public-addresses';

/** Where requests that others chose may go: public addresses, what lies in the ranges, and these ports. */
export interface OutboundRules {
  allowedRanges: readonly AddressRange[];
  ports: readonly PortRange[];
}

const URL_LENGTH_MAX = 2_048;
const LOOPBACK = ['127.0.0.1', '::1'] as const;

/**
 * Why a URL may not be sent to, as the end of a sentence; null when only its name is left to be resolved. An address is
 * judged in whatever spelling it comes, since URL reads decimal, octal, hexadecimal and short ones alike.
 */
export function outboundProblem(text: string, { allowedRanges, ports }: OutboundRules): string | null {
  if (text.length > URL_LENGTH_MAX) return `is longer than ${URL_LENGTH_MAX} characters: use a shorter URL.`;
  // URL drops control characters and spaces around it without a word.
  if (!/^[\x21-\x7e]+$/.test(text)) return 'has characters that must be percent-encoded, or punycode in its host.';
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text))
    return 'is no URL of a web server: use https://example.com/path.';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return 'holds a name or password: leave them out, and verify the signature instead.';
  if (url.hash !== '') return 'has a fragment (#...), which is never sent: remove it.';
  const port = portOf(url);
  if (!ports.some(({ first, last }) => port >= first && port <= last))
    return `uses port ${port}, which is not allowed: use ${portsText(ports)}.`;
  const known = knownAddresses(url.hostname);
  if (known?.every((address) => !mayReach(address, allowedRanges)))
    return 'leads to an address that is not public: use one that can be reached from the internet.';
  if (known === null && !/\./.test(url.hostname.replace(/\.$/, '')) && allowedRanges.length === 0)
    return 'names a host without a domain: use a name such as hooks.example.com.';
  return null;
}

/** The addresses that a host name stands for without asking anybody; null when DNS has to say. */
export function knownAddresses(hostname: string): readonly string[] | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (bare.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(bare)) return [bare];
  return /^(.+\.)?localhost\.?$/i.test(bare) ? LOOPBACK : null;
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function portsText(ports: readonly PortRange[]): string {
  return ports.map(({ first, last }) => (first === last ? String(first) : `${first} to ${last}`)).join(', ');
}
