import { type Actor, originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { visibleTo } from '#core/access/visibility';
import { announcementBody } from '#core/announcements/announced';
import { ANNOUNCEMENTS, type AnnouncementType } from '#core/announcements/catalogue';
import { type Db, inBatches, inTransaction, now, type Tx } from '#core/db';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { encodeAnnouncementId, newId } from '#core/ids';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import { lockEndpoint, WEBHOOKS_ALONE } from '#core/webhooks/endpoints';
import type { Announcement, Prisma, WebhookDelivery } from '#generated/prisma/client';
import type { DeliveryState } from '#generated/prisma/enums';

const DAY_MS = 24 * 3_600_000;
const REPLAYED_MAX = 10_000;

/**
 * Makes deliveries go out again, from the beginning of the schedule: at most 10,000, the oldest. Answers how many, and when
 * the last of them happened if there may be more.
 */
export async function sendAnew(
  tx: Tx,
  where: Prisma.WebhookDeliveryWhereInput,
): Promise<{ count: number; nextSince: Date | null }> {
  const found = await tx.webhookDelivery.findMany({
    where,
    orderBy: { position: 'asc' },
    take: REPLAYED_MAX,
    select: { id: true },
  });
  const count = await tx.$executeRaw`
    UPDATE webhook_delivery SET state = 'PENDING', attempts_before = attempt_count, next_attempt_at = ${now()}, finished_at = NULL
    WHERE id = ANY (${found.map(({ id }) => id)}::uuid[])`;
  const last = found.length === REPLAYED_MAX ? found.at(-1) : undefined;
  if (!last) return { count, nextSince: null };
  const { announcement } = await tx.webhookDelivery.findUniqueOrThrow({
    where: { id: last.id },
    select: { announcement: { select: { occurredAt: true } } },
  });
  return { count, nextSince: announcement.occurredAt };
}

/** Sends a delivery again, with the id it had, whatever became of it. @throws NotFound, Conflict for a disabled endpoint. */
export async function resendDelivery(
  db: Db,
  permit: Permit<'webhooks:write'>,
  { deliveryId: id }: { deliveryId: string },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const delivery = await tx.webhookDelivery.findFirst({ where: { id, workspaceId, endpoint: WEBHOOKS_ALONE } });
    if (!delivery) throw new NotFound('No such delivery.', ['input', 'deliveryId']);
    await requireEnabled(tx, permit, delivery.endpointId);
    const { count } = await sendAnew(tx, { id });
    const after = { count, since: null };
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'webhook.replayed',
      targetId: delivery.endpointId,
      after,
    });
  });
}

/**
 * Sends again what happened since a moment, in its order: what failed or was parked, or all of it. At most 10,000 at a
 * time, the oldest; the rest is left for a call with `nextSince`, which is null when there is none.
 * @throws NotFound, ValidationFailed for a moment that is not over, Conflict for a disabled endpoint.
 */
export async function replayDeliveries(
  db: Db,
  permit: Permit<'webhooks:write'>,
  { webhookEndpointId, since, includeSucceeded }: { webhookEndpointId: string; since: Date; includeSucceeded: boolean },
): Promise<{ count: number; nextSince: Date | null }> {
  const { workspaceId, actor } = permit;
  if (since > now())
    throw new ValidationFailed('since is in the future: name a moment that is over.', ['input', 'since']);
  const states: DeliveryState[] = ['FAILED', 'PARKED', ...(includeSucceeded ? (['SUCCEEDED'] as const) : [])];
  return inTransaction(db, async (tx) => {
    await requireEnabled(tx, permit, webhookEndpointId);
    const { count, nextSince } = await sendAnew(tx, {
      endpointId: webhookEndpointId,
      state: { in: states },
      announcement: { occurredAt: { gte: since } },
    });
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'webhook.replayed',
      targetId: webhookEndpointId,
      after: { count, since: since.toISOString() },
    });
    return { count, nextSince };
  });
}

/**
 * Sends the example of a type, whether or not the endpoint is told of it. Its id is that of no event.
 * @throws NotFound, Conflict for a disabled endpoint, IdempotencyConflict.
 */
