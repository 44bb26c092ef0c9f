import { LRUCache } from 'lru-cache';
import type { Bus } from '#core/events/bus';

const WATCHED_MAX = 50_000;

/** Longer cannot be waited for by one timer; whoever is connected that long is asked now and then. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Tells the bus when a credential that was let in ends by itself: no write will tell its streams and sockets. */
export class Endings {
  readonly #bus: Bus;
  readonly #timers = new LRUCache<string, { at: number; timer: NodeJS.Timeout }>({
    max: WATCHED_MAX,
    dispose: ({ timer }) => clearTimeout(timer),
  });

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Watches one credential, under a name of the caller's; a later call for the name replaces an earlier one. */
  watch(name: string, { workspaceId, at }: { workspaceId: string; at: Date | null }): void {
    if (at?.getTime() === this.#timers.get(name)?.at) return;
    this.#timers.delete(name);
    const delayMs = at === null ? Infinity : at.getTime() - Date.now();
    if (at === null || delayMs < 0 || delayMs > TIMER_MS_MAX) return;
    const tell = (): void => {
      this.#timers.delete(name);
      this.#bus.publish({ kind: 'access', workspaceId });
    };
    this.#timers.set(name, { at: at.getTime(), timer: setTimeout(tell, delayMs + 1).unref() });
  }

  close(): void {
    this.#timers.clear();
  }
}
