import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keySpending } from '#core/credits/spend-proof';
import { encodeId } from '#core/ids';
import { Violation } from '#core/proofs';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

async function makeSpender(): Promise<TestWorkspace> {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { actor } = workspace.key;
  const permit = await world.permit(actor, 'usage:write', workspace.workspaceId);
  const call = () => ({ apiKeyId: actor.apiKeyId, credits: credits(1), idempotencyKey: randomUUID() });
  for (let made = 0; made < 3; made++) await world.credits.recordUsage(permit, call());
  return workspace;
}

async function verify(): Promise<number> {
  let rows = 0;
  for await (const right of keySpending.check(world.db)) rows += right;
  return rows;
}

test('what keys spent by day is the sum of their entries, and whoever changes a count is found out', async () => {
  const [first, second] = [await makeSpender(), await makeSpender()];
  await world.makeWorkspace();
  expect(await verify()).toBe(2);

  const { apiKeyId } = second.key.actor;
  const change = (set: string) =>
    query(world.databaseUrl, `UPDATE api_key_spend SET ${set} WHERE api_key_id = '${apiKeyId}'`);
  await change('credits = credits + 1');
  const named = new RegExp(
    `${encodeId('Workspace', second.workspaceId)}: what key ${encodeId('ApiKey', apiKeyId)} spent on`,
  );
  await expect(verify()).rejects.toThrow(named);
  await change('credits = credits - 1');
  await change('day = day - 1');
  await expect(verify()).rejects.toThrow(named);
  await change('day = day + 1');
  expect(await verify()).toBe(2);

  await world.db.apiKeySpend.deleteMany({ where: { workspaceId: first.workspaceId } });
  await expect(verify()).rejects.toThrow(Violation);
});
