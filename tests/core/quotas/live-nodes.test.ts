import { afterAll, beforeAll, expect, test } from 'vitest';
import { LiveNodes } from '#core/quotas/live-nodes';
import { query } from '../../world/scratch-database.ts';
import { openWorld, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

test('nodes see each other come, go, and fall silent', async () => {
  const open = (): LiveNodes => new LiveNodes({ db: world.db, onError: (error) => expect.unreachable(String(error)) });
  const [one, other, silent] = [open(), open(), open()];
  for (const node of [silent, one, other, one]) await node.beat();
  expect([one.count, other.count]).toEqual([3, 3]);
  await other.close();
  await one.beat();
  expect(one.count).toBe(2);
  await query(world.databaseUrl, `UPDATE live_node SET seen_at = seen_at - interval '40 seconds'`);
  await one.beat();
  expect(one.count).toBe(1);
  await Promise.all([one.close(), silent.close()]);
  expect(await world.db.liveNode.count()).toBe(0);
});
