import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from '../world/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world.close());

test('each connection asks for its time limits, and for no compilation, whatever the server is set to', async () => {
  const asked = await world.db.$queryRaw`
    SELECT name, setting FROM pg_settings
    WHERE source = 'client' AND name IN ('jit', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')
    ORDER BY name`;
  expect(asked).toEqual([
    { name: 'idle_in_transaction_session_timeout', setting: '15000' },
    { name: 'jit', setting: 'off' },
    { name: 'lock_timeout', setting: '8000' },
    { name: 'statement_timeout', setting: '10000' },
  ]);
});
