import type { LookupGuard } from '#core/access/lookup-guard';
import { RateLimited } from '#core/errors';
import type { WindowCounter } from '#core/quotas/counter';
import { usedAt, WINDOW_MS, windowOf } from '#core/quotas/window';

/** Credentials that one address may send in a minute and that nobody has. */
const WRONG_PER_MINUTE = 30;

/** Bounds guessing: an address that sent too many wrong credentials has none looked up for it. One that is known needs no lookup. */
export class Guesses implements LookupGuard {
  readonly #counter: WindowCounter;
  readonly #name: string;
  readonly #perMinute: number;

  /** @param kind What is guessed, counted apart, and how many wrong ones are let pass; credentials unless given. */
  constructor(counter: WindowCounter, kind = { name: 'guesses', perMinute: WRONG_PER_MINUTE }) {
    this.#counter = counter;
    this.#name = kind.name;
    this.#perMinute = kind.perMinute;
  }

  /** @throws RateLimited when the address has guessed too often. */
  async before(address: string | null): Promise<void> {
    if (address === null) return;
    const at = Date.now();
    const used = usedAt(await this.#counter.add(this.#bucketOf(address), windowOf(at), 0), at);
    if (used >= this.#perMinute) throw new RateLimited(Math.ceil((WINDOW_MS - (at % WINDOW_MS)) / 1_000));
  }

  failed(address: string | null): void {
    if (address !== null) void this.#counter.add(this.#bucketOf(address), windowOf(Date.now()), 1);
  }

  #bucketOf(address: string): string {
    return `${this.#name}:${networkOf(address)}`;
  }
}

/** An IPv6 customer has at least a /64 to choose addresses from. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const isWhole = tail === undefined;
  const network = isWhole ? groups.slice(0, 4) : [...groups, '0', '0', '0', '0'].slice(0, 4);
  return network.join(':');
}
