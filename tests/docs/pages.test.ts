import { execFileSync } from 'node:child_process';
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

const run = (text: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' }).trim();

test('the program that tells a key from a look-alike runs as printed', () => {
  const [, program = ''] = /```js\n([^]+?)\n```/.exec(page) ?? [];
  const { text } = mintSecret('cp_live_');
  expect(run(program)).toBe('true');
  expect(run(program.replace(example['text'] ?? '', text))).toBe('true');
  expect(run(program.replace(example['text'] ?? '', `${text.slice(0, -1)}_`))).toBe('false');
});

const cell = (field: string): string => (example[field] ?? '').replaceAll('\\|', '|');

test('the rules for gitleaks and GitHub find what the expression finds', () => {
  const [, gitleaks = ''] = /^regex = '''(.+)'''$/m.exec(page) ?? [];
  // RE2 writes the ends of the text as \\A and \\z.
  const github = `(?:${cell('Before secret').replace('\\A', '^')})(${cell('Secret format')})(?:${cell('After secret').replace('\\z', '$')})`;
  for (const prefix of ['cp_live_', 'cp_test_', 'cp_op_'] as const) {
    const { text } = mintSecret(prefix);
    for (const rule of [gitleaks, github]) {
      for (const around of [text, `key=${text}`, `"${text}"`]) expect(new RegExp(rule).exec(around)?.[1]).toBe(text);
      expect(new RegExp(rule).exec(`${text}x`)).toBeNull();
    }
  }
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
