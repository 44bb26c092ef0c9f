import type { Role } from '#core/access/policy';
import { CONDITIONS } from '#core/alerts/conditions';
import { ValidationFailed } from '#core/errors';
import { readMailAddress } from '#core/mail';
import { checkName } from '#core/names';
import type { Alert } from '#generated/prisma/client';
import type { AlertCondition } from '#generated/prisma/enums';
import { formatMicro } from '#lib/micro';

const ADDRESSES_MAX = 10;
/** Errors are counted in quarters of an hour, as usage is summed up. */
const WINDOW_STEP_MINUTES = 15;
const WINDOW_MINUTES_MAX = 24 * 60;
const CALLS_MIN_MAX = 1_000_000;
const DEFAULT_ERRORS = { windowMinutes: 60, callsMin: 20 };

/** All that can be said of an alert and changed later. */
export type AlertSettings = Pick<
  Alert,
  'name' | 'condition' | 'threshold' | 'apiKeyId' | 'windowMinutes' | 'callsMin' | 'mailedRoles' | 'mailedAddresses'
>;

/** As a caller says it. What is left out is not said. */
export interface AlertInput {
  name?: string | null | undefined;
  /** Millionths of the condition's unit. */
  threshold?: bigint | null | undefined;
  /** KEY_CAP_PERCENT only; null for every key. */
  apiKeyId?: string | null | undefined;
  /** ERROR_PERCENT only. */
  windowMinutes?: number | null | undefined;
  /** ERROR_PERCENT only. */
  callsMin?: number | null | undefined;
  mailedRoles?: readonly Role[] | null | undefined;
  mailedAddresses?: readonly string[] | null | undefined;
  /** Of the workspace; null for none. */
  integrationIds?: readonly string[] | null | undefined;
}

/** The settings of a new alert. @throws ValidationFailed, naming the field and the fix. */
export function newSettings(condition: AlertCondition, input: AlertInput): AlertSettings {
  const nothing = { apiKeyId: null, windowMinutes: null, callsMin: null, mailedRoles: [], mailedAddresses: [] };
  const errors = condition === 'ERROR_PERCENT' ? DEFAULT_ERRORS : {};
  return changedSettings(
    { ...nothing, ...errors, condition, name: '', threshold: 0n },
    { ...input, name: input.name ?? '' },
  );
}

/** The settings after what was said; the condition stays. @throws ValidationFailed, naming the field and the fix. */
export function changedSettings(settings: AlertSettings, input: AlertInput): AlertSettings {
  const { condition } = settings;
  const { name, threshold, apiKeyId, mailedRoles, mailedAddresses } = input;
  if (condition !== 'KEY_CAP_PERCENT' && apiKeyId != null)
    refuse('apiKeyId', `is for KEY_CAP_PERCENT only: leave it out for ${condition}.`);
  for (const field of ['windowMinutes', 'callsMin'] as const) {
    if (condition !== 'ERROR_PERCENT' && input[field] != null)
      refuse(field, `is for ERROR_PERCENT only: leave it out for ${condition}.`);
  }
  const said = threshold ?? settings.threshold;
  return {
    condition,
    name: name === undefined ? settings.name : checkName(name ?? ''),
    threshold: checkThreshold(condition, said),
    apiKeyId: apiKeyId === undefined ? settings.apiKeyId : apiKeyId,
    windowMinutes: checkWindow(input.windowMinutes ?? settings.windowMinutes),
    callsMin: checkCallsMin(input.callsMin ?? settings.callsMin),
    mailedRoles: mailedRoles === undefined ? settings.mailedRoles : [...new Set(mailedRoles)],
    mailedAddresses: mailedAddresses === undefined ? settings.mailedAddresses : checkAddresses(mailedAddresses ?? []),
  };
}

/** Settings as events keep them. Without the addresses: events cannot be erased. */
export function describeSettings({ mailedAddresses, threshold, ...settings }: AlertSettings) {
  const { name, condition, apiKeyId, windowMinutes, callsMin, mailedRoles } = settings;
  return {
    name,
    condition,
    threshold: formatMicro(threshold),
    ...(apiKeyId !== null && { apiKeyId }),
    ...(windowMinutes !== null && { windowMinutes }),
    ...(callsMin !== null && { callsMin }),
    mailedRoles,
    mailedAddressCount: mailedAddresses.length,
  };
}

function checkThreshold(condition: AlertCondition, threshold: bigint): bigint {
  const { unit, max } = CONDITIONS[condition];
  if (threshold <= 0n || threshold > max)
    refuse('threshold', `is in ${unit} for ${condition}: give more than 0 and at most ${formatMicro(max)}.`);
  return threshold;
}

function checkWindow(minutes: number | null): number | null {
  if (minutes === null) return null;
  if (minutes < WINDOW_STEP_MINUTES || minutes > WINDOW_MINUTES_MAX || minutes % WINDOW_STEP_MINUTES !== 0)
    refuse(
      'windowMinutes',
      `must be a multiple of ${WINDOW_STEP_MINUTES} from ${WINDOW_STEP_MINUTES} to ${WINDOW_MINUTES_MAX}.`,
    );
  return minutes;
}

function checkCallsMin(calls: number | null): number | null {
  if (calls !== null && (calls < 1 || calls > CALLS_MIN_MAX)) refuse('callsMin', `must be from 1 to ${CALLS_MIN_MAX}.`);
  return calls;
}

function checkAddresses(addresses: readonly string[]): string[] {
  if (addresses.length > ADDRESSES_MAX)
    refuse('mailedAddresses', `has more than ${ADDRESSES_MAX}: give the address of a list instead.`);
  const checked = addresses.map((text) => {
    const address = readMailAddress(text);
    if (address === null) refuse('mailedAddresses', 'has something that is no address: write ada@example.com.');
    return address;
  });
  return [...new Set(checked)];
}

function refuse(field: string, rule: string): never {
  throw new ValidationFailed(`${field} ${rule}`, ['input', field]);
}
