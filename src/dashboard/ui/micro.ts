const PLACES = 6;

/** A decimal string of credits as whole micro-credits: what pages add and compare must not be rounded. */
export function microOf(text: string): bigint {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  const micro = BigInt(`${whole || '0'}${fraction.slice(0, PLACES).padEnd(PLACES, '0')}`);
  return sign === '-' ? -micro : micro;
}

export function textOfMicro(micro: bigint): string {
  const digits = String(micro < 0n ? -micro : micro).padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return `${micro < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** An amount for a glance, rounded half up to so many places; what is exact stands beside it or in its title. */
export function roundCredits(text: string, places: number): string {
  const unit = 10n ** BigInt(PLACES - places);
  const micro = microOf(text);
  const size = ((micro < 0n ? -micro : micro) + unit / 2n) / unit;
  return textOfMicro((micro < 0n ? -size : size) * unit);
}

/** Whether two decimals are the same number, however many zeros they end with. */
export function isSameAmount(one: string, other: string): boolean {
  return withoutZeros(one) === withoutZeros(other);
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
