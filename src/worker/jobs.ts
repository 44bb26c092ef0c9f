import { deleteExpiredSignIns } from '#core/access/expired-sign-ins';
import { ensureLedgerPartitions } from '#core/credits/partitions';
import type { Db } from '#core/db';
import { forgetOldAnswers } from '#core/idempotency';
import { deleteOldDeliveries } from '#core/inboxes/retention';
import { readSealedValues } from '#core/inboxes/sealed-values';
import type { Job } from '#core/jobs';
import { deleteExpiredInvitations } from '#core/members/expired-invitations';
import { sealAnew, type Sealer } from '#core/sealing';
import { closeUsageDays } from '#core/usage/closing';
import { dropOldMonths } from '#core/usage/retention';
import { forgetOldAnnouncements } from '#core/webhooks/deliveries';
import { type NoticeMeans, tellOwners } from '#core/webhooks/notice';
import { readSealedSecrets } from '#core/webhooks/sealed-secrets';
import { eraseDeletedWorkspaces } from '#core/workspaces/erasure';

export interface JobSettings {
  /** Days after its erasure that a workspace's ledger goes too; undefined keeps it for ever. */
  erasedLedgerDays: number | undefined;
  /** Whole months of the ledger that are kept; undefined keeps all. */
  ledgerMonths: number | undefined;
  /** Days that an idempotency key is remembered. */
  idempotencyDays: number;
  /** Days that a delivery to an inbox is kept once nobody waits for it. */
  inboxRetentionDays: number;
  /** Days that is kept what other systems were told. */
  webhookDays: number;
}

/** Every job: its name, its time, and the one function of core that decides all the rest. */
export function listJobs(
  db: Db,
  { sealer, ...means }: NoticeMeans & { sealer: Sealer },
  { erasedLedgerDays, ledgerMonths, idempotencyDays, inboxRetentionDays, webhookDays }: JobSettings,
): Job[] {
  return [
    { name: 'ledger-partitions', cron: '7 * * * *', run: () => ensureLedgerPartitions(db) },
    { name: 'usage-days', cron: '12 * * * *', run: () => closeUsageDays(db) },
    {
      name: 'old-ledger-months',
      cron: '42 3 * * *',
      run: () => dropOldMonths(db, { months: ledgerMonths, idempotencyDays }),
    },
    { name: 'expired-sign-ins', cron: '17 * * * *', run: () => deleteExpiredSignIns(db) },
    { name: 'old-idempotency-records', cron: '27 * * * *', run: () => forgetOldAnswers(db, { days: idempotencyDays }) },
    { name: 'old-announcements', cron: '52 * * * *', run: () => forgetOldAnnouncements(db, { days: webhookDays }) },
    { name: 'notices-of-disabling', cron: '*/10 * * * *', run: () => tellOwners(db, means) },
    { name: 'expired-invitations', cron: '47 * * * *', run: () => deleteExpiredInvitations(db) },
    { name: 'old-deliveries', cron: '57 * * * *', run: () => deleteOldDeliveries(db, { days: inboxRetentionDays }) },
    {
      name: 'sealed-secrets',
      cron: '22 * * * *',
      run: () => sealAnew(db, sealer, [readSealedSecrets, readSealedValues]),
    },
    {
      name: 'deleted-workspaces',
      cron: '37 * * * *',
      run: () => eraseDeletedWorkspaces(db, { ledgerDays: erasedLedgerDays }),
    },
  ];
}
