import type { Decided } from '#core/credits/command';
import { InsufficientCredits } from '#core/credits/insufficient-credits';
import { KeyLimitExceeded } from '#core/credits/key-limit-exceeded';

/** What was decided. @throws InsufficientCredits, KeyLimitExceeded when it was declined */
export function unlessDeclined<Answer extends Decided>(decided: Answer): Answer {
  const { declineReason } = decided.entry;
  if (declineReason === 'KEY_LIMIT_EXCEEDED') throw new KeyLimitExceeded(decided);
  if (declineReason === 'INSUFFICIENT_CREDITS') throw new InsufficientCredits(decided);
  return decided;
}
