import type { SealedRows } from '#core/sealing';
import { secretPurpose } from '#core/webhooks/endpoints';

/** The secrets of endpoints and of integrations. */
export const readSealedSecrets: SealedRows = async (db, { after, take }) => {
  const rows = await db.webhookEndpoint.findMany({
    where: { id: { gt: after } },
    orderBy: { id: 'asc' },
    take,
    select: { id: true, secret: true, previousSecret: true },
  });
  return rows.map(({ id, secret, previousSecret }) => {
    const purpose = secretPurpose(id);
    const current = {
      sealed: secret,
      purpose,
      replace: (sealed: Uint8Array<ArrayBuffer>) =>
        db.webhookEndpoint.updateMany({ where: { id, secret }, data: { secret: sealed } }),
    };
    if (previousSecret === null) return { id, values: [current] };
    const previous = {
      sealed: previousSecret,
      purpose,
      replace: (sealed: Uint8Array<ArrayBuffer>) =>
        db.webhookEndpoint.updateMany({ where: { id, previousSecret }, data: { previousSecret: sealed } }),
    };
    return { id, values: [current, previous] };
  });
};
