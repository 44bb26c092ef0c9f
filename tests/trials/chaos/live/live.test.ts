import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasRedis } from '../../../world/redis.ts';
import { openTrialDatabase, type TrialDatabase } from '../database.ts';
import { runLiveChaos } from './run.ts';
import { type Carrier, type LiveStage, openLiveStage } from './stage.ts';

let database: TrialDatabase;
beforeAll(async () => void (database = await openTrialDatabase()));
afterAll(() => database.close(), 30_000);

function behaviour(carrier: Carrier): void {
  let stage: LiveStage;
  beforeAll(async () => void (stage = await openLiveStage(database, carrier)));
  afterAll(() => stage.close());

  test('whatever breaks, each client hears everything once and in order, or is told that it begins anew', async () => {
    const plan = { seed: 1, subscribers: 20, workspaces: 2, rate: 200, faults: 8, pauseMs: 100 };
    const { violations, faults, events, resets } = await runLiveChaos(stage, plan);
    expect(violations.slice(0, 20)).toEqual([]);
    // Otherwise nothing was ever broken.
    expect([...faults].filter(([, { struck }]) => struck === 0)).toEqual([]);
    expect(events).toBeGreaterThan(1_000);
    expect(resets).toBeGreaterThan(0);
  }, 120_000);
}

describe('two nodes that tell each other through PostgreSQL', () => {
  behaviour('PostgreSQL');
});

// Skipped: where there is no redis-server on PATH. CI installs one.
describe.runIf(hasRedis)('two nodes that tell each other through Redis', () => {
  behaviour('Redis');
});
