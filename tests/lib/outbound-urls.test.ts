import { expect, test } from 'vitest';
import { checkOutboundUrl } from '#core/outbound';
import { parseAddressRange } from '#lib/cidr';
import { outboundProblem } from '#lib/outbound-urls';
import { isPublicAddress } from '#lib/public-addresses';

const ports = [80, 443].map((port) => ({ first: port, last: port }));
const rules = { allowedRanges: [], ports };

// Loopback, private, link-local and other special addresses in every spelling that a URL parser reads.
const SPELLINGS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '0x7f000001',
  '0x7f.1',
  '0X7F.0.0.0x1',
  '2130706433',
  '017700000001',
  '0177.0.0.01',
  '127.0.0.1.',
  '127.255.255.254',
  '0',
  '0.0.0.0',
  '10.0.0.1',
  '10.1',
  '0xa000001',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '3232235521',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '100.64.0.1',
  '192.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '%31%32%37.0.0.1',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'app.localhost',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:a9fe:a9fe]',
  '[::ffff:8.8.8.8]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[2001:db8::1]',
  '[2001:470::5efe:7f00:1]',
  '[2001:470::200:5efe:7f00:1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[100::1]',
  '[4000::1]',
];

test.each(SPELLINGS)('refuses http://%s, in every place a URL may have it', (host) => {
  for (const url of [`http://${host}`, `https://${host}/hook`, `http://${host}:443/?x=1`])
    expect(outboundProblem(url, rules)).toMatch(/not public/);
});

test.each([
  'http://①②⑦.0.0.1/',
  'http://[fe80::1%25eth0]/',
  'http://[::1%lo]/',
  'http://256.256.256.256/',
  'http://user@example.com/',
  'http://user:password@example.com/',
  'http://:password@example.com/',
  'http://example.com:22/',
  'https://example.com:8443/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'gopher://example.com/',
  '//example.com/',
  'https:example.com',
  'https:///example.com',
  'http://example.com/#fragment',
  'http://exa mple.com/',
  ' http://example.com/',
  'http://example.com/\n',
  'http://example.com/\u0000',
  'http://intranet/',
  'http://',
  '',
  `https://example.com/${'x'.repeat(2_048)}`,
])('refuses %j with what to do', (url) => {
  expect(outboundProblem(url, rules)).toMatch(/^(is|has|holds|uses|names) .+[:,] .+\.$/);
});

test('takes what can be reached from the internet', () => {
  for (const url of [
    'https://example.com',
    'http://example.com/hook?x=1',
    'https://example.com:443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://xn--bcher-kva.example/',
    `https://example.com/${'x'.repeat(2_000)}`,
  ])
    expect(outboundProblem(url, rules)).toBeNull();
});

test('an operator may allow private ranges and other ports, and nothing beyond them', () => {
  const allowedRanges = [parseAddressRange('10.1.0.0/16')!, parseAddressRange('fd00::/8')!];
  const wider = { allowedRanges, ports: [{ first: 8_000, last: 8_999 }] };
  expect(outboundProblem('http://10.1.2.3:8080/', wider)).toBeNull();
  expect(outboundProblem('http://[fd00::1]:8080/', wider)).toBeNull();
  expect(outboundProblem('http://intranet:8080/', wider)).toBeNull();
  expect(outboundProblem('http://10.2.2.3:8080/', wider)).toMatch(/not public/);
  expect(outboundProblem('http://127.0.0.1:8080/', wider)).toMatch(/not public/);
  expect(outboundProblem('http://10.1.2.3/', wider)).toMatch(/port 80, .*8000 to 8999/);
});

test('what is no address is not public', () => {
  for (const text of ['', 'example.com', '1.2.3', '1.2.3.4.5', '::g', '2606:4700::1111%1'])
    expect(isPublicAddress(text)).toBe(false);
});

test('a refusal names the field', () => {
  const outbound = { problemOf: (url: string) => outboundProblem(url, rules) };
  expect(checkOutboundUrl(outbound, 'https://EXAMPLE.com', ['input', 'url'])).toBe('https://example.com/');
  expect(() => checkOutboundUrl(outbound, 'http://127.1/', ['input', 'url'])).toThrow(/^url leads to an address/);
});
