import type { Db } from '#core/db';

const WORKSPACES_PER_READ = 1_000;

/** Every workspace that has a ledger, in the order of their ids, read as they are asked for. */
export async function* everyLedger(db: Db): AsyncGenerator<string, void> {
  let after: string | undefined;
  do {
    const balances = await db.balance.findMany({
      where: after === undefined ? {} : { workspaceId: { gt: after } },
      orderBy: { workspaceId: 'asc' },
      select: { workspaceId: true },
      take: WORKSPACES_PER_READ,
    });
    for (const { workspaceId } of balances) yield workspaceId;
    after = balances.at(-1)?.workspaceId;
  } while (after !== undefined);
}
