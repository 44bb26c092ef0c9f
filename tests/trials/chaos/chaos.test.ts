import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAULTS } from './faults.ts';
import { runChaos } from './rounds.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage.close(), 30_000);

test('whatever breaks under load, each call is charged once or not at all, and its retry says which', async () => {
  const results = await runChaos(stage, { seed: 1, goOn: (round) => round < FAULTS.length });
  const violations = results.flatMap(({ fault, violations: found }) => found.map((each) => `${fault}: ${each}`));
  expect(violations).toEqual([]);
  expect(results.map(({ times }) => times)).toEqual(FAULTS.map(() => 1));
  // Otherwise nothing was ever interrupted.
  expect(results.reduce((sum, { unknown }) => sum + unknown, 0)).toBeGreaterThan(0);
}, 120_000);