export async function sendTestWebhook(
  db: Db,
  permit: Permit<'webhooks:write'>,
  input: { webhookEndpointId: string; eventType: AnnouncementType; idempotencyKey: string },
): Promise<{ deliveryId: string; replayed: boolean }> {
  const { webhookEndpointId: endpointId, eventType: type, idempotencyKey } = input;
  const { workspaceId, actor } = permit;
  const request = { scopeId: workspaceId, mutation: 'sendTestWebhook', idempotencyKey, input: { endpointId, type } };
  const send = async (tx: Tx) => {
    await requireEnabled(tx, permit, endpointId);
    const deliveryId = await writeTest(tx, { workspaceId, endpointId, type });
    const after = { type };
    await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'webhook.tested', targetId: endpointId, after });
    return { deliveryId, replayed: false };
  };
  return inTransaction(db, (tx) =>
    onceOnly<{ deliveryId: string }, { deliveryId: string; replayed: boolean }>(tx, request, {
      work: () => send(tx),
      answer: ({ deliveryId }) => ({ deliveryId }),
      replay: async ({ deliveryId }) => ({ deliveryId, replayed: true }),
    }),
  );
}

/** Writes the example of a type down for an endpoint. Answers the id of the delivery. */
export async function writeTest(
  tx: Tx,
  { workspaceId, endpointId, type }: { workspaceId: string; endpointId: string; type: AnnouncementType },
): Promise<string> {
  const [id, announcementId, at] = [newId(), newId(), now()];
  const data = ANNOUNCEMENTS[type].example as unknown as Prisma.InputJsonObject;
  await tx.announcement.create({
    data: { id: announcementId, workspaceId, type, data, occurredAt: at, createdAt: at },
  });
  const delivery = { workspaceId, endpointId, announcementId, state: 'PENDING', isTest: true } as const;
  await tx.webhookDelivery.create({ data: { id, ...delivery, nextAttemptAt: at, createdAt: at } });
  return id;
}

async function requireEnabled(tx: Tx, permit: Permit<'webhooks:write'>, endpointId: string): Promise<void> {
  const { disabledAt } = await lockEndpoint(tx, permit, endpointId);
  if (disabledAt) throw new Conflict('This endpoint is disabled: enable it first.', ['input']);
}

/** The deliveries of an endpoint, newest first. Rights are the caller's business. */
export function listDeliveries(
  db: Db,
  { workspaceId }: Permit<'webhooks:read'>,
  {
    endpointId,
    state,
    query,
    ...request
  }: PageRequest & {
    endpointId: string;
    state?: DeliveryState | null | undefined;
    query: Prisma.WebhookDeliveryDefaultArgs;
  },
): Promise<Page<WebhookDelivery>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.webhookDelivery.findMany({
        ...query,
        where: { endpointId, workspaceId, ...(state && { state }), ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: ({ id }) => id,
  });
}

/** A delivery by id. Rights are the caller's business. @throws Error when there is none. */
export function findDelivery<Q extends Prisma.WebhookDeliveryDefaultArgs>(db: Db, id: string, query: Q) {
  return db.webhookDelivery.findUniqueOrThrow({ ...query, where: { id } });
}

/** The workspace of a delivery, or null for an absent and a foreign one alike, by the same work. */
export async function findWorkspaceOfDelivery(db: Db, actor: Actor, id: string): Promise<string | null> {
  const where = { id, endpoint: { ...WEBHOOKS_ALONE, workspace: visibleTo(actor) } };
  return (await db.webhookDelivery.findFirst({ where, select: { workspaceId: true } }))?.workspaceId ?? null;
}

/** What an attempt sends, without the signature, which changes with each. */
export function requestShown(announcement: Announcement): { id: string; body: string } {
  return { id: encodeAnnouncementId(announcement.id), body: announcementBody(announcement) };
}

/** Deletes what was told so many days ago, with its deliveries and their log, whatever became of them. */
export async function forgetOldAnnouncements(db: Db, { days }: { days: number }): Promise<void> {
  const where = { createdAt: { lt: new Date(now().getTime() - days * DAY_MS) } };
  await inBatches((limit) => db.announcement.deleteMany({ where, limit }));
}
