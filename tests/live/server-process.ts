import { pino } from 'pino';
import { startApp } from '#main/app';

// A server in a process of its own, so that a test sees it crash and sees its memory. Speaks to its parent by messages.
const app = await startApp({
  config: {
    host: '127.0.0.1',
    port: 0,
    publicUrl: undefined,
    trustProxy: { kind: 'nobody' },
    corsOrigins: [],
    mail: { smtpUrl: undefined, from: 'Commonpurse <no-reply@localhost>' },
    signIn: { isVerifiedEmailRequired: false, github: undefined },
    metricsToken: undefined,
    redisUrl: undefined,
    idempotencyDays: 30,
  },
  databaseUrl: process.argv[2] ?? '',
  sharedThrough: null,
  authSecret: 'a-secret-for-tests-that-is-long-enough',
  log: pino({ level: 'warn' }, pino.destination(2)),
  printMail: () => undefined,
});

process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ megabytes: (heapUsed + external) / 1_048_576 });
});
process.send?.({ url: app.url });
