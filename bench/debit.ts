import { debitBars, debitRatios, EMPTY_LEDGER, ledgerFacts } from './debit-summary.ts';
import { openGround, type Spender } from './ground.ts';
import { inProcessDebits, productDebit } from './in-process-debits.ts';
import { openInstances } from './instances.ts';
import { measure } from './measure.ts';
import { overload } from './overload.ts';
import type { Part } from './part.ts';
import { preloadLedger } from './preload.ts';
import { type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';
import { rowLimit } from './row-limit.ts';
import { openServedDebits } from './served-debits.ts';

const WORKSPACES = 1_000;
/** A single round is only a smoke test. */
const WORKSPACES_QUICK = 20;
const WARM_UP_SECONDS = 0.5;

/**
 * Strict, durable debits: the naive way and what one row allows, the product in one process, in three, behind its whole
 * server and under ten times the load. With `preload`, the ledger begins with that many entries of the hot workspace.
 */
export async function benchDebit({ rounds, seconds, preload }: BenchOptions): Promise<Report> {
  const ground = await openGround();
  const parts: Part[] = [];
  try {
    const machine = describeMachine(ground);
    const hot = await ground.makeSpender();
    if (preload > 0) await preloadLedger(ground, hot, preload);
    const many = await ground.makeSpenders(rounds > 1 ? WORKSPACES : WORKSPACES_QUICK);
    // Nobody writes behind the engine's back: each way has workspaces of its own.
    parts.push(
      inProcessDebits(ground, { hot, many, alone: await ground.makeSpender(), naive: await ground.makeSpender() }),
    );
    if (preload > 0) parts.push(await openEmptyLedger());
    parts.push(rowLimit(ground, await ground.makeSpender()), overload(ground, hot));
    parts.push(await openInstances(ground, await ground.makeSpender()));
    parts.push(await openServedDebits(ground, await ground.makeSpender()));
    const figures = new Rounds();
    // One round thrown away: plans, pools and compiled code are warm after it.
    if (rounds > 1) await runRound(parts, Math.min(seconds, WARM_UP_SECONDS), new Rounds());
    for (let round = 0; round < rounds; round++) await runRound(parts, seconds, figures);
    const facts = { ...figures.facts(), ...(await ledgerFacts(ground)) };
    return {
      bench: 'debit',
      machine,
      ratios: debitRatios(figures),
      figures: figures.figures(),
      facts,
      bars: debitBars(figures),
    };
  } finally {
    for (const part of parts) await part.close?.();
    await ground.close();
  }
}

async function runRound(parts: readonly Part[], seconds: number, figures: Rounds): Promise<void> {
  for (const part of parts) await part.runRound({ seconds, figures });
}

/** The hot workspace in a database of its own that holds nothing else: what a preloaded one is compared with. */
async function openEmptyLedger(): Promise<Part> {
  const ground = await openGround();
  const spender: Spender = await ground.makeSpender();
  return {
    async runRound({ seconds, figures }) {
      figures.add(EMPTY_LEDGER, await measure({ callers: 256, seconds }, () => productDebit(ground, spender)));
    },
    close: () => ground.close(),
  };
}
