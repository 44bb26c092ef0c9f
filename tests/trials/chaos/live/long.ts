import { hasRedis } from '../../../world/redis.ts';
import { openTrialDatabase } from '../database.ts';
import { describeLiveResult } from './report.ts';
import { runLiveChaos } from './run.ts';
import { type Carrier, openLiveStage } from './stage.ts';

interface LongTrial {
  seed: number;
  faults: number;
  print: (text: string) => void;
}

/** The long trial of the live feed, half of the faults over each carrier. @returns whether it found nothing wrong. */
export async function tryLiveFeed({ seed, faults, print }: LongTrial): Promise<boolean> {
  const carriers: readonly Carrier[] = hasRedis ? ['PostgreSQL', 'Redis'] : ['PostgreSQL'];
  const database = await openTrialDatabase();
  let isRight = true;
  try {
    for (const carrier of carriers) {
      const plan = {
        seed,
        subscribers: 200,
        workspaces: 10,
        rate: 200,
        faults: Math.ceil(faults / carriers.length),
        pauseMs: 400,
      };
      print(`\n${plan.faults} faults, seed ${seed}; two nodes that tell each other through ${carrier}`);
      const begun = performance.now();
      const stage = await openLiveStage(database, carrier);
      const result = await runLiveChaos(stage, plan);
      await stage.close();
      for (const violation of result.violations.slice(0, 50)) print(`✗ ${violation}`);
      print(`${describeLiveResult(result)}\n${((performance.now() - begun) / 1_000).toFixed(0)} s`);
      isRight &&= result.violations.length === 0;
    }
  } finally {
    await database.close();
  }
  return isRight;
}
