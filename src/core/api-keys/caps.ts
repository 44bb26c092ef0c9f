import type { ApiKey } from '#generated/prisma/client';
import type { CapPeriod } from '#generated/prisma/enums';

/** The most a key may spend in each window of a kind, in micro-credits. */
export interface Cap {
  period: CapPeriod;
  credits: bigint;
}

const COLUMNS = {
  TOTAL: 'capTotal',
  MONTH: 'capMonth',
  WEEK: 'capWeek',
  DAY: 'capDay',
} as const satisfies Record<CapPeriod, keyof ApiKey>;

const CAP_PERIODS = Object.keys(COLUMNS) as CapPeriod[];

/** The columns that hold a key's caps. */
export type CapColumns = Pick<ApiKey, (typeof COLUMNS)[CapPeriod]>;

/** The caps set on a key itself, the longest window first. */
export function capsOf(key: CapColumns): Cap[] {
  return CAP_PERIODS.flatMap((period) => {
    const credits = key[COLUMNS[period]];
    return credits === null ? [] : [{ period, credits }];
  });
}
