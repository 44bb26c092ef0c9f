import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, parseCronItems, run, type Runner } from 'graphile-worker';
import { Pool } from 'pg';
import type { Logger as Log } from 'pino';
import type { Job, JobRunner } from '#core/jobs';

export interface JobRunnerOptions {
  /** Leads to the database itself, not to a pooler: waiting for work takes a session of its own. */
  databaseUrl: string;
  jobs: readonly Job[];
  log: Log;
  /** How long closing waits for what runs; 8 seconds unless told. */
  drainMs?: number;
}

const HOUR_MS = 3_600_000;

/** A job that fails is tried again after 3, 7 and 20 seconds, then when it is due next. */
const ATTEMPTS_MAX = 4;

/** As long as the server waits for its requests, and less than an orchestrator waits before it kills. */
const DRAIN_MS = 8_000;

/** One connection waits for work, the other takes it and reports; jobs bring their own. */
const CONNECTIONS_MAX = 2;

/** The library ends a runner that could not write down how its jobs ended; another begins after this wait. */
const RESTART_MS = 2_000;

/** Runs the jobs when they are due, from a queue in the database (schema graphile_worker) that all workers share. */
export async function openJobRunner(options: JobRunnerOptions): Promise<JobRunner> {
  const { log, drainMs = DRAIN_MS } = options;
  const pgPool = openPool(options);
  const closing = new AbortController();
  const { signal } = closing;
  let runner = await begin(options, pgPool).catch(async (error: unknown) => {
    await pgPool.end();
    throw error;
  });
  const supervise = async (): Promise<void> => {
    while (!signal.aborted) {
      await runner.promise.catch((err: unknown) => log.error({ err }, 'the job queue stopped'));
      // Rejects when closing: then there is nothing to begin again.
      await sleep(RESTART_MS, undefined, { signal });
      log.warn('the job queue begins again');
      // A runner that cannot begin is tried again like one that ended; the old one has ended already.
      runner = await begin(options, pgPool).catch((err: unknown) => {
        log.error({ err }, 'the job queue did not begin');
        return runner;
      });
    }
    // One that began while the other was being stopped.
    await stop(runner);
  };
  const supervised = supervise().catch(() => {});
  return {
    async close() {
      closing.abort();
      const ended = stop(runner)
        .then(() => supervised)
        .then(() => pgPool.end());
      // A job that does not end must not keep the program from ending; when it is due next, it is queued anew.
      await Promise.race([ended, sleep(drainMs, undefined, { ref: false })]);
    },
  };
}

function begin({ jobs, log }: JobRunnerOptions, pgPool: Pool): Promise<Runner> {
  return run({
    pgPool,
    concurrency: CONNECTIONS_MAX,
    noHandleSignals: true,
    // Without these two, a job whose end could not be written down is an unhandled rejection: the end of the server.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: loggerOver(log),
    taskList: Object.fromEntries(jobs.map((job) => [job.name, () => job.run()])),
    parsedCronItems: parseCronItems(jobs.map(cronItemOf)),
  });
}

function openPool({ databaseUrl, log }: JobRunnerOptions): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'commonpurse jobs',
  });
  const onError = (err: unknown): void => log.warn({ err }, 'the job queue lost its database; it comes back by itself');
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

function cronItemOf({ name, cron }: Job) {
  return {
    task: name,
    match: cron,
    identifier: name,
    options: {
      // A time that passed while the only worker was being replaced is made up for.
      backfillPeriod: HOUR_MS,
      // What still waits when the job is due again becomes one run with it.
      jobKey: name,
      maxAttempts: ATTEMPTS_MAX,
    },
  };
}

function stop(runner: Runner): Promise<void> {
  return runner.stop().catch(() => {
    // It had stopped by itself, which is logged.
  });
}

function loggerOver(log: Log): Logger {
  // What the library calls information, each finished job, is detail to whoever reads a server's log.
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;
  return new Logger((scope) => (level, message, meta) => log[levels[level]]({ ...scope, ...meta }, message));
}
