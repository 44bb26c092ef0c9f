import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { closeUsageDays } from '#core/usage/closing';
import { usageSums } from '#core/usage/rollup-proof';
import { query } from '../../world/scratch-database.ts';
import { type ClockedWorld, openClockedWorld } from '../../world/shifted-clock.ts';
import { credits, type TestWorkspace } from '../../world/world.ts';

let world: ClockedWorld;
let workspace: TestWorkspace;
beforeAll(async () => {
  world = await openClockedWorld();
  workspace = await world.makeWorkspace({ credits: credits(100) });
  const { workspaceId } = workspace;
  await query(
    world.databaseUrl,
    `CREATE TABLE october PARTITION OF ledger_entry FOR VALUES FROM ('2026-10-01Z') TO ('2026-11-01Z');
     UPDATE balance SET last_entry_at = '2026-10-01Z' WHERE workspace_id = '${workspaceId}'`,
  );
  for (const day of ['2026-10-30T23:50:00Z', '2026-10-31T12:00:00Z', '2026-11-02T08:00:00Z', '2026-11-02T08:20:00Z']) {
    await world.setClock(new Date(day));
    await spend('alpha');
    await spend(null);
  }
  await closeUsageDays(world.db);
  await world.setClock(new Date('2026-11-20T08:00:00Z'));
});
afterAll(() => world.close());

async function spend(tag: string | null): Promise<void> {
  const { actor } = workspace.key;
  const permit = await world.permit(actor, 'usage:write', workspace.workspaceId);
  const call = { apiKeyId: actor.apiKeyId, credits: credits(1), tag, idempotencyKey: randomUUID() };
  await world.credits.recordUsage(permit, call);
}

async function verify(): Promise<number> {
  let rows = 0;
  for await (const right of usageSums.check(world.db)) rows += right;
  return rows;
}

test('the sums of usage are proved from the ledger, beside a key that goes on spending', async () => {
  expect(await verify()).toBe(8);
  await Promise.all([verify(), ...Array.from({ length: 40 }, () => spend('beta'))]);
  expect(await verify()).toBe(9);
});

test.each([
  [
    'a charge is changed',
    "UPDATE usage_quarter SET credits = credits + 1 WHERE tag = '' AND quarter < '2026-10-31Z'",
    /the quarter of an hour from 2026-10-30 23:45/,
  ],
  [
    'a call is left out',
    "UPDATE usage_quarter SET calls = calls - 1 WHERE tag = '' AND quarter > '2026-11-02 08:10Z'",
    /from 2026-11-02 08:15/,
  ],
  [
    'a quarter is missing',
    "DELETE FROM usage_quarter WHERE quarter = '2026-10-31 12:00Z' AND tag = ''",
    /from 2026-10-31 12:00/,
  ],
  ['a tag is taken from the month', "DELETE FROM usage_tag WHERE month = '2026-10-01'", /from 2026-10-30 23:45/],
  [
    'a closed day is changed',
    "UPDATE usage_day SET credits[1] = credits[1] + 1 WHERE day = '2026-10-31' AND dimension = 'KEY'",
    /what was used on 2026-10-31/,
  ],
  [
    'a closed day is missing',
    "DELETE FROM usage_day WHERE day = '2026-11-02' AND dimension = 'TAG' AND value = ''",
    /what was used on 2026-11-02/,
  ],
])('is found out: %s', async (_, change, words) => {
  await query(
    world.databaseUrl,
    'CREATE TABLE q AS TABLE usage_quarter; CREATE TABLE d AS TABLE usage_day; CREATE TABLE t AS TABLE usage_tag',
  );
  await query(world.databaseUrl, change);
  await expect(verify()).rejects.toThrow(words);
  await expect(verify()).rejects.toThrow(encodeId('Workspace', workspace.workspaceId));
  await query(
    world.databaseUrl,
    `TRUNCATE usage_quarter, usage_day, usage_tag; INSERT INTO usage_quarter TABLE q; INSERT INTO usage_day TABLE d; INSERT INTO usage_tag TABLE t; DROP TABLE q, d, t`,
  );
  await verify();
});
