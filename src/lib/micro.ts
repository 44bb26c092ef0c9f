/** Decimal text with up to six places <-> integer millionths. The only arithmetic of amounts is on the integers. */

const MICRO_PER_UNIT = 1_000_000n;
const DECIMAL = /^(-?)(\d{1,18})(?:\.(\d{1,6}))?$/;

/** Returns millionths, or null when the text is not a plain decimal with at most six places (no exponent, no sign but a minus). */
export function parseMicro(text: string): bigint | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const micro = BigInt(whole) * MICRO_PER_UNIT + BigInt(fraction.padEnd(6, '0'));
  return sign === '-' ? -micro : micro;
}

/** The shortest decimal text of an amount in millionths: 12500000n -> "12.5". */
export function formatMicro(micro: bigint): string {
  const sign = micro < 0n ? '-' : '';
  const absolute = micro < 0n ? -micro : micro;
  const fraction = (absolute % MICRO_PER_UNIT).toString().padStart(6, '0').replace(/0+$/, '');
  const whole = absolute / MICRO_PER_UNIT;
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** numerator / denominator, half up; both non-negative. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator * 2n + denominator) / (denominator * 2n);
}
