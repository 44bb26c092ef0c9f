import { BlockList, isIP } from 'node:net';
import { expect, test } from 'vitest';
import { isInRanges, parseAddressRange } from '#lib/cidr';

const isIn = (address: string, ...ranges: string[]): boolean =>
  isInRanges(
    address,
    ranges.map((range) => parseAddressRange(range) ?? expect.fail(`${range} is no range`)),
  );

test.each([
  ['192.0.2.7', '192.0.2.0/24', true],
  ['192.0.3.7', '192.0.2.0/24', false],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.8', '192.0.2.7/32', false],
  ['203.0.113.9', '0.0.0.0/0', true],
  ['2001:db8::1', '0.0.0.0/0', false],
  ['2001:db8:1::1', '2001:db8::/32', true],
  ['2001:db9::1', '2001:db8::/32', false],
  ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1', true],
  ['192.0.2.1', '::/0', false],
  ['::ffff:192.0.2.7', '192.0.2.0/24', true],
  ['::ffff:c000:207', '192.0.2.0/24', true],
  ['192.0.2.7', '::ffff:192.0.2.0/120', true],
  ['192.0.3.7', '::ffff:192.0.2.0/120', false],
  ['fe80::1%eth0', 'fe80::/10', true],
  ['192.0.2.7', '192.0.2.99/24', true],
])('%s in %s: %s', (address, range, expected) => {
  expect(isIn(address, range)).toBe(expected);
});

test.each(['', '/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0/8', '10.0.0.0/8/8', '010.0.0.1', '256.0.0.1', '10.0.0.0/08'])(
  '%j is no range',
  (text) => expect(parseAddressRange(text)).toBeNull(),
);

test.each([
  '::1::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8::',
  '::/129',
  ':1',
  'g::',
  '12345::',
  '::1.2.3',
  '1.2.3.4::',
  ':::',
])('%j is no range either', (text) => expect(parseAddressRange(text)).toBeNull());

test('what is no address lies in no range, and no address in no ranges', () => {
  expect(['', 'localhost', '1.2.3', '10.0.0.1/8'].map((text) => isIn(text, '0.0.0.0/0', '::/0'))).not.toContain(true);
  expect(isIn('192.0.2.1')).toBe(false);
});

const random = (below: number): number => Math.floor(Math.random() * below);
const v4 = () => Array.from({ length: 4 }, () => [10, 0, 255, random(256)][random(4)]).join('.');
const v6 = () => {
  const groups = Array.from({ length: 8 }, () => ['0', 'fffe', random(65_536).toString(16)][random(3)]);
  const at = random(7);
  return random(2) === 0 ? groups.join(':') : `${groups.slice(0, at).join(':')}::${groups.slice(at + 2).join(':')}`;
};

test('it agrees with the platform’s own list of blocks on a thousand random questions', () => {
  const disagreements: string[] = [];
  for (let round = 0; round < 1_000; round++) {
    const [make, bits, family] = round % 2 === 0 ? ([v4, 32, 'ipv4'] as const) : ([v6, 128, 'ipv6'] as const);
    const [net, address, prefix] = [make(), make(), random(bits + 1)];
    const list = new BlockList();
    list.addSubnet(net, prefix, family);
    const expected = isIP(address) !== 0 && list.check(address, family);
    if (isIn(address, `${net}/${prefix}`) !== expected) disagreements.push(`${address} in ${net}/${prefix}`);
  }
  expect(disagreements).toEqual([]);
});
