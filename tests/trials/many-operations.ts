// `npm run history -- --operations 1000000 --seed 7`: as many calls at once as given, everything that their callers saw
// held against the ledger. Exits with 1 on any violation.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { applyMigrations } from '#adapters/migrations';
import { removeData } from '../world/data-folder.ts';
import { openWorld } from '../world/world.ts';
import { runHistoryTrial } from './history-trial.ts';

const { values } = parseArgs({ options: { operations: { type: 'string' }, seed: { type: 'string' } } });
const operations = Number(values.operations ?? 1_000_000);
const seed = Number(values.seed ?? Date.now() % 100_000);

const folder = await mkdtemp(join(tmpdir(), 'commonpurse-history-'));
const database = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => {} });
try {
  console.log(`${operations} operations, seed ${seed}`);
  await applyMigrations({ url: database.url, log: { info: () => {}, warn: () => {} } });
  const world = await openWorld({ url: database.url, drop: async () => {} });
  const { violations, counts, calledMs, checkedMs } = await runHistoryTrial(world, { operations, seed });
  await world.close();
  for (const [kind, count] of counts) console.log(`${kind.padEnd(10)} ${count}`);
  for (const violation of violations) console.log(`✗ ${violation}`);
  console.log(`called for ${seconds(calledMs)}, checked in ${seconds(checkedMs)}, ${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
} finally {
  await database.stop();
  await removeData(join(folder, 'data'));
  await rm(folder, { recursive: true, force: true });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
