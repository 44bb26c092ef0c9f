import { type Db, inBatches, now } from '#core/db';

const KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Deletes invitations whose seven days, the last time they were sent, were over 30 days ago: the addresses of those who
 * never joined are not kept. By then no repeated request can ask for one, and the audit log has what happened.
 */
export async function deleteExpiredInvitations(db: Db): Promise<void> {
  const where = { expiresAt: { lt: new Date(now().getTime() - KEPT_MS) } };
  await inBatches((limit) => db.invitation.deleteMany({ where, limit }));
}
