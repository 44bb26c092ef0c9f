import { ValidationFailed } from '#core/errors';
import { CREDITS_MAX } from '#core/plans/pricing';
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

/**
 * The columns for a whole list of caps; those of periods that it does not name are cleared.
 * @throws ValidationFailed for a period named twice and for an amount that is not above 0.
 */
export function capColumns(caps: readonly Cap[]): CapColumns {
  const columns: CapColumns = { capTotal: null, capMonth: null, capWeek: null, capDay: null };
  for (const { period, credits } of caps) {
    const column = COLUMNS[period];
    if (columns[column] !== null) refuse(`names ${period} twice: give each period at most once.`);
    if (credits <= 0n || credits > CREDITS_MAX)
      refuse(`must have credits above 0 and at most 1000000000000; leave ${period} out for no cap.`);
    columns[column] = credits;
  }
  return columns;
}

function refuse(rule: string): never {
  throw new ValidationFailed(`caps ${rule}`, ['input', 'caps']);
}
