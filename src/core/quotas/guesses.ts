import type { LookupGuard } from '#core/access/lookup-guard';
import { RateLimited } from '#core/errors';
import type { WindowCounter } from '#core/quotas/counter';
import { usedAt, WINDOW_MS, windowOf } from '#core/quotas/window';

/** Credentials that one address may send in a minute and that nobody has. */
const WRONG_PER_MINUTE = 30;

/** Bounds guessing: an address that sent too many wrong credentials has none looked up for it. One that is known needs no lookup. */
export class Guesses implements LookupGuard {
  readonly #counter: WindowCounter;

  constructor(counter: WindowCounter) {
    this.#counter = counter;
  }

  /** @throws RateLimited when the address has guessed too often. */
  async before(address: string | null): Promise<void> {
    if (address === null) return;
    const at = Date.now();
    const used = usedAt(await this.#counter.add(bucketOf(address), windowOf(at), 0), at);
    if (used >= WRONG_PER_MINUTE) throw new RateLimited(Math.ceil((WINDOW_MS - (at % WINDOW_MS)) / 1_000));
  }

  failed(address: string | null): void {
    if (address !== null) void this.#counter.add(bucketOf(address), windowOf(Date.now()), 1);
  }
}

/** An IPv6 customer has at least a /64 to choose addresses from. */
function bucketOf(address: string): string {
  if (!address.includes(':')) return `guesses:${address}`;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const isWhole = tail === undefined;
  const network = isWhole ? groups.slice(0, 4) : [...groups, '0', '0', '0', '0'].slice(0, 4);
  return `guesses:${network.join(':')}`;
}
