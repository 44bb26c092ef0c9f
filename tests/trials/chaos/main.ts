// `npm run chaos -- --minutes 10 --seed 7`: a server under load while everything around it breaks, one thing after
// another. After each, whatever was left unanswered is asked again with its key, and everything that callers ever saw is
// held against the ledger. Exits with 1 on any violation.
import { parseArgs } from 'node:util';
import { describeResults } from './report.ts';
import { runChaos } from './rounds.ts';
import { openStage } from './stage.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 2);
const seed = Number(values.seed ?? Date.now() % 100_000);

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
  if (results.length === 0 || results.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
} finally {
  await stage.close();
}
