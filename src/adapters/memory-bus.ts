import type { Bus, Hint } from '#core/events/bus';

/** The bus of a single process: hints are handed over in the same tick. */
export function openMemoryBus(onError: (error: unknown) => void): Bus {
  const listeners = new Set<(hint: Hint) => void>();
  const publish = (hint: Hint): void => {
    for (const listener of listeners) {
      try {
        listener(hint);
      } catch (error) {
        // One broken listener must not keep the hint from the others, nor fail a write that is committed.
        onError(error);
      }
    }
  };
  return {
    publish,
    publishHere: publish,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
    },
  };
}
