import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#core/ids';
import { replayDeliveries } from '#core/webhooks/deliveries';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('more than 10,000 are sent again in turns, and none of them twice but the one where a turn ends', async () => {
  const { db } = stage.world;
  const workspace = await stage.world.makeWorkspace();
  const { workspaceId } = workspace;
  const { id: endpointId } = await stage.makeEndpoint(workspace);
  const start = Date.now() - 3_600_000;
  const told = Array.from({ length: 10_003 }, (_, index) => ({
    id: newId(),
    workspaceId,
    type: 'credits.granted',
    data: {},
    occurredAt: new Date(start + index),
    createdAt: new Date(),
  }));
  await db.announcement.createMany({ data: told });
  await db.webhookDelivery.createMany({
    data: told.map(({ id: announcementId, createdAt }) => {
      const [id, state] = [newId(), 'SUCCEEDED' as const];
      return { id, workspaceId, endpointId, announcementId, state, createdAt };
    }),
  });
  const permit = await stage.world.permit(workspace.owner, 'webhooks:write', workspaceId);
  const replay = (since: Date) =>
    replayDeliveries(db, permit, { webhookEndpointId: endpointId, since, includeSucceeded: true });
  const nextSince = new Date(start + 9_999);
  expect(await replay(new Date(start))).toEqual({ count: 10_000, nextSince });
  // They are over, as they were before.
  await db.webhookDelivery.updateMany({ where: { endpointId }, data: { state: 'SUCCEEDED', nextAttemptAt: null } });
  expect(await replay(nextSince)).toEqual({ count: 4, nextSince: null });
});
