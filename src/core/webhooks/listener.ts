import { type Announced, announcementBody } from '#core/announcements/announced';
import { type AnnouncementType, isAnnouncementType } from '#core/announcements/catalogue';
import type { AnnouncementListener } from '#core/announcements/step';
import { now, type Tx } from '#core/db';
import { decodeId, newId } from '#core/ids';

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
      const endpoints = await tx.webhookEndpoint.findMany({
        where: { workspaceId },
        select: { eventTypes: true, provider: true },
      });
      if (endpoints.length === 0) return null;
      const types = new Set(
        endpoints.flatMap(({ eventTypes }): AnnouncementType[] => eventTypes.filter(isAnnouncementType)),
      );
      // An integration that is told of nothing by itself may be one that an alert chose.
      const hasIntegrations = endpoints.some(({ provider }) => provider !== null);
      if (hasIntegrations && (await tx.alertIntegration.findFirst({ where: { alert: { workspaceId } } })))
        types.add('alert.fired');
      return types;
    },
    async hear(tx, { workspaceId, announced }) {
      if (announced.length === 0) return;
      const endpoints = await lockSubscribers(tx, workspaceId);
      const chosen = await readChosen(tx, announced);
      const createdAt = now();
      const deliveries = announced.flatMap((one) => {
        const wanting = endpoints.filter(
          ({ id, eventTypes }) => eventTypes.includes(one.type) || chosen.get(one.id)?.has(id),
        );
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

/** The integrations that the alerts which fired are told to, by the announcement. */
async function readChosen(tx: Tx, announced: readonly Announced[]): Promise<Map<string, Set<string>>> {
  const alerts = new Map(
    announced.flatMap((one): [string, string][] => {
      const { alertId } = one.type === 'alert.fired' ? (one as Announced<'alert.fired'>).data : {};
      const id = alertId === undefined ? null : decodeId('Alert', alertId);
      return id === null ? [] : [[one.id, id]];
    }),
  );
  if (alerts.size === 0) return new Map();
  const rows = await tx.alertIntegration.findMany({ where: { alertId: { in: [...new Set(alerts.values())] } } });
  return new Map(
    [...alerts].map(([announcementId, alertId]) => [
      announcementId,
      new Set(rows.filter((row) => row.alertId === alertId).map(({ integrationId }) => integrationId)),
    ]),
  );
}

/** Whoever disables one of them meanwhile waits, and then parks what is written here. */
function lockSubscribers(tx: Tx, workspaceId: string): Promise<Subscriber[]> {
  return tx.$queryRaw<Subscriber[]>`
    SELECT id, event_types AS "eventTypes", disabled_at IS NOT NULL AS "isDisabled" FROM webhook_endpoint
    WHERE workspace_id = ${workspaceId}::uuid ORDER BY id FOR SHARE`;
}
