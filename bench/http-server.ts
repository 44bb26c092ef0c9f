import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import SchemaBuilder from '@pothos/core';
import { createYoga } from 'graphql-yoga';
import { pino } from 'pino';
import { openAesSealer } from '#adapters/aes-sealer';
import { startApp } from '#main/app';
import { tellVitals } from './vitals.ts';

/** One server in a process of its own, so that its CPU time is nobody else's: of a product, one of several nodes or the only one. */
const [kind, databaseUrl = '', place = 'alone'] = process.argv.slice(2);
const url = kind === 'product' ? await startProduct() : await startNoop();
tellVitals();
process.on('disconnect', () => process.exit());
process.send?.({ url });

async function startProduct(): Promise<string> {
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
      outbound: { allowedRanges: [], ports: [] },
    },
    databaseUrl,
    sharedThrough: place === 'shared' ? databaseUrl : null,
    authSecret: 'a-secret-for-benches-that-is-long-enough',
    sealer: openAesSealer({ current: Buffer.alloc(32) }),
    // As `npm start` logs, to nowhere.
    log: pino({ level: 'info' }, { write: () => {} }),
    printMail: () => {},
  });
  return app.url;
}

async function startNoop(): Promise<string> {
  const server = createServer((request, response) => void yoga(request, response));
  const yoga = createYoga({ schema: noopSchema(), logging: false });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function noopSchema() {
  // The product's plugins widen these options for the whole program; this schema has none of them.
  const builder = new SchemaBuilder({} as never);
  const Input = builder.inputType('RecordUsageInput', {
    fields: (t) => ({ credits: t.string(), idempotencyKey: t.string({ required: true }) }),
  });
  const Balance = builder.objectRef<{ available: string }>('Balance').implement({
    fields: (t) => ({ available: t.exposeString('available') }),
  });
  const Payload = builder.objectRef<{ credits: string; seq: string }>('RecordUsagePayload').implement({
    fields: (t) => ({
      credits: t.exposeString('credits'),
      seq: t.exposeString('seq'),
      balance: t.field({ type: Balance, resolve: () => ({ available: '1' }) }),
    }),
  });
  builder.queryType({ fields: (t) => ({ nothing: t.string({ nullable: true, resolve: () => null }) }) });
  builder.mutationType({
    fields: (t) => ({
      recordUsage: t.field({
        type: Payload,
        args: { input: t.arg({ type: Input, required: true }) },
        resolve: () => ({ credits: '0.000001', seq: '1' }),
      }),
    }),
  });
  return builder.toSchema();
}
