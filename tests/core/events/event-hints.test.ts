import { afterAll, beforeAll, expect, test } from 'vitest';
import { revokeApiKey } from '#core/api-keys/api-keys';
import { inTransaction } from '#core/db';
import type { Hint } from '#core/events/bus';
import { recordEvent } from '#core/events/events';
import { openWorld, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

test('every event that a transaction records is told after the commit, the newest alone, and none that was taken back', async () => {
  const { workspaceId } = await world.makeWorkspace();
  const hints: Hint[] = [];
  const stop = world.bus.subscribe((hint) => hints.push(hint));
  const event = { workspaceId, actorKind: 'SYSTEM', actorId: null, targetId: workspaceId } as const;
  const recordTwo = (ending: () => void): Promise<void> =>
    inTransaction(world.db, async (tx) => {
      await recordEvent(tx, { ...event, type: 'workspace.created', after: { name: 'a', slug: 'a' } });
      await recordEvent(tx, { ...event, type: 'workspace.created', after: { name: 'b', slug: 'b' } });
      expect(hints).toEqual([]);
      ending();
    });
  await expect(
    recordTwo(() => {
      throw new Error('taken back');
    }),
  ).rejects.toThrow('taken back');
  expect(hints).toEqual([]);
  await recordTwo(() => undefined);
  expect(hints).toEqual([{ kind: 'events', workspaceId, number: 5n }]);
  stop();
});

test('a change tells its workspace of itself, whoever makes it', async () => {
  const workspace = await world.makeWorkspace();
  const hints: Hint[] = [];
  const stop = world.bus.subscribe((hint) => hints.push(hint));
  const { actor } = await world.makeKey(workspace.owner, workspace.workspaceId);
  const permit = await world.permit(workspace.owner, 'apiKeys:revoke', workspace.workspaceId);
  await revokeApiKey(world.db, permit, { apiKeyId: actor.apiKeyId });
  const numbers = hints.flatMap((hint) => (hint.kind === 'events' ? [hint.number] : []));
  expect(numbers).toEqual([4n, 5n]);
  stop();
});
