import { DomainError } from '#core/errors';
import type { LedgerEntry } from '#generated/prisma/client';
import { formatMicro } from '#lib/micro';

/** A call that the balance did not cover, with the entry that logged it. */
export class InsufficientCredits extends DomainError {
  readonly code = 'INSUFFICIENT_CREDITS';
  readonly entry: LedgerEntry;
  readonly replayed: boolean;

  constructor({ entry, replayed }: { entry: LedgerEntry; replayed: boolean }) {
    super(
      `This call costs ${formatMicro(entry.price)} credits and ${formatMicro(entry.availableAfter)} are available: add credits, then retry with a new idempotency key.`,
    );
    this.entry = entry;
    this.replayed = replayed;
  }
}
