import type { Db } from '#core/db';
import type { Prisma } from '#generated/prisma/client';

/** A user by id, or null. Rights are the caller's business. */
export function findUser<Q extends Prisma.UserDefaultArgs>(db: Db, id: string, query: Q) {
  return db.user.findUnique({ ...query, where: { id } });
}
