import { addressOf, signingSecretOf } from '#core/inboxes/inboxes';
import type { SealedRows } from '#core/sealing';

/** The addresses of inboxes and the secrets that their senders sign with. */
export const readSealedValues: SealedRows = async (db, { after, take }) => {
  const rows = await db.inbox.findMany({
    where: { id: { gt: after } },
    orderBy: { id: 'asc' },
    take,
    select: { id: true, sealedToken: true, sealedSecret: true },
  });
  return rows.map(({ id, sealedToken, sealedSecret }) => {
    const address = {
      sealed: sealedToken,
      purpose: addressOf(id),
      replace: (sealed: Uint8Array<ArrayBuffer>) =>
        db.inbox.updateMany({ where: { id, sealedToken }, data: { sealedToken: sealed } }),
    };
    if (sealedSecret === null) return { id, values: [address] };
    const signing = {
      sealed: sealedSecret,
      purpose: signingSecretOf(id),
      replace: (sealed: Uint8Array<ArrayBuffer>) =>
        db.inbox.updateMany({ where: { id, sealedSecret }, data: { sealedSecret: sealed } }),
    };
    return { id, values: [address, signing] };
  });
};
