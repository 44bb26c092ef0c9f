import type { Priceable } from '#core/credits/charge';
import type { PayingKey } from '#core/credits/paying-key';
import { ValidationFailed } from '#core/errors';
import { isStorable } from '#core/names';
import { CREDITS_MAX, UNITS_MAX } from '#core/plans/pricing';
import type { Prisma } from '#generated/prisma/client';
import { canonicalJson } from '#lib/canonical-json';

/** One metered call as a caller describes it. Amounts in micro-credits and micro-units. */
export interface RecordUsageInput extends PayingKey, MeteredCall {}

/** What is said of a call. */
export interface MeteredCall {
  /** A priced operation; may be left out when `credits` is given. */
  operation?: string | null | undefined;
  /** The final price, instead of the operation's. */
  credits?: bigint | null | undefined;
  units?: bigint | null | undefined;
  outcome?: 'SUCCEEDED' | 'FAILED' | null | undefined;
  latencyMs?: number | null | undefined;
  tag?: string | null | undefined;
  metadata?: unknown;
  idempotencyKey: string;
}

export interface CheckedUsage extends Priceable {
  outcome: 'SUCCEEDED' | 'FAILED';
  latencyMs: number | null;
  tag: string | null;
  metadata: Prisma.JsonObject | null;
  idempotencyKey: string;
}

const ONE_UNIT = 1_000_000n;
const LATENCY_MS_MAX = 24 * 3_600_000;
const TAG_LENGTH_MAX = 64;
const METADATA_BYTES_MAX = 4_096;
const OPERATION_LENGTH_MAX = 200;
const REASON_LENGTH_MAX = 200;

/** The input with its defaults. @throws ValidationFailed, naming the field and the fix. */
export function checkUsage(input: MeteredCall): CheckedUsage {
  const { outcome = null, latencyMs = null, tag = null } = input;
  const { operation, credits, units } = checkPriceable(input);
  // Written out here and in debits.ts, where spreads would say the same: made for every call, they cost a third of it.
  return {
    operation,
    credits,
    units,
    outcome: outcome ?? 'SUCCEEDED',
    latencyMs: checkLatency(latencyMs),
    tag: checkTag(tag),
    metadata: checkMetadata(input.metadata ?? null),
    idempotencyKey: input.idempotencyKey,
  };
}

/** @throws ValidationFailed */
export function checkPriceable({ operation = null, credits = null, units = null }: Partial<MeteredCall>): Priceable {
  if (operation === null && credits === null)
    refuse('operation', 'is missing: name a priced operation, or give credits.');
  if (operation !== null && operation.length > OPERATION_LENGTH_MAX)
    refuse('operation', 'is too long to be an operation.');
  checkCredits(credits);
  return { operation, credits, units: checkUnits(units) ?? ONE_UNIT };
}

/** @throws ValidationFailed */
export function checkCredits(credits: bigint | null): bigint | null {
  if (credits !== null && (credits < 0n || credits > CREDITS_MAX))
    refuse('credits', 'must be between 0 and 1000000000000.');
  return credits;
}

/** @throws ValidationFailed */
export function checkUnits(units: bigint | null): bigint | null {
  if (units !== null && (units <= 0n || units > UNITS_MAX)) refuse('units', 'must be above 0 and at most 1000000000.');
  return units;
}

/** @throws ValidationFailed */
export function checkLatency(latencyMs: number | null): number | null {
  if (latencyMs !== null && (!Number.isInteger(latencyMs) || latencyMs < 0 || latencyMs > LATENCY_MS_MAX)) {
    refuse('latencyMs', `must be whole milliseconds between 0 and ${LATENCY_MS_MAX}.`);
  }
  return latencyMs;
}

/** @throws ValidationFailed */
export function checkTag(tag: string | null): string | null {
  if (tag !== null && (tag.length === 0 || tag.length > TAG_LENGTH_MAX || !isStorable(tag))) {
    refuse('tag', `must be 1 to ${TAG_LENGTH_MAX} characters.`);
  }
  return tag;
}

/** @throws ValidationFailed */
export function checkReason(reason: string | null): string | null {
  if (reason !== null && (reason.length > REASON_LENGTH_MAX || !isStorable(reason))) {
    refuse('reason', `is too long: at most ${REASON_LENGTH_MAX} characters of text.`);
  }
  return reason;
}

/** @throws ValidationFailed */
export function checkMetadata(metadata: unknown): Prisma.JsonObject | null {
  if (metadata === null) return null;
  if (typeof metadata !== 'object' || Array.isArray(metadata)) refuse('metadata', 'must be a JSON object.');
  const text = canonicalJson(metadata);
  if (Buffer.byteLength(text) > METADATA_BYTES_MAX)
    refuse('metadata', `is too large: at most ${METADATA_BYTES_MAX} bytes of JSON.`);
  return JSON.parse(text, (key, value: unknown) => {
    const isKept = isStorable(key) && (typeof value !== 'string' || isStorable(value));
    if (!isKept) refuse('metadata', 'has a NUL character or half a character: remove it.');
    return value;
  }) as Prisma.JsonObject;
}

/** @throws ValidationFailed always */
export function refuse(field: string, rule: string): never {
  throw new ValidationFailed(`${field} ${rule}`, ['input', field]);
}
