import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Unavailable } from '#core/errors';
import { HEAP_GROWTH, OVERLOAD } from './debit-summary.ts';
import type { Ground, Spender } from './ground.ts';
import { productDebit } from './in-process-debits.ts';
import { distribution, type Measured } from './measure.ts';
import type { Part } from './part.ts';

/** Ten times those that saturate it. */
const CALLERS = 2_560;
/**
 * When a refused caller comes again: the shortest wait that an answer's Retry-After can name. Callers who come much sooner
 * have this process, which is theirs too, spend on asking what it should spend on deciding.
 */
const RETRY_MS = 1_000;
const MIB = 1_048_576;

/** Ten times the callers on the hot workspace: what is still answered, what is refused, and what is left of it in memory. */
export function overload(ground: Ground, spender: Spender): Part {
  return {
    async runRound({ seconds, figures }) {
      const heapBefore = collectedHeap();
      const { refused, ...measured } = await pushThrough(() => productDebit(ground, spender), seconds);
      figures.add(OVERLOAD, measured);
      figures.note('overload, refusals a second', refused / seconds);
      figures.note('heap before an overload, MiB', heapBefore / MIB);
      figures.note(HEAP_GROWTH, (collectedHeap() - heapBefore) / MIB);
    },
  };
}

/** Like `measure`, but what counts is what was answered in time: the last of so many would be waited for too long. */
async function pushThrough(debit: () => Promise<unknown>, seconds: number): Promise<Measured & { refused: number }> {
  const latenciesMs: number[] = [];
  let refused = 0;
  const endsAt = performance.now() + seconds * 1_000;
  const loop = async (): Promise<void> => {
    for (let from = performance.now(); from < endsAt; from = performance.now()) {
      try {
        await debit();
        if (performance.now() < endsAt) latenciesMs.push(performance.now() - from);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        refused++;
        await sleep(RETRY_MS);
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, loop));
  const calls = latenciesMs.length;
  return { perSecond: calls / seconds, ...distribution(latenciesMs), calls, refused };
}

/** Bytes in use once everything that is garbage is gone. */
function collectedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
