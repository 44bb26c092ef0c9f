import { encodeId, newId } from '#core/ids';
import type { TestServer } from '../world/server.ts';
import { idsOf } from './ids.ts';
import type { Things } from './references.ts';

/** An endpoint, disabled so that nobody sends to it, with a delivery and its log. */
export async function hookSome(
  server: TestServer,
  { workspaceId, name }: { workspaceId: string; name: string },
): Promise<void> {
  const [endpointId, announcementId, at] = [newId(), newId(), new Date()];
  const url = `https://${name}.example.com/`;
  const facts = { description: name, eventTypes: ['balance.low'], isOrdered: false, createdAt: at };
  await server.db.webhookEndpoint.create({
    data: {
      id: endpointId,
      workspaceId,
      url,
      secret: Buffer.of(1),
      ...facts,
      disabledAt: at,
      disabledReason: 'MEMBER',
    },
  });
  const told = { workspaceId, type: 'balance.low', data: { note: name }, occurredAt: at, createdAt: at };
  await server.db.announcement.create({ data: { id: announcementId, ...told } });
  const attempt = { number: 1, url, startedAt: at, durationMs: 1, failure: name };
  const delivery = { id: newId(), workspaceId, endpointId, announcementId, state: 'FAILED', createdAt: at } as const;
  await server.db.webhookDelivery.create({ data: { ...delivery, attempts: { create: attempt } } });
}

/** An integration, paused so that nobody sends to it. */
export async function connectSome(
  server: TestServer,
  { workspaceId, name }: { workspaceId: string; name: string },
): Promise<void> {
  const [id, createdAt] = [newId(), new Date()];
  const facts = { description: name, eventTypes: ['balance.low'], isOrdered: false, secret: Buffer.of(1), url: '' };
  const life = { createdAt, disabledAt: createdAt, disabledReason: 'MEMBER', lastError: name } as const;
  await server.db.webhookEndpoint.create({
    data: { id, workspaceId, provider: 'EMAIL', settings: { to: `${name}@example.com` }, ...facts, ...life },
  });
  const alert = await server.db.alert.findFirstOrThrow({ where: { workspaceId } });
  await server.db.alertIntegration.create({ data: { alertId: alert.id, integrationId: id } });
}

/** Ids of what a tenant tells others with. */
export async function readHooks(
  { db }: TestServer,
  { workspaceId, things }: { workspaceId: string; things: Things },
): Promise<void> {
  const where = { workspaceId };
  const endpoints = idsOf(await db.webhookEndpoint.findMany({ where: { ...where, provider: null } }));
  const integrations = idsOf(await db.webhookEndpoint.findMany({ where: { ...where, provider: { not: null } } }));
  const deliveries = idsOf(await db.webhookDelivery.findMany({ where }));
  things.WebhookEndpoint.push(...endpoints.map((id) => encodeId('WebhookEndpoint', id)));
  things.Integration.push(...integrations.map((id) => encodeId('Integration', id)));
  things.WebhookDelivery.push(...deliveries.map((id) => encodeId('WebhookDelivery', id)));
}
