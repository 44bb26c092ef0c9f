import type { AlertCondition } from '#generated/prisma/enums';
import { formatMicro } from '#lib/micro';

const MICRO = 1_000_000n;
const CREDITS_MAX = 1_000_000_000_000n * MICRO;
const PERCENT_MAX = 100n * MICRO;
const YEAR_HOURS = 8_760n * MICRO;

/** What a condition compares, and how it is said. Thresholds and values are millionths of its unit. */
export interface ConditionRule {
  unit: 'credits' | 'percent' | 'hours';
  /** On which side of the threshold it is true: below it, or from it on. */
  side: 'BELOW' | 'FROM';
  max: bigint;
  /** Whether it follows from each decision alone; the others change with the clock too. */
  isAlongLedger: boolean;
  /** What is compared, as the beginning of a sentence. */
  says: string;
}

/** Every condition, once: what is here is all that a condition is but for how its value is read (readings.ts). */
export const CONDITIONS: Readonly<Record<AlertCondition, ConditionRule>> = {
  BALANCE: {
    unit: 'credits',
    side: 'BELOW',
    max: CREDITS_MAX,
    isAlongLedger: true,
    says: 'What can be spent',
  },
  BALANCE_PERCENT: {
    unit: 'percent',
    side: 'BELOW',
    max: PERCENT_MAX,
    isAlongLedger: true,
    says: 'What can be spent, of the last grant,',
  },
  RUNWAY_HOURS: {
    unit: 'hours',
    side: 'BELOW',
    max: YEAR_HOURS,
    isAlongLedger: false,
    says: 'The time until the credits run out',
  },
  DAILY_SPEND: {
    unit: 'credits',
    side: 'FROM',
    max: CREDITS_MAX,
    isAlongLedger: false,
    says: 'What was spent today',
  },
  MONTHLY_SPEND: {
    unit: 'credits',
    side: 'FROM',
    max: CREDITS_MAX,
    isAlongLedger: false,
    says: 'What was spent this month',
  },
  KEY_CAP_PERCENT: {
    unit: 'percent',
    side: 'FROM',
    max: PERCENT_MAX,
    isAlongLedger: false,
    says: 'What a key has used of its cap',
  },
  ERROR_PERCENT: {
    unit: 'percent',
    side: 'FROM',
    max: PERCENT_MAX,
    isAlongLedger: false,
    says: 'The share of calls that failed',
  },
};

/** How far back over its threshold a value must be before the alert can fire again: a twentieth of it. */
const HYSTERESIS = 20n;

/** Whether the condition is true of a value; of one that is not there it is not. */
export function isTrueOf(condition: AlertCondition, value: bigint | null, threshold: bigint): boolean {
  if (value === null) return false;
  return CONDITIONS[condition].side === 'BELOW' ? value < threshold : value >= threshold;
}

/** Whether a firing is over. Between this and the threshold nothing changes, so what hovers around it is told once. */
export function isOverAt(condition: AlertCondition, value: bigint | null, threshold: bigint): boolean {
  if (value === null) return true;
  return CONDITIONS[condition].side === 'BELOW'
    ? value >= overFrom(threshold)
    : value < threshold - ceilingOf(threshold, HYSTERESIS);
}

/** From which value on a firing of what is below its threshold is over. */
export function overFrom(threshold: bigint): bigint {
  return threshold + ceilingOf(threshold, HYSTERESIS);
}

/** A value of a condition for people: "12.5 credits". */
function formatValue(condition: AlertCondition, value: bigint): string {
  const { unit } = CONDITIONS[condition];
  return unit === 'percent' ? `${formatMicro(value)} %` : `${formatMicro(value)} ${unit}`;
}

/** What a firing says, as a sentence: "What can be spent is 699 credits, below 700 credits." */
export function sayCrossing(
  condition: AlertCondition,
  { value, threshold }: { value: bigint; threshold: bigint },
): string {
  return `${CONDITIONS[condition].says} is ${formatValue(condition, value)}, ${sayBound(condition, threshold)}.`;
}

/** On which side of which threshold: "below 700 credits". */
export function sayBound(condition: AlertCondition, threshold: bigint): string {
  const side = CONDITIONS[condition].side === 'BELOW' ? 'below' : 'at or above';
  return `${side} ${formatValue(condition, threshold)}`;
}

function ceilingOf(amount: bigint, parts: bigint): bigint {
  return (amount + parts - 1n) / parts;
}
