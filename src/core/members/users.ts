import type { Db } from '#core/db';
import type { Prisma } from '#generated/prisma/client';

export function findUser<Q extends Prisma.UserDefaultArgs>(db: Db, id: string, query: Q) {
  return db.user.findUnique({ ...query, where: { id } });
}
