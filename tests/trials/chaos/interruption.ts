import { constants } from 'node:os';

const endings = new Set<() => Promise<unknown>>();

/**
 * What would outlive this process, to be ended with a trial that somebody breaks off. Servers of a trial see by
 * themselves that they are alone. @returns what takes it off the list, once it has ended otherwise.
 */
export function endWithTrial(end: () => Promise<unknown>): () => void {
  endings.add(end);
  return () => void endings.delete(end);
}

/** From now on Control-C leaves nothing behind. */
export function heedSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      const ended = Promise.allSettled([...endings].map((end) => end()));
      void ended.then(() => process.exit(128 + constants.signals[signal]));
    });
  }
}
