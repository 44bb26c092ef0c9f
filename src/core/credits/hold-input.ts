import { checkMetadata, checkPriceable, checkTag, refuse } from '#core/credits/usage-input';
import type { HoldOverage } from '#generated/prisma/enums';

/** A hold lives from one second to a day, and for a week with all its extensions. */
const LIFETIME_S_MAX = 86_400;
export const LIFETIME_IN_ALL_MS_MAX = 7 * 86_400_000;
const LIFETIME_S_DEFAULT = 300;

/** Amounts in micro-credits and micro-units. */
export interface HoldInput {
  /** A priced operation; may be left out when `credits` is given. */
  operation?: string | null | undefined;
  /** How many units to set aside for; left out: 1. */
  units?: bigint | null | undefined;
  /** How much to set aside, instead of the operation's price. */
  credits?: bigint | null | undefined;
  /** Left out: 300. */
  seconds?: number | null | undefined;
  /** What a capture above the hold does; left out: REFUSE. */
  overage?: HoldOverage | null | undefined;
  tag?: string | null | undefined;
  metadata?: unknown;
  idempotencyKey: string;
}

/** The input with its defaults. @throws ValidationFailed, naming the field and the fix. */
export function checkHold({ seconds = null, overage = null, tag = null, metadata = null, ...input }: HoldInput) {
  return {
    ...checkPriceable(input),
    seconds: checkSeconds(seconds) ?? LIFETIME_S_DEFAULT,
    overage: overage ?? ('REFUSE' as const),
    tag: checkTag(tag),
    metadata: checkMetadata(metadata),
  };
}

/** @throws ValidationFailed */
export function checkSeconds(seconds: number | null): number | null {
  if (seconds !== null && (!Number.isInteger(seconds) || seconds < 1 || seconds > LIFETIME_S_MAX)) {
    refuse('seconds', `must be whole seconds between 1 and ${LIFETIME_S_MAX}: extendHold prolongs a hold.`);
  }
  return seconds;
}
