import { deleteExpiredSignIns } from '#core/access/expired-sign-ins';
import { ensureLedgerPartitions } from '#core/credits/partitions';
import type { Db } from '#core/db';
import { forgetOldAnswers } from '#core/idempotency';
import type { Job } from '#core/jobs';

/** Every job: its name, its time, and the one function of core that decides all the rest. */
export function listJobs(db: Db): Job[] {
  return [
    { name: 'ledger-partitions', cron: '7 * * * *', run: () => ensureLedgerPartitions(db) },
    { name: 'expired-sign-ins', cron: '17 * * * *', run: () => deleteExpiredSignIns(db) },
    { name: 'old-idempotency-records', cron: '27 * * * *', run: () => forgetOldAnswers(db) },
  ];
}
