import { capWindow } from '#core/credits/caps';
import { DomainError } from '#core/errors';
import type { LedgerEntry } from '#generated/prisma/client';
import type { CapPeriod } from '#generated/prisma/enums';
import { formatMicro } from '#lib/micro';

/** A call that a cap of its key forbade, with the entry that logged it. Amounts are micro-credits. */
export class KeyLimitExceeded extends DomainError {
  readonly code = 'KEY_LIMIT_EXCEEDED';
  readonly entry: LedgerEntry;
  readonly replayed: boolean;
  readonly period: CapPeriod;
  readonly cap: bigint;
  /** What counted towards the cap when it was decided. */
  readonly spent: bigint;
  /** When the window ends and the count begins again; null for TOTAL. */
  readonly resetsAt: Date | null;
  /** The key whose cap it is: the one that spends, or the one that made it. */
  readonly capApiKeyId: string;

  /** Everything is read from the entry, so that a replay says the very same. */
  constructor({ entry, replayed }: { entry: LedgerEntry; replayed: boolean }) {
    const { apiKeyId, capApiKeyId, capPeriod, capCredits, capSpent } = entry;
    if (capApiKeyId === null || capPeriod === null || capCredits === null || capSpent === null) {
      throw new Error(`Entry ${entry.seq} was declined by no cap`);
    }
    const { until } = capWindow(capPeriod, entry.createdAt);
    const whose = capApiKeyId === apiKeyId ? 'This API key' : 'The API key that made this one, with all it made,';
    const way = until ? `raise the cap or wait until ${until.toISOString()}` : 'raise the cap';
    super(
      `${whose} may spend ${formatMicro(capCredits)} credits ${WINDOWS[capPeriod]} and has spent ${formatMicro(capSpent)}; this call costs ${formatMicro(entry.price)}: ${way}, then retry with a new idempotency key.`,
    );
    this.entry = entry;
    this.replayed = replayed;
    this.period = capPeriod;
    this.cap = capCredits;
    this.spent = capSpent;
    this.resetsAt = until;
    this.capApiKeyId = capApiKeyId;
  }
}

const WINDOWS: Record<CapPeriod, string> = {
  TOTAL: 'in total',
  DAY: 'a day (UTC)',
  WEEK: 'a week (from Monday, UTC)',
  MONTH: 'a month (UTC)',
};
