// `npm run chaos -- --minutes 10 --seed 7`: a server under load while everything around it breaks, one thing after
// another. After each, whatever was left unanswered is asked again with its key, and everything that callers ever saw is
// held against the ledger. `npm run chaos -- live --faults 500 --seed 7`: two nodes, 200 clients that follow live, and
// their logs against the ledger. Exits with 1 on any violation.
import { parseArgs } from 'node:util';
import { heedSignals } from './interruption.ts';
import { tryLiveFeed } from './live/long.ts';
import { describeResults } from './report.ts';
import { runChaos } from './rounds.ts';
import { openStage } from './stage.ts';

heedSignals();
const option = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: option, faults: option, seed: option },
});
const seed = Number(values.seed ?? Date.now() % 100_000);
const isRight = positionals.includes('live')
  ? await tryLiveFeed({ seed, faults: Number(values.faults ?? 500), print: (text) => console.log(text) })
  : await tryCredits(Number(values.minutes ?? 2));
process.exitCode = isRight ? 0 : 1;

/** @returns whether it found nothing wrong. */
async function tryCredits(minutes: number): Promise<boolean> {
  console.log(`chaos for ${minutes} minutes, seed ${seed}`);
  const stage = await openStage();
  try {
    const until = performance.now() + minutes * 60_000;
    const results = await runChaos(stage, {
      seed,
      goOn: () => performance.now() < until,
      onRound({ fault, violations }) {
        for (const violation of violations) console.log(`✗ ${fault}: ${violation}`);
      },
    });
    console.log(describeResults(results));
    return results.length > 0 && results.every(({ violations }) => violations.length === 0);
  } finally {
    await stage.close();
  }
}
