import type { Logger } from 'pino';
import { openJobRunner } from '#adapters/graphile-worker';
import { openDb } from '#core/db';
import type { Job } from '#core/jobs';
import { type JobSettings, listJobs } from '#worker/jobs';

export interface WorkerOptions {
  databaseUrl: string;
  /** The same database without a pooler in between. */
  directUrl: string;
  settings: JobSettings;
  log: Logger;
}

export interface Worker {
  jobs: readonly Pick<Job, 'name' | 'cron'>[];
  /** Takes no more work and waits, for a while, for what runs. */
  close(): Promise<void>;
}

/** Jobs are few and never in a hurry. */
const CONNECTIONS_MAX = 2;

/** Runs the jobs over a migrated database, which stays the caller's. Any number of workers share one database. */
export async function startWorker({ databaseUrl, directUrl, settings, log }: WorkerOptions): Promise<Worker> {
  const db = openDb({ url: databaseUrl, connectionsMax: CONNECTIONS_MAX });
  try {
    const jobs = listJobs(db, settings);
    const runner = await openJobRunner({ databaseUrl: directUrl, jobs, log });
    return {
      jobs,
      async close() {
        await runner.close();
        await db.$disconnect();
      },
    };
  } catch (error) {
    await db.$disconnect();
    throw error;
  }
}
