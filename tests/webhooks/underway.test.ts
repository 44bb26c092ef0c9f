import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '#core/ids';
import { type Carrier, refused } from '#core/webhooks/carrier';
import { Courier } from '#core/webhooks/courier';
import { resendDelivery } from '#core/webhooks/deliveries';
import { updateWebhookEndpoint } from '#core/webhooks/endpoints';
import type { TestWorkspace } from '../world/world.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let workspace: TestWorkspace;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.world.db.webhookEndpoint.deleteMany();
  stage.receiver.received.length = 0;
  workspace = await stage.world.makeWorkspace();
});

const write = () => stage.world.permit(workspace.owner, 'webhooks:write', workspace.workspaceId);

test('what is sent again while its last attempt is under way goes out once more when that fails', async () => {
  const { db } = stage.world;
  const { id: endpointId } = await stage.makeEndpoint(workspace);
  let isFirst = true;
  stage.receiver.answer = async (_received, response) => {
    const { id: deliveryId } = await db.webhookDelivery.findFirstOrThrow({ where: { endpointId } });
    if (isFirst) await resendDelivery(db, await write(), { deliveryId });
    response.writeHead(isFirst ? 503 : 204).end();
    isFirst = false;
  };
  await stage.grant(workspace);
  await stage.write(workspace);
  await db.webhookDelivery.updateMany({ where: { endpointId }, data: { attemptCount: 9 } });
  await stage.tell(workspace);
  await stage.tell(workspace);
  expect(await db.webhookDelivery.findFirst({ where: { endpointId } })).toMatchObject({
    state: 'SUCCEEDED',
    attemptCount: 11,
  });
});

test('410 from where an endpoint led before does not disable it', async () => {
  const { db } = stage.world;
  const { id, path } = await stage.makeEndpoint(workspace);
  stage.receiver.answer = async (received, response) => {
    if (received.path === path) {
      const changes = { webhookEndpointId: id, url: `${stage.receiver.url}/new` };
      await updateWebhookEndpoint(db, await write(), changes, stage.means);
    }
    response.writeHead(received.path === path ? 410 : 204).end();
  };
  await stage.grant(workspace);
  await stage.tell(workspace);
  expect(await db.webhookEndpoint.findUnique({ where: { id } })).toMatchObject({ disabledAt: null });
  expect(await db.webhookDelivery.findMany({ where: { endpointId: id } })).toMatchObject([{ state: 'PENDING' }]);
});

test('however many are slow, another is sent at once', async () => {
  const { db } = stage.world;
  const slow = await makeRows(64, 8);
  const end = new AbortController();
  const ended = once(end.signal, 'abort');
  const begun: string[] = [];
  const webhooks: Carrier = async ({ endpointId }) => {
    begun.push(endpointId);
    if (slow.includes(endpointId)) await ended;
    return { ...refused(''), status: 204, failure: null };
  };
  const courier = new Courier({
    db,
    carriers: { webhooks, integrations: webhooks },
    onDisabled: () => undefined,
    onError: () => undefined,
  });
  await courier.look(null);
  expect(new Set(begun)).toEqual(new Set(slow));
  const [quick] = await makeRows(1, 10);
  await courier.look(null);
  const sent = () => begun.filter((one) => one === quick).length;
  await expect.poll(sent, { timeout: 10_000 }).toBe(10);
  end.abort();
  await courier.close();
  expect(await db.webhookDelivery.count({ where: { state: 'PENDING' } })).toBeLessThan(64 * 8);
});

/** So many endpoints with so many deliveries that are due. @returns their ids. */
async function makeRows(endpoints: number, deliveries: number): Promise<string[]> {
  const { db } = stage.world;
  const { workspaceId } = workspace;
  const at = new Date();
  const told = Array.from({ length: deliveries }, () => newId());
  const announcement = { workspaceId, type: 'credits.granted', data: {}, occurredAt: at, createdAt: at };
  await db.announcement.createMany({ data: told.map((id) => ({ ...announcement, id })) });
  const ids = Array.from({ length: endpoints }, () => newId());
  const endpoint = { workspaceId, url: 'https://example.com/', description: '', eventTypes: [], isOrdered: false };
  const secret = new Uint8Array();
  await db.webhookEndpoint.createMany({ data: ids.map((id) => ({ ...endpoint, id, secret, createdAt: at })) });
  const due = { state: 'PENDING', nextAttemptAt: at, createdAt: at } as const;
  const deliver = (endpointId: string) => (announcementId: string) => {
    const [id, to] = [newId(), { workspaceId, endpointId, announcementId }];
    return { id, ...to, ...due };
  };
  await db.webhookDelivery.createMany({ data: ids.flatMap((endpointId) => told.map(deliver(endpointId))) });
  return ids;
}
