import { pino } from 'pino';
import { openAesSealer } from '#adapters/aes-sealer';
import { parseAddressRange } from '#lib/cidr';
import type { App } from '#main/app';
import { startWorker, type Worker } from '#main/worker';
import { WORKER_SETTINGS } from '../world/worker-settings.ts';

/** Lets a receiver of the tests be told, which is on this machine. */
export const OUTBOUND_HERE = {
  allowedRanges: [parseAddressRange('127.0.0.0/8')!],
  ports: [{ first: 1, last: 65_535 }],
};

/** What the server of the tests and this seal with. */
export const openTestSealer = () => openAesSealer({ current: Buffer.alloc(32, 'sealing key') });

/** The worker beside a server: it sends what is to be told, and watches the alerts. */
export function openTeller({ bus, url }: App, databaseUrl: string): Promise<Worker> {
  return startWorker({
    databaseUrl,
    directUrl: databaseUrl,
    sharedThrough: null,
    bus,
    sealer: openTestSealer(),
    settings: { ...WORKER_SETTINGS, outbound: OUTBOUND_HERE },
    mailer: { send: async () => undefined },
    publicUrl: url,
    log: pino({ level: 'fatal' }),
  });
}
