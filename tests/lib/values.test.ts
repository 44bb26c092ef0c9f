import { assert, bigInt, dictionary, jsonValue, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { cancellable } from '#lib/cancellable';
import { canonicalJson } from '#lib/canonical-json';
import { divideHalfUp, formatMicro, parseMicro } from '#lib/micro';

test('every amount is read back from its text as it was', () => {
  const amounts = bigInt({ min: -(10n ** 23n), max: 10n ** 23n });
  assert(property(amounts, (micro) => parseMicro(formatMicro(micro)) === micro));
});

test.each(['', '.5', '5.', '1e3', '1e30', '+1', ' 1', '1 ', '1,5', '0x10', 'NaN', '0.0000001', '--1', '١', '1\n'])(
  '%j is no amount',
  (text) => expect(parseMicro(text)).toBeNull(),
);

test('division rounds half up, exactly', () => {
  assert(
    property(bigInt({ min: 0n, max: 10n ** 30n }), bigInt({ min: 1n, max: 10n ** 9n }), (numerator, denominator) => {
      const doubled = 2n * (divideHalfUp(numerator, denominator) * denominator - numerator);
      return -denominator < doubled && doubled <= denominator;
    }),
  );
});

test('canonical JSON means the same value and does not depend on the order of keys', () => {
  assert(
    property(dictionary(string(), jsonValue()), (value) => {
      const text = canonicalJson(value);
      const reversed = Object.fromEntries(Object.entries(value).toReversed());
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed)).toBe(text);
    }),
  );
});

test('an idle iterator ends as soon as it is told to, and cleans up after itself', async () => {
  let isClean = false;
  const iterator = cancellable<number>(async function* (signal) {
    try {
      yield 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    } finally {
      isClean = true;
    }
  });
  await iterator.next();
  const idle = iterator.next();
  expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
  expect(await idle).toEqual({ done: true, value: undefined });
  expect(isClean).toBe(true);
});
