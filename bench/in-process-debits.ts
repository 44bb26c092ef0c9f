import { randomUUID } from 'node:crypto';
import { openCredits } from '#core/credits/credits';
import { ALONE, HOLDS, HOT, MANY, NAIVE, STATEMENT } from './debit-summary.ts';
import type { Ground, Spender } from './ground.ts';
import { distribution, measure } from './measure.ts';
import { debitNaively } from './naive-debit.ts';
import type { Part, Round } from './part.ts';
import { clockStatements } from './statement-clock.ts';

const ONE_MICRO_CREDIT = 1n;

/** One debit as the product makes it, without a server around it. */
export function productDebit(
  { credits }: Pick<Ground, 'credits'>,
  { permit, actor: { apiKeyId } }: Pick<Spender, 'permit' | 'actor'>,
) {
  return credits.recordUsage(permit, { apiKeyId, credits: ONE_MICRO_CREDIT, idempotencyKey: randomUUID() });
}

/** What a gateway asks around a piece of work: its price set aside first, then all of it taken. */
async function reserveAndCapture({ credits }: Ground, { holdsPermit, actor: { apiKeyId } }: Spender): Promise<void> {
  const amount = { credits: ONE_MICRO_CREDIT, idempotencyKey: randomUUID() };
  const { hold } = await credits.createHold(holdsPermit, { apiKeyId, ...amount });
  if (!hold) throw new Error('Nothing was reserved');
  await credits.captureHold(holdsPermit, { holdId: hold.id, idempotencyKey: randomUUID() });
}

interface Spenders {
  hot: Spender;
  /** For the only caller. */
  alone: Spender;
  many: readonly Spender[];
  naive: Spender;
}

/** On a busy machine 256 callers outwait a pool of 10: that is an answer of the naive way too, and counts as one. */
function unlessTimedOut(error: unknown): void {
  if (!(error instanceof Error && /timeout|Unable to start a transaction/i.test(error.message))) throw error;
}

/** The naive way and the product side by side at each load. */
export function inProcessDebits(ground: Ground, { hot, alone, many, naive }: Spenders): Part {
  const debitNaive = () =>
    debitNaively(ground.db, naive, { credits: ONE_MICRO_CREDIT, idempotencyKey: randomUUID() }).catch(unlessTimedOut);
  const debitHot = () => productDebit(ground, hot);
  let turn = 0;
  const debitMany = () => productDebit(ground, many[turn++ % many.length]!);
  const contenders: readonly [name: string, callers: number, debit: () => Promise<unknown>][] = [
    ['naive, 1 caller', 1, debitNaive],
    ['naive, 64 callers', 64, debitNaive],
    ['product, 64 callers', 64, debitHot],
    [NAIVE, 256, debitNaive],
    [HOT, 256, debitHot],
    [MANY, 256, debitMany],
    [HOLDS, 256, () => reserveAndCapture(ground, hot)],
  ];
  const measureAlone = aloneMeasurement(ground, alone);
  return {
    async runRound(round) {
      const { seconds, figures } = round;
      await measureAlone(round);
      for (const [name, callers, debit] of contenders) figures.add(name, await measure({ callers, seconds }, debit));
    },
  };
}

/**
 * One caller, and what of it is the one statement that it sends through Prisma. The baseline is that very statement with
 * that very payload, timed inside the debit: an imitation would have to know what the engine sends.
 */
function aloneMeasurement({ db, bus }: Ground, spender: Spender): (round: Round) => Promise<void> {
  const clock = clockStatements(db);
  const credits = openCredits({ db: clock.db, bus });
  return async ({ seconds, figures }) => {
    clock.timesMs.length = 0;
    const measured = await measure({ callers: 1, seconds }, () => productDebit({ credits }, spender));
    figures.add(ALONE, measured);
    figures.add(STATEMENT, distribution(clock.timesMs));
    figures.note('statements for a debit of one caller', clock.timesMs.length / measured.calls);
  };
}
