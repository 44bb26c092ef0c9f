import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Whose X-Forwarded-For is believed. */
export type TrustedProxies =
  | { kind: 'nobody' }
  | { kind: 'hops'; hops: number }
  | { kind: 'addresses'; ranges: readonly { address: string; prefix: number; family: 'ipv4' | 'ipv6' }[] };

/** Makes the function that names a request's true client: the nearest address that is not a trusted proxy's. */
export function clientAddressReader(trust: TrustedProxies): (request: IncomingMessage) => string | null {
  const isProxy = proxyTest(trust);
  return (request) => {
    const peer = plainAddress(request.socket.remoteAddress ?? '');
    const forwarded =
      request.headers['x-forwarded-for']
        ?.toString()
        .split(',')
        .map((part) => plainAddress(part.trim())) ?? [];
    // Each proxy appends the address it saw, so the list is believed from its end, as far as the proxies go.
    const hops = [peer, ...forwarded.toReversed()];
    const client = hops.find((address, distance) => !isProxy(address, distance)) ?? hops.at(-1) ?? '';
    return isIP(client) === 0 ? peer || null : client;
  };
}

function proxyTest(trust: TrustedProxies): (address: string, distance: number) => boolean {
  switch (trust.kind) {
    case 'nobody':
      return () => false;
    case 'hops':
      return (_address, distance) => distance < trust.hops;
    case 'addresses': {
      const list = new BlockList();
      for (const { address, prefix, family } of trust.ranges) list.addSubnet(address, prefix, family);
      return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
    }
  }
}

/** An IPv4 address that arrived over a dual-stack socket is written plainly. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
