import { ValidationFailed } from '#core/errors';
import type { LedgerEntry } from '#generated/prisma/client';

/** Which calls; all conditions must hold. Ids as they are stored. */
export interface UsageFilter {
  apiKeyId?: string | null | undefined;
  memberId?: string | null | undefined;
  operation?: string | null | undefined;
  outcome?: LedgerEntry['outcome'] | null | undefined;
  tag?: string | null | undefined;
  /** From then on, and before then. */
  since?: Date | null | undefined;
  until?: Date | null | undefined;
}

/** Conditions on the sums of usage, as those are stored. */
export interface StoredUsageFilter {
  apiKeyId?: string | null;
  memberId?: string | null;
  operation?: string | null;
  outcome?: LedgerEntry['outcome'] | null;
  tag?: string | null;
}

/** The same filter with nothing in it that no call could match. @throws ValidationFailed */
export function checkFilter(filter: UsageFilter | null | undefined): UsageFilter {
  const { since, until, ...texts } = filter ?? {};
  for (const name of ['operation', 'tag'] as const) {
    if (texts[name]?.includes('\0')) {
      throw new ValidationFailed(`${name} has a NUL character: remove it.`, ['filter', name]);
    }
  }
  if (since && until && since >= until) {
    throw new ValidationFailed('until is not after since: swap them, or leave one out.', ['filter', 'until']);
  }
  return filter ?? {};
}

/** What a filter asks of the sums of usage. */
export function storedConditions({ apiKeyId, memberId, operation, outcome, tag }: UsageFilter): StoredUsageFilter {
  return {
    apiKeyId: apiKeyId ?? null,
    memberId: memberId ?? null,
    operation: operation || null,
    outcome: outcome ?? null,
    tag: tag ? `=${tag}` : null,
  };
}
