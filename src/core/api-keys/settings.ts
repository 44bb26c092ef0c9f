import { type Scope, SCOPES } from '#core/access/policy';
import { type Cap, type CapColumns, capColumns, capsOf } from '#core/api-keys/caps';
import { now } from '#core/db';
import { ValidationFailed } from '#core/errors';
import { checkName } from '#core/names';
import type { ApiKey } from '#generated/prisma/client';
import { parseAddressRange } from '#lib/cidr';
import { formatMicro } from '#lib/micro';

/** What can be said of a key when it is created and changed later. */
export type KeySettings = CapColumns &
  Pick<ApiKey, 'name' | 'scopes' | 'expiresAt' | 'allowedAddresses' | 'requestsPerMinute'>;

/** As a caller says it. What is left out is not said; null clears what can be without. */
export interface SettingsInput {
  name?: string | null | undefined;
  scopes?: readonly string[] | null | undefined;
  expiresAt?: Date | null | undefined;
  allowedAddresses?: readonly string[] | null | undefined;
  /** All caps of the key; at most one of each period. Micro-credits. */
  caps?: readonly Cap[] | null | undefined;
  requestsPerMinute?: number | null | undefined;
}

const ADDRESSES_MAX = 50;
const REQUESTS_PER_MINUTE_MAX = 1_000_000;

/**
 * The columns for what was said. That a time lies ahead is for `requireAhead`, since a repeated request may come later.
 * @throws ValidationFailed, naming the field and the fix.
 */
export function checkSettings(input: SettingsInput): Partial<KeySettings> {
  const { name, scopes, expiresAt, allowedAddresses, caps, requestsPerMinute } = input;
  return {
    ...(name !== undefined && { name: checkName(name ?? '') }),
    ...(scopes !== undefined && { scopes: checkScopes(scopes ?? []) }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(allowedAddresses !== undefined && { allowedAddresses: checkAddresses(allowedAddresses ?? []) }),
    ...(caps !== undefined && capColumns(caps ?? [])),
    ...(requestsPerMinute !== undefined && { requestsPerMinute: checkRate(requestsPerMinute) }),
  };
}

/** @throws ValidationFailed for a time that is over. */
export function requireAhead(expiresAt: Date | null | undefined): void {
  if (expiresAt && expiresAt <= now()) refuse('expiresAt', 'is in the past: give a future time or leave it out.');
}

/** Settings as events keep them: dates and amounts as texts. */
export function describeSettings({
  name,
  scopes,
  expiresAt,
  allowedAddresses,
  requestsPerMinute,
  ...key
}: KeySettings) {
  const caps = Object.fromEntries(capsOf(key).map(({ period, credits }) => [period, formatMicro(credits)]));
  return { name, scopes, expiresAt: expiresAt?.toISOString() ?? null, allowedAddresses, caps, requestsPerMinute };
}

function checkScopes(scopes: readonly string[]): Scope[] {
  if (scopes.length === 0) refuse('scopes', 'is empty: leave it out for the default or name at least one.');
  const isKnown = scopes.every((scope) => (SCOPES as readonly string[]).includes(scope));
  if (!isKnown) refuse('scopes', `has an unknown scope. Known scopes: ${SCOPES.join(', ')}.`);
  return SCOPES.filter((scope) => scopes.includes(scope));
}

function checkAddresses(addresses: readonly string[]): string[] {
  if (addresses.length > ADDRESSES_MAX) refuse('allowedAddresses', `has more than ${ADDRESSES_MAX} ranges: join some.`);
  const bad = addresses.some((address) => parseAddressRange(address) === null);
  if (bad)
    refuse('allowedAddresses', 'has something that is no range: write 203.0.113.0/24, 2001:db8::/32 or an address.');
  return [...new Set(addresses)];
}

function checkRate(rate: number | null): number | null {
  if (rate !== null && (!Number.isInteger(rate) || rate < 1 || rate > REQUESTS_PER_MINUTE_MAX)) {
    refuse('requestsPerMinute', `must be a whole number from 1 to ${REQUESTS_PER_MINUTE_MAX}.`);
  }
  return rate;
}

/** Answers a field that can never be accepted. @throws ValidationFailed, always. */
export function refuse(field: string, rule: string): never {
  throw new ValidationFailed(`${field} ${rule}`, ['input', field]);
}
