import type { WorkerOptions } from '#main/worker';

/** A worker that keeps everything, and sends to no address of its own accord. */
export const WORKER_SETTINGS: WorkerOptions['settings'] = {
  ledgerMonths: undefined,
  erasedLedgerDays: undefined,
  idempotencyDays: 30,
  inboxRetentionDays: 30,
  webhookDays: 30,
  redisUrl: undefined,
  outbound: { allowedRanges: [], ports: [] },
};
