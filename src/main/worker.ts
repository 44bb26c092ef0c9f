import type { Logger } from 'pino';
import { openJobRunner } from '#adapters/graphile-worker';
import { AlertWatch } from '#core/alerts/watch';
import { openDb } from '#core/db';
import type { Job } from '#core/jobs';
import type { Mailer } from '#core/mail';
import { type JobSettings, listJobs } from '#worker/jobs';

export interface WorkerOptions {
  databaseUrl: string;
  /** The same database without a pooler in between. */
  directUrl: string;
  settings: JobSettings;
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

/** Jobs are few and never in a hurry; alerts look at two at once. */
const CONNECTIONS_MAX = 4;

/** Runs the jobs, and watches the alerts, over a migrated database, which stays the caller's. Any number of workers share one database. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { databaseUrl, directUrl, settings, log } = options;
  const db = openDb({ url: databaseUrl, connectionsMax: CONNECTIONS_MAX });
  try {
    const jobs = listJobs(db, settings);
    const runner = await openJobRunner({ databaseUrl: directUrl, jobs, log });
    const alerts = new AlertWatch({ ...options, db, onError: (err) => log.error({ err }, 'an alert was not told') });
    return {
      jobs,
      async close() {
        await alerts.close();
        await runner.close();
        await db.$disconnect();
      },
    };
  } catch (error) {
    await db.$disconnect();
    throw error;
  }
}
