import type { Db } from '#core/db';

const MONTHS_AHEAD = 3;

/** Makes the ledger's partitions for this month and the next three. Harmless to repeat; run at start and daily. */
export async function ensureLedgerPartitions(db: Db): Promise<void> {
  await db.$queryRaw`SELECT create_ledger_partitions(${MONTHS_AHEAD}::int)::text`;
}
