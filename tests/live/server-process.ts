import { pino } from 'pino';
import { openAesSealer } from '#adapters/aes-sealer';
import { startApp } from '#main/app';
import type { ServerWays } from './server-child.ts';

// A server in a process of its own, so that a test sees it crash and sees its memory. Speaks to its parent by messages.
// Alone, it would stay for ever.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();

const [, , databaseUrl = '', ways = '{}'] = process.argv;
const { port = 0, redisUrl, sharedThrough = null } = JSON.parse(ways) as ServerWays;

const app = await startApp({
  config: {
    host: '127.0.0.1',
    port,
    publicUrl: undefined,
    trustProxy: { kind: 'nobody' },
    corsOrigins: [],
    mail: { smtpUrl: undefined, from: 'Commonpurse <no-reply@localhost>' },
    signIn: { isVerifiedEmailRequired: false, github: undefined },
    metricsToken: undefined,
    redisUrl,
    idempotencyDays: 30,
    outbound: { allowedRanges: [], ports: [] },
  },
  databaseUrl,
  sharedThrough,
  authSecret: 'a-secret-for-tests-that-is-long-enough',
  sealer: openAesSealer({ current: Buffer.alloc(32) }),
  log: pino({ level: 'warn' }, pino.destination(2)),
  printMail: () => undefined,
});

process.on('message', () => void tellMemory());

/** What is let go of by what was just collected goes with the next collection. */
async function tellMemory(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ megabytes: (heapUsed + external) / 1_048_576 });
}
process.send?.({ url: app.url });
