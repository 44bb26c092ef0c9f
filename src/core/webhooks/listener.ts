import { announcementBody } from '#core/announcements/announced';
import { type AnnouncementType, isAnnouncementType } from '#core/announcements/catalogue';
import type { AnnouncementListener } from '#core/announcements/step';
import { now, type Tx } from '#core/db';
import { newId } from '#core/ids';

interface Subscriber {
  id: string;
  eventTypes: string[];
  isDisabled: boolean;
}

/** A body beyond this is never sent: announcements are made to stay far below it. */
const BODY_BYTES_MAX = 65_536;

/**
 * Writes a delivery for each announcement and each endpoint that wants it; for a disabled endpoint a parked one.
 * @param onWritten Told after the commit which workspace has something to send.
 */
export function webhookListener(onWritten: (workspaceId: string) => void): AnnouncementListener {
  return {
    async wants(tx, workspaceId) {
      const endpoints = await tx.webhookEndpoint.findMany({ where: { workspaceId }, select: { eventTypes: true } });
      if (endpoints.length === 0) return null;
      return new Set(endpoints.flatMap(({ eventTypes }): AnnouncementType[] => eventTypes.filter(isAnnouncementType)));
    },
    async hear(tx, { workspaceId, announced }) {
      if (announced.length === 0) return;
      const endpoints = await lockSubscribers(tx, workspaceId);
      const createdAt = now();
      const deliveries = announced.flatMap((one) => {
        const wanting = endpoints.filter(({ eventTypes }) => eventTypes.includes(one.type));
        if (wanting.length > 0 && Buffer.byteLength(announcementBody(one)) > BODY_BYTES_MAX)
          throw new Error(`The announcement ${one.id} is too large to be sent`);
        return wanting.map(({ id: endpointId, isDisabled }) => ({
          id: newId(),
          workspaceId,
          endpointId,
          announcementId: one.id,
          state: isDisabled ? ('PARKED' as const) : ('PENDING' as const),
          nextAttemptAt: isDisabled ? null : createdAt,
          createdAt,
        }));
      });
      await tx.webhookDelivery.createMany({ data: deliveries });
    },
    heard: onWritten,
  };
}

/** Whoever disables one of them meanwhile waits, and then parks what is written here. */
function lockSubscribers(tx: Tx, workspaceId: string): Promise<Subscriber[]> {
  return tx.$queryRaw<Subscriber[]>`
    SELECT id, event_types AS "eventTypes", disabled_at IS NOT NULL AS "isDisabled" FROM webhook_endpoint
    WHERE workspace_id = ${workspaceId}::uuid ORDER BY id FOR SHARE`;
}
