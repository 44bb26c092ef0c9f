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

  /** Takes for so many calls that these quotas bear; the operation's own where there still is one. @throws RateLimited */
  async takeFor(quotas: readonly Quota[], calls = 1): Promise<Taken> {
    const own = this.#unused;
    this.#unused = null;
    if (!own) return this.#quotas.take(quotas, calls);
    if (calls === 1) return own;
    const others = await this.#quotas.take(quotas, calls - 1);
    return {
      standing: others.standing,
      giveBack(back = calls) {
        others.giveBack(Math.min(back, calls - 1));
        if (back === calls) own.giveBack();
      },
    };
  }
}
