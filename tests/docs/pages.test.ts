import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { mintSecret, readSecretPrefix } from '#core/access/secret';
import { renderPolicyPage } from './policy-page.ts';

test('the page of permissions is what the policy says', async () => {
  await expect(renderPolicyPage()).toMatchFileSnapshot('../../docs/policy.md');
});

const page = readFileSync('docs/api-keys.md', 'utf8');
const cells = Array.from(
  page.matchAll(/^\| ([^|]+?) +\| `([^`]+)` +\|$/gm),
  ([, name, value]) => [name, value] as const,
);
const example = Object.fromEntries(cells) as Record<string, string>;

test('the worked example of a key is one that the product accepts', () => {
  const text = example['text'] ?? '';
  expect(readSecretPrefix(text)).toBe('cp_test_');
  expect(example['without the checksum']).toBe(text.slice(0, -6));
  expect(example['CRC-32']).toBe(String(crc32(text.slice(0, -6))));
  expect(example['in base 62']).toBe(text.slice(-6));
});

test('the expression for scanners finds every kind of key in running text and nothing longer', () => {
  const [, source = ''] = /```regex\n(.+)\n```/.exec(page) ?? [];
  const scanner = new RegExp(source, 'g');
  for (const prefix of ['cp_live_', 'cp_test_', 'cp_op_'] as const) {
    const { text } = mintSecret(prefix);
    expect(`token="${text}",`.match(scanner)).toEqual([text]);
    expect(`${text}x`.match(scanner)).toBeNull();
    expect(page).toContain(`\`${prefix}\``);
  }
});
