import { divideHalfUp } from '#lib/micro';

/** Largest amount of credits in one request, in micro-credits: a trillion, far from where a BIGINT sum could overflow. */
export const CREDITS_MAX = 1_000_000_000_000n * 1_000_000n;

/** Largest number of units in one call, in micro-units: a billion. */
export const UNITS_MAX = 1_000_000_000n * 1_000_000n;

const MICRO = 1_000_000n;
const PERCENT = 100n;

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
