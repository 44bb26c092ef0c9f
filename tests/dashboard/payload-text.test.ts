import { expect, test } from 'vitest';
import { bytesOf, hexOf, prettyJson, sizeText } from '../../src/dashboard/ui/payload-text.ts';

const pretty = (text: string): string | null => prettyJson(text, 10_000);

test('JSON gets a line for each value and loses nothing: long numbers, names that come twice, escapes', () => {
  const sent = '{"id":12345678901234567890,"id":1.0,"a":[],"b":[{}, {"c":"{\\"x\\": [1]}\\u0041"}],"d":null}';
  const shown = pretty(sent) ?? '';
  expect(shown.split('\n').slice(0, 3)).toEqual(['{', '  "id": 12345678901234567890,', '  "id": 1.0,']);
  expect(JSON.parse(shown)).toEqual(JSON.parse(sent));
  expect(shown).toBe(
    '{\n  "id": 12345678901234567890,\n  "id": 1.0,\n  "a": [],\n  "b": [\n    {},\n    {\n      "c": "{\\"x\\": [1]}\\u0041"\n    }\n  ],\n  "d": null\n}',
  );
});

test('what is no JSON, no object and no list is left as it is', () => {
  for (const text of ['', 'a=1&b=2', '{"a":', '12', '"text"']) expect(pretty(text)).toBeNull();
});

test('a body that would blow up when it is indented is cut off or left alone', () => {
  expect(prettyJson('['.repeat(50_000) + ']'.repeat(50_000), 60_000)).toBeNull();
  const wide = `${'['.repeat(90)}${'1,'.repeat(200_000)}1${']'.repeat(90)}`;
  expect(prettyJson(wide, 60_000)?.length).toBeLessThan(61_000);
});

test('bytes are shown with their place, in hexadecimal, and as text where they are plain', () => {
  expect(hexOf(bytesOf(Buffer.from([0xff, 0, 0x41]).toString('base64')))).toMatch(/^000000 {2}ff 00 41 +\.\.A$/);
  expect(hexOf(new Uint8Array(17)).split('\n')[1]).toMatch(/^000010 {2}00 +\.$/);
  expect([1, 1_023, 1_536, 20_480, 5_242_880].map(sizeText)).toEqual([
    '1 byte',
    '1023 bytes',
    '1.5 KiB',
    '20 KiB',
    '5.0 MiB',
  ]);
});
