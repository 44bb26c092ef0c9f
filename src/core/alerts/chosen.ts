import type { Permit } from '#core/access/permit';
import type { Db, Tx } from '#core/db';
import { NotFound, ValidationFailed } from '#core/errors';
import type { Prisma } from '#generated/prisma/client';

const CHOSEN_MAX = 20;
const PATH = ['input', 'integrationIds'];

/** How many integrations an alert is told to, before and after a change. */
export interface Chosen {
  before: number;
  after: number;
  isChanged: boolean;
}

/**
 * Makes these the integrations that an alert is told to, null none; undefined leaves them as they are.
 * @throws NotFound for one of no such id, ValidationFailed for more than 20.
 */
export async function chooseIntegrations(
  tx: Tx,
  { workspaceId }: Permit<'alerts:write'>,
  { alertId, integrationIds }: { alertId: string; integrationIds: readonly string[] | null | undefined },
): Promise<Chosen> {
  const before = await readChosen(tx, alertId);
  const wanted = integrationIds === undefined ? before : [...new Set(integrationIds)].toSorted();
  const chosen = { before: before.length, after: wanted.length, isChanged: before.join() !== wanted.join() };
  if (!chosen.isChanged) return chosen;
  if (wanted.length > CHOSEN_MAX) throw new ValidationFailed(`integrationIds has more than ${CHOSEN_MAX}.`, PATH);
  // Nobody disconnects one before this commits.
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM webhook_endpoint
    WHERE id = ANY (${wanted}::uuid[]) AND workspace_id = ${workspaceId}::uuid AND provider IS NOT NULL ORDER BY id FOR KEY SHARE`;
  if (found.length < wanted.length) throw new NotFound('No such integration.', PATH);
  await tx.alertIntegration.deleteMany({ where: { alertId, integrationId: { notIn: wanted } } });
  await tx.alertIntegration.createMany({
    data: wanted.map((integrationId) => ({ alertId, integrationId })),
    skipDuplicates: true,
  });
  return chosen;
}

/** The integrations that an alert is told to. Rights are the caller's business. */
export async function findChosenIntegrations<Q extends Prisma.WebhookEndpointDefaultArgs>(
  db: Db,
  { alertId, query }: { alertId: string; query: Q },
) {
  return db.webhookEndpoint.findMany({ ...query, where: { alerts: { some: { alertId } } }, orderBy: { id: 'asc' } });
}

async function readChosen(tx: Tx, alertId: string): Promise<string[]> {
  const rows = await tx.alertIntegration.findMany({ where: { alertId }, orderBy: { integrationId: 'asc' } });
  return rows.map(({ integrationId }) => integrationId);
}
