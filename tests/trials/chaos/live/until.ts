import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so, for at most so long: whoever asks finds out what became of it. */
export async function until(condition: () => boolean, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition() && performance.now() < deadline) await sleep(10);
}
