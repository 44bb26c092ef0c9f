import type { Logger } from 'pino';
import { openJobRunner } from '#adapters/graphile-worker';
import { openGuardedHttp } from '#adapters/guarded-http';
import type { Config } from '#config';
import { AlertWatch } from '#core/alerts/watch';
import { Announcer } from '#core/announcements/announcer';
import { type Db, type EventListener, openDb } from '#core/db';
import type { Bus } from '#core/events/bus';
import { openIntegrationCarrier } from '#core/integrations/carrier';
import type { Job } from '#core/jobs';
import type { Mailer } from '#core/mail';
import type { Sealer } from '#core/sealing';
import { openWebhookCarrier } from '#core/webhooks/carrier';
import { Courier } from '#core/webhooks/courier';
import { webhookListener } from '#core/webhooks/listener';
import { tellOwners } from '#core/webhooks/notice';
import { openBus } from '#main/bus';
import { type JobSettings, listJobs } from '#worker/jobs';

export interface WorkerOptions {
  databaseUrl: string;
  /** The same database without a pooler in between. */
  directUrl: string;
  /** Where other processes are heard; null when the database is ours alone. */
  sharedThrough: string | null;
  /** That of a server in this process, which then stays its own; one of its own if left out. */
  bus?: Bus | undefined;
  sealer: Sealer;
  settings: JobSettings & Pick<Config, 'redisUrl' | 'outbound'>;
  mailer: Mailer;
  /** Where people reach the server. */
  publicUrl: string;
  log: Logger;
}

export interface Worker {
  jobs: readonly Pick<Job, 'name' | 'cron'>[];
  /** Takes no more work and waits, for a while, for what runs. */
  close(): Promise<void>;
}

/** Jobs are few and never in a hurry; alerts look at two at once, and the rest tells others. */
const CONNECTIONS_MAX = 8;

/** Runs the jobs, watches the alerts and tells others, over a migrated database, which stays the caller's. Any number of workers share one database. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { databaseUrl, directUrl, sharedThrough, settings, log } = options;
  const onError = (err: unknown): void => log.error({ err }, 'telling others failed');
  const bus = options.bus ?? openBus({ redisUrl: settings.redisUrl, sharedThrough }, onError);
  const onEvents: EventListener = (workspaceId, number) => bus.publish({ kind: 'events', workspaceId, number });
  const db = openDb({ url: databaseUrl, connectionsMax: CONNECTIONS_MAX, onEvents });
  const closeBoth = async (): Promise<void> => {
    if (bus !== options.bus) await bus.close();
    await db.$disconnect();
  };
  try {
    const jobs = listJobs(db, { ...options, onError }, settings);
    const runner = await openJobRunner({ databaseUrl: directUrl, jobs, log });
    const alerts = new AlertWatch({
      ...options,
      db,
      bus,
      onError: (err) => log.error({ err }, 'an alert was not told'),
    });
    const telling = openTelling(options, { db, bus, onError });
    return {
      jobs,
      async close() {
        await Promise.all([alerts.close(), telling.close()]);
        await runner.close();
        await closeBoth();
      },
    };
  } catch (error) {
    await closeBoth();
    throw error;
  }
}

/** Follows what happens, and sends it to whoever wants to be told. */
function openTelling(
  { settings, sealer, mailer, publicUrl }: WorkerOptions,
  { db, bus, onError }: { db: Db; bus: Bus; onError: (error: unknown) => void },
): { close(): Promise<void> } {
  const outbound = openGuardedHttp(settings.outbound);
  // What this does not reach is done by the job.
  const onDisabled = (): void => void tellOwners(db, { mailer, publicUrl, onError }).catch(onError);
  const carriers = {
    webhooks: openWebhookCarrier({ sealer, outbound }),
    integrations: openIntegrationCarrier({ db, sealer, outbound, mailer, publicUrl }),
  };
  const courier = new Courier({ db, carriers, onDisabled, onError });
  const look = (workspaceId: string): void => void courier.look(workspaceId);
  const announcer = new Announcer({ db, bus, listeners: [webhookListener(look)], onError });
  // Tests and replays are written by the API, with an event that says so.
  const unsubscribe = bus.subscribe((hint) => hint.kind === 'events' && look(hint.workspaceId));
  return {
    async close() {
      unsubscribe();
      await announcer.close();
      await courier.close();
      await outbound.close();
    },
  };
}
