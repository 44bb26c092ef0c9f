import type { Credits } from '#core/credits/credits';
import type { Db } from '#core/db';
import type { Balance } from '#generated/prisma/client';

/** Whether the clock alone has changed a balance since it was written. */
export function isDue({ nextDueAt }: Pick<Balance, 'nextDueAt'>): boolean {
  return nextDueAt !== null && nextDueAt.getTime() <= Date.now();
}

/** The balance after what is due was written. */
export async function readTidied(
  db: Db,
  credits: Pick<Credits, 'tidy'>,
  { workspaceId }: Pick<Balance, 'workspaceId'>,
): Promise<Balance> {
  await credits.tidy(workspaceId);
  return db.balance.findUniqueOrThrow({ where: { workspaceId } });
}
