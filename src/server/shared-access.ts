import { LRUCache } from 'lru-cache';
import type { Access } from '#core/access/access';
import { DomainError, Unavailable } from '#core/errors';
import { type Bus, isNews } from '#core/events/bus';

const CREDENTIALS_MAX = 50_000;

/** A change that no hint told of is seen after this long, as by the feed's poll. */
const TTL_MS = 1_000;

/**
 * Who each credential is now and what it may do, read once for all streams and sockets that it opened: a thousand that
 * hear of one revocation must not ask a thousand times. Whatever is told of rights or sessions empties it.
 */
export class SharedAccess {
  readonly #known = new LRUCache<string, Promise<Access>>({ max: CREDENTIALS_MAX, ttl: TTL_MS });
  readonly #unsubscribe: () => void;

  constructor(bus: Bus) {
    this.#unsubscribe = bus.subscribe((hint) => {
      if (!isNews(hint)) this.#known.clear();
    });
  }

  /**
   * What `read` says, or said to somebody else since the last change. A refusal is remembered like any answer; that the
   * database is away is none.
   */
  of(credential: string, read: () => Promise<Access>): Promise<Access> {
    const known = this.#known.get(credential);
    if (known) return known;
    const access = read();
    this.#known.set(credential, access);
    access.catch((error: unknown) => {
      const isAnswer = error instanceof DomainError && !(error instanceof Unavailable);
      if (!isAnswer && this.#known.get(credential) === access) this.#known.delete(credential);
    });
    return access;
  }

  close(): void {
    this.#unsubscribe();
  }
}
