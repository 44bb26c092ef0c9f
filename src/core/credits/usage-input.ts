import { ValidationFailed } from '#core/errors';
import { isStorable } from '#core/names';
import { CREDITS_MAX, UNITS_MAX } from '#core/plans/pricing';
import type { Prisma } from '#generated/prisma/client';
import { canonicalJson } from '#lib/canonical-json';

/** One metered call as a caller describes it. Amounts in micro-credits and micro-units. */
export interface RecordUsageInput {
  /** The key that spends. */
  apiKeyId: string;
  /** Which of its secrets an operator was sent, so that one that ended meanwhile spends nothing. Not hashed: a retry may send another. */
  secretId?: string | null | undefined;
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

export interface CheckedUsage {
  operation: string | null;
  credits: bigint | null;
  units: bigint;
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

/** The input with its defaults. @throws ValidationFailed, naming the field and the fix. */
export function checkUsage(input: RecordUsageInput): CheckedUsage {
  const { operation = null, credits = null, units = null, outcome = null, latencyMs = null, tag = null } = input;
  if (operation === null && credits === null)
    refuse('operation', 'is missing: name a priced operation, or give credits.');
  if (operation !== null && operation.length > OPERATION_LENGTH_MAX)
    refuse('operation', 'is too long to be an operation.');
  if (credits !== null && (credits < 0n || credits > CREDITS_MAX))
    refuse('credits', 'must be between 0 and 1000000000000.');
  if (units !== null && (units <= 0n || units > UNITS_MAX)) refuse('units', 'must be above 0 and at most 1000000000.');
  if (latencyMs !== null && (!Number.isInteger(latencyMs) || latencyMs < 0 || latencyMs > LATENCY_MS_MAX)) {
    refuse('latencyMs', `must be whole milliseconds between 0 and ${LATENCY_MS_MAX}.`);
  }
  if (tag !== null && (tag.length === 0 || tag.length > TAG_LENGTH_MAX || !isStorable(tag))) {
    refuse('tag', `must be 1 to ${TAG_LENGTH_MAX} characters.`);
  }
  return {
    operation,
    credits,
    units: units ?? ONE_UNIT,
    outcome: outcome ?? 'SUCCEEDED',
    latencyMs,
    tag,
    metadata: checkMetadata(input.metadata ?? null),
    idempotencyKey: input.idempotencyKey,
  };
}

function checkMetadata(metadata: unknown): Prisma.JsonObject | null {
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

function refuse(field: string, rule: string): never {
  throw new ValidationFailed(`${field} ${rule}`, ['input', field]);
}
