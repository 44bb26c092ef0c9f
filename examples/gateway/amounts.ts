/** Amounts as whole millionths: decimal strings cannot be added, and floats cannot be trusted. */
const MICRO_DIGITS = 6;
const MICRO = 10n ** BigInt(MICRO_DIGITS);

export function parseAmount(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * MICRO + BigInt(fraction.padEnd(MICRO_DIGITS, '0'));
}

export function formatAmount(micro: bigint): string {
  const fraction = String(micro % MICRO)
    .padStart(MICRO_DIGITS, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(micro / MICRO) : `${micro / MICRO}.${fraction}`;
}

/** Price of so many units, rounded half up to the millionth. */
export function multiply(price: bigint, units: bigint): bigint {
  return (price * units + MICRO / 2n) / MICRO;
}
