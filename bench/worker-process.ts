import { pino } from 'pino';
import { openAesSealer } from '#adapters/aes-sealer';
import { parseAddressRange } from '#lib/cidr';
import { startWorker } from '#main/worker';
import { tellVitals } from './vitals.ts';
import { BENCH_SEALING_KEY } from './webhook-ground.ts';

// The product's worker in a process of its own. Speaks to its parent by messages.
process.on('disconnect', () => process.exit());

const [, , databaseUrl = ''] = process.argv;
const range = parseAddressRange('127.0.0.0/8');
tellVitals();
await startWorker({
  databaseUrl,
  directUrl: databaseUrl,
  sharedThrough: databaseUrl,
  sealer: openAesSealer({ current: BENCH_SEALING_KEY }),
  settings: {
    ledgerMonths: undefined,
    erasedLedgerDays: undefined,
    idempotencyDays: 30,
    inboxRetentionDays: 30,
    webhookDays: 30,
    redisUrl: undefined,
    outbound: { allowedRanges: range ? [range] : [], ports: [{ first: 1, last: 65_535 }] },
  },
  mailer: { send: async () => undefined },
  publicUrl: 'http://localhost',
  log: pino({ level: 'warn' }, pino.destination(2)),
});
process.send?.({ url: '' });
