import { divideHalfUp, formatMicro } from '#lib/micro';

/** Largest amount of credits in one request, in micro-credits: a trillion, far from where a BIGINT sum could overflow. */
export const CREDITS_MAX = 1_000_000_000_000n * 1_000_000n;

/** Largest number of units in one call, in micro-units: a billion. */
export const UNITS_MAX = 1_000_000_000n * 1_000_000n;

const MICRO = 1_000_000n;
const PERCENT = 100n;
/** Micro-credits, of micro-units, in percent. */
const EXACT_PLACES = 6 + 6 + 2;

export interface PricedUnits {
  /** Micro-credits for one unit. */
  basePrice: bigint;
  /** Micro-units. */
  units: bigint;
  /** Whole percent, 0 to 100. */
  discountPercent: number;
}

/** Price of a call in micro-credits: exact until the end, then rounded once, half up. */
export function priceOf({ basePrice, units, discountPercent }: PricedUnits): bigint {
  return divideHalfUp(basePrice * units * (PERCENT - BigInt(discountPercent)), MICRO * PERCENT);
}

/** The price of a call before rounding, as a decimal text with up to 14 places; what was given as credits is that. */
export function exactPriceOf({
  basePrice,
  units,
  discountPercent,
  price,
}: {
  basePrice: bigint | null;
  units: bigint | null;
  discountPercent: number;
  price: bigint;
}): string {
  if (basePrice === null || units === null) return formatMicro(price);
  if (priceOf({ basePrice, units, discountPercent }) !== price) return formatMicro(price);
  const digits = String(basePrice * units * (PERCENT - BigInt(discountPercent))).padStart(EXACT_PLACES + 1, '0');
  return `${digits.slice(0, -EXACT_PLACES)}.${digits.slice(-EXACT_PLACES)}`.replace(/\.?0+$/, '');
}
