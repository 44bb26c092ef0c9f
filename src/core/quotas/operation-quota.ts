import type { Quota } from '#core/access/actor';
import type { Quotas, Taken } from '#core/quotas/quotas';

/** What one operation takes: one for being asked, which its first metered call uses, and one more for each further call. */
export class OperationQuota {
  readonly #quotas: Quotas;
  #unused: Taken | null;

  /** @param taken What the operation took when it came; null for those who have no quota. */
  constructor(quotas: Quotas, taken: Taken | null) {
    this.#quotas = quotas;
    this.#unused = taken;
  }

  /** Gives the operation's own back: it was answered before. */
  giveBack(): void {
    this.#unused?.giveBack();
  }

  /** Takes for one call that these quotas bear; the operation's own where there still is one. @throws RateLimited */
  async takeFor(quotas: readonly Quota[]): Promise<Taken> {
    const taken = this.#unused;
    this.#unused = null;
    return taken ?? this.#quotas.take(quotas);
  }
}
