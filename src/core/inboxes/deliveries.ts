import type { Permit } from '#core/access/permit';
import type { Db } from '#core/db';
import { ValidationFailed } from '#core/errors';
import { isStorable } from '#core/names';
import { isNumberKey, numbersBeyond, type Page, type PageRequest, pageOf } from '#core/paging';
import type { InboxDelivery, Prisma } from '#generated/prisma/client';
import type { SignatureState } from '#generated/prisma/enums';

export type DeliveryState = 'PENDING' | 'CLAIMED' | 'ACKNOWLEDGED';

/** Which deliveries to list; all conditions must hold. */
export interface DeliveryFilter {
  isAcknowledged?: boolean | null | undefined;
  signature?: SignatureState | null | undefined;
  isDuplicate?: boolean | null | undefined;
  /** The provider's own name for the event. */
  eventId?: string | null | undefined;
  /** From this moment on. */
  since?: Date | null | undefined;
  /** Before this moment. */
  until?: Date | null | undefined;
}

/** The deliveries of one inbox, newest first. @throws ValidationFailed for a filter that none could match. */
export function listDeliveries(
  db: Db,
  { workspaceId }: Permit<'inboxes:read'>,
  {
    inboxId,
    filter,
    query,
    ...request
  }: PageRequest & {
    inboxId: string;
    filter: DeliveryFilter | null | undefined;
    query: Prisma.InboxDeliveryDefaultArgs;
  },
): Promise<Page<InboxDelivery>> {
  const conditions = conditionsOf(filter ?? {});
  return pageOf(request, {
    isKey: isNumberKey,
    rows: ({ beyond, take, newestFirst }) =>
      db.inboxDelivery.findMany({
        ...query,
        where: { inboxId, workspaceId, ...conditions, ...(beyond && { number: numbersBeyond(beyond) }) },
        orderBy: { number: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: ({ number }) => number.toString(),
  });
}

function conditionsOf(filter: DeliveryFilter): Prisma.InboxDeliveryWhereInput {
  const { isAcknowledged, signature, isDuplicate, eventId, since, until } = filter;
  if (eventId && !isStorable(eventId))
    throw new ValidationFailed('eventId has a NUL character or half a character: remove it.', ['filter', 'eventId']);
  if (since && until && since >= until)
    throw new ValidationFailed('since must be before until: exchange them or leave one out.', ['filter', 'since']);
  return {
    ...(isAcknowledged != null && { acknowledgedAt: isAcknowledged ? { not: null } : null }),
    ...(signature && { signature }),
    ...(isDuplicate != null && { duplicateOfId: isDuplicate ? { not: null } : null }),
    ...(eventId && { eventId }),
    ...((since || until) && { receivedAt: { ...(since && { gte: since }), ...(until && { lt: until }) } }),
  };
}

/** What a delivery waits for. */
export function deliveryState(
  { acknowledgedAt, claimedUntil }: Pick<InboxDelivery, 'acknowledgedAt' | 'claimedUntil'>,
  at: Date,
): DeliveryState {
  if (acknowledgedAt) return 'ACKNOWLEDGED';
  return claimedUntil && claimedUntil > at ? 'CLAIMED' : 'PENDING';
}

/** Deliveries by id, in order of their numbers. Rights are the caller's business. */
export function findDeliveries<Q extends Prisma.InboxDeliveryDefaultArgs>(db: Db, ids: readonly string[], query: Q) {
  return db.inboxDelivery.findMany({ ...query, where: { id: { in: [...ids] } }, orderBy: { number: 'asc' } });
}

/** A delivery by id, or null. Rights are the caller's business. */
export function findDelivery<Q extends Prisma.InboxDeliveryDefaultArgs>(db: Db, id: string, query: Q) {
  return db.inboxDelivery.findUnique({ ...query, where: { id } });
}
