import { pino } from 'pino';
import { openAesSealer } from '#adapters/aes-sealer';
import { parseAddressRange } from '#lib/cidr';
import { startWorker } from '#main/worker';
import { WORKER_SETTINGS } from '../world/worker-settings.ts';

// A worker in a process of its own, to be killed.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();

const [, , databaseUrl = ''] = process.argv;
const range = parseAddressRange('127.0.0.0/8');
await startWorker({
  databaseUrl,
  directUrl: databaseUrl,
  sharedThrough: databaseUrl,
  sealer: openAesSealer({ current: Buffer.alloc(32, 7) }),
  settings: {
    ...WORKER_SETTINGS,
    outbound: { allowedRanges: range ? [range] : [], ports: [{ first: 1, last: 65_535 }] },
  },
  mailer: { send: async () => undefined },
  publicUrl: 'http://localhost',
  log: pino({ level: 'silent' }),
});
process.send?.({ url: '' });
