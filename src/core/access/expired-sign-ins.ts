import { type Db, inBatches, now } from '#core/db';

/**
 * Deletes sessions and one-time tokens (password reset, verification) whose time is over. Nothing depends on it: both
 * are refused by their expiry already.
 */
export async function deleteExpiredSignIns(db: Db): Promise<void> {
  const where = { expiresAt: { lt: now() } };
  await inBatches((limit) => db.session.deleteMany({ where, limit }));
  await inBatches((limit) => db.verification.deleteMany({ where, limit }));
}
