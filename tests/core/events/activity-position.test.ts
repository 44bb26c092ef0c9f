import { expect, test } from 'vitest';
import { decodePosition, encodePosition } from '#core/events/activity-position';

test('a cursor is read back as it was, and nothing else is one', () => {
  const position = { number: 12n, seq: 9_007_199_254_740_993n };
  expect(decodePosition(encodePosition(position))).toEqual(position);
  const texts = ['', '5', 'a1:1', 'a1:-1:2', 'a1:01:2', 'a2:1:2', 'a1:1:2:3', 'a1:1:9999999999999999999'];
  for (const text of texts) expect(decodePosition(Buffer.from(text).toString('base64url'))).toBeNull();
  expect(decodePosition('12')).toBeNull();
});
