import type {
  AlertCondition,
  AlertFieldsFragment,
  AlertsQuery,
  CapPeriod,
  FiringFieldsFragment,
} from '../../generated/graphql.ts';
import { formatCredits } from '../../ui/amount.tsx';

export type Alert = NonNullable<AlertsQuery['workspace']>['alerts']['edges'][number]['node'];
export type Firing = FiringFieldsFragment;

interface ConditionWords {
  /** In the list to choose from. */
  name: string;
  /** What the threshold is called in the form. */
  asks: string;
  unit: 'credits' | '%' | 'hours';
  hint: string;
}

export const CONDITIONS: Record<AlertCondition, ConditionWords> = {
  BALANCE: {
    name: 'The balance runs low',
    asks: 'Below so many credits',
    unit: 'credits',
    hint: 'What can be spent. Followed call by call.',
  },
  BALANCE_PERCENT: {
    name: 'The balance runs low, of the last grant',
    asks: 'Below so many percent',
    unit: '%',
    hint: 'What can be spent, as a share of what last came in.',
  },
  RUNWAY_HOURS: {
    name: 'The credits run out soon',
    asks: 'In less than so many hours',
    unit: 'hours',
    hint: 'At the recent rate.',
  },
  DAILY_SPEND: {
    name: 'A day costs much',
    asks: 'From so many credits',
    unit: 'credits',
    hint: 'What was spent since midnight, in the time zone of the workspace.',
  },
  MONTHLY_SPEND: {
    name: 'A month costs much',
    asks: 'From so many credits',
    unit: 'credits',
    hint: 'What was spent since the first of the month, in the time zone of the workspace.',
  },
  KEY_CAP_PERCENT: {
    name: 'A key comes near its cap',
    asks: 'From so many percent of a cap',
    unit: '%',
    hint: 'Told for each cap of each key.',
  },
  ERROR_PERCENT: {
    name: 'Many calls fail',
    asks: 'From so many percent of the calls',
    unit: '%',
    hint: 'Declined calls count neither way.',
  },
};

/** A value in the unit of a condition: "12.5 credits", "80 %", "1 hour". */
export function valueText(condition: AlertCondition, value: string): string {
  const { unit } = CONDITIONS[condition];
  const isOne = value === '1' && unit !== '%';
  return `${formatCredits(value)} ${isOne ? unit.slice(0, -1) : unit}`;
}

/** When it fires, as a sentence without its end. */
export function conditionText(alert: AlertFieldsFragment): string {
  const { condition, threshold, apiKey, windowMinutes, callsMin } = alert;
  const value = valueText(condition, threshold);
  switch (condition) {
    case 'BALANCE':
      return `What can be spent falls below ${value}`;
    case 'BALANCE_PERCENT':
      return `What can be spent falls below ${value} of the last grant`;
    case 'RUNWAY_HOURS':
      return `The credits run out in less than ${value}`;
    case 'DAILY_SPEND':
      return `A day’s spend reaches ${value}`;
    case 'MONTHLY_SPEND':
      return `A month’s spend reaches ${value}`;
    case 'KEY_CAP_PERCENT':
      return `${apiKey ? `“${apiKey.name}”` : 'A key'} has used ${value} of a cap`;
    case 'ERROR_PERCENT':
      return `${value} of at least ${callsMin ?? 20} calls fail within ${windowText(windowMinutes ?? 60)}`;
  }
}

/** "45 minutes", "an hour", "6 hours". */
export function windowText(minutes: number): string {
  if (minutes % 60 !== 0) return `${minutes} minutes`;
  return minutes === 60 ? 'an hour' : `${minutes / 60} hours`;
}

const PERIOD_NAMES: Record<CapPeriod, string> = {
  DAY: 'the cap of a day',
  WEEK: 'the cap of a week',
  MONTH: 'the cap of a month',
  TOTAL: 'the cap in total',
};

/** Whose cap it was, for conditions about keys. */
export function subjectText({ apiKey, capPeriod }: Firing): string | null {
  if (capPeriod == null) return null;
  return `${apiKey ? `“${apiKey.name}” …${apiKey.lastFour}, ` : ''}${PERIOD_NAMES[capPeriod]}`;
}

/** Who is mailed, in a few words. */
export function recipientsText(
  { mailedRoles, mailedAddresses, integrations }: AlertFieldsFragment,
  names: Record<string, string>,
): string {
  const roles = mailedRoles.map((role) => `${names[role] ?? role}s`);
  const count = mailedAddresses.length;
  const addresses = count === 0 ? [] : count === 1 ? mailedAddresses : [`${count} addresses`];
  const services = (integrations ?? []).map(({ description, provider }) =>
    description === '' ? (provider ?? 'a service').toLowerCase() : description,
  );
  const all = [...roles, ...addresses, ...services];
  return all.length === 0 ? 'Nobody in particular' : all.join(', ');
}
