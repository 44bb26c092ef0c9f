import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAesSealer } from '#adapters/aes-sealer';
import { openJobRunner } from '#adapters/graphile-worker';
import { newId } from '#core/ids';
import type { Job, JobRunner } from '#core/jobs';
import { startWorker, type Worker } from '#main/worker';
import { makeScratchDatabase, query } from '../world/scratch-database.ts';
import { WORKER_SETTINGS } from '../world/worker-settings.ts';
import { openWorld, type World } from '../world/world.ts';

let world: World;
let worker: Worker;
const log = pino({ level: 'silent' });
const DAY_MS = 24 * 3_600_000;

// Before any worker was started.
const signalListeners = process.listenerCount('SIGTERM');

beforeAll(async () => {
  world = await openWorld();
  worker = await startWorker({
    databaseUrl: world.databaseUrl,
    directUrl: world.databaseUrl,
    sharedThrough: null,
    sealer: openAesSealer({ current: Buffer.alloc(32, 7) }),
    settings: WORKER_SETTINGS,
    mailer: { send: async () => undefined },
    publicUrl: 'http://localhost',
    log,
  });
});
afterAll(async () => {
  await worker.close();
  await world.close();
});

const runNow = (name: string) => query(world.databaseUrl, `SELECT graphile_worker.add_job('${name}')`);

const waiting = () => query(world.databaseUrl, 'SELECT * FROM graphile_worker.jobs');

function openRunner(jobs: readonly Job[]): Promise<JobRunner> {
  return openJobRunner({ databaseUrl: world.databaseUrl, jobs, log });
}

test('every job that a worker says it has can be run, and is then done', async () => {
  expect(worker.jobs.length).toBeGreaterThan(0);
  for (const { name } of worker.jobs) await runNow(name);
  await expect.poll(waiting, { timeout: 5_000 }).toEqual([]);
});

test('sessions and one-time tokens are deleted when their time is over, and not before', async () => {
  const { userId } = await world.makeUser();
  const times = [new Date(Date.now() - 1_000), new Date(Date.now() + DAY_MS)];
  for (const expiresAt of times) {
    await world.db.session.create({ data: { id: newId(), token: randomUUID(), userId, expiresAt } });
    await world.db.verification.create({ data: { id: newId(), identifier: userId, value: 'x', expiresAt } });
  }
  await runNow('expired-sign-ins');
  const left = async () => [
    await world.db.session.findMany({ where: { userId }, select: { expiresAt: true } }),
    await world.db.verification.findMany({ where: { identifier: userId }, select: { expiresAt: true } }),
  ];
  await expect.poll(left, { timeout: 5_000 }).toEqual([[{ expiresAt: times[1] }], [{ expiresAt: times[1] }]]);
});

test('the answer to a keyed mutation is forgotten after 30 days, and not before', async () => {
  const scopeId = newId();
  const days = [29, 31];
  await world.db.idempotencyRecord.createMany({
    data: days.map((age) => ({
      scopeId,
      keyHash: Buffer.from([age]),
      mutation: 'test',
      requestHash: Buffer.from([age]),
      answer: {},
      createdAt: new Date(Date.now() - age * DAY_MS),
    })),
  });
  await runNow('old-idempotency-records');
  const left = async () => (await world.db.idempotencyRecord.findMany({ where: { scopeId } })).map((r) => r.keyHash[0]);
  await expect.poll(left, { timeout: 5_000 }).toEqual([29]);
});

test('an invitation goes 30 days after it expired, and not before, however it ended', async () => {
  const { workspaceId, key } = await world.makeWorkspace();
  const invite = async (daysAgo: number, ended: { acceptedAt?: Date; revokedAt?: Date }) => {
    const id = newId();
    const about = { id, workspaceId, email: `${id}@example.com`, role: 'MEMBER', tokenHash: Buffer.from(id) } as const;
    const times = { createdAt: new Date(), expiresAt: new Date(Date.now() - daysAgo * DAY_MS), ...ended };
    await world.db.invitation.create({ data: { ...about, ...times, invitedById: key.actor.memberId } });
    return id;
  };
  const kept: string[] = [];
  for (const ended of [{}, { acceptedAt: new Date() }, { revokedAt: new Date() }]) {
    kept.push(await invite(29, ended));
    await invite(31, ended);
  }
  await runNow('expired-invitations');
  const left = async () => (await world.db.invitation.findMany({ where: { workspaceId } })).map(({ id }) => id);
  await expect.poll(async () => (await left()).toSorted(), { timeout: 5_000 }).toEqual(kept.toSorted());
});

test('what fell due while nobody worked is made up for once, however many workers come', async () => {
  const ran: string[] = [];
  const minute = (new Date().getUTCMinutes() + 30) % 60;
  const jobs = ['first', 'second'].map((name): Job => {
    return { name, cron: `${minute} * * * *`, run: async () => void ran.push(name) };
  });
  await (await openRunner(jobs)).close();
  await query(
    world.databaseUrl,
    `UPDATE graphile_worker._private_known_crontabs
     SET known_since = now() - interval '2 days', last_execution = now() - interval '3 hours' WHERE identifier IN ('first', 'second')`,
  );
  const runners = await Promise.all([openRunner(jobs), openRunner(jobs), openRunner(jobs)]);
  await expect.poll(() => ran.length, { timeout: 5_000 }).toBe(2);
  // All three have looked at what is due before they are gone.
  await Promise.all(runners.map((runner) => runner.close()));
  expect(ran.toSorted()).toEqual(['first', 'second']);
  expect(await waiting()).toEqual([]);
});

test('workers that start at once on a database that never had one all come up, and leave signals to the program', async () => {
  const { url, drop } = await makeScratchDatabase();
  const job: Job = { name: 'any', cron: '0 0 1 1 *', run: async () => {} };
  const runners = await Promise.all([1, 2, 3].map(() => openJobRunner({ databaseUrl: url, jobs: [job], log })));
  expect(process.listenerCount('SIGTERM')).toBe(signalListeners);
  await Promise.all(runners.map((runner) => runner.close()));
  await drop();
});

test('closing waits for the job that runs and begins no other', async () => {
  const steps: string[] = [];
  const job: Job = {
    name: 'slow',
    cron: '0 0 1 1 *',
    run: async () => {
      steps.push('began');
      await new Promise((resolve) => setTimeout(resolve, 300));
      steps.push('finished');
    },
  };
  const runner = await openRunner([job]);
  await runNow('slow');
  await expect.poll(() => steps, { timeout: 5_000 }).toEqual(['began']);
  await runner.close();
  steps.push('closed');
  await runNow('slow');
  expect(steps).toEqual(['began', 'finished', 'closed']);
  await query(world.databaseUrl, `SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker.jobs`);
});

test('a job that does not end keeps nothing from closing, and runs again when it is due next', async () => {
  const { url, drop } = await makeScratchDatabase();
  // As the crontab queues it.
  const fallDue = () => query(url, `SELECT graphile_worker.add_job('stuck', job_key := 'stuck')`);
  let begun = 0;
  const open = (run: () => Promise<void>) =>
    openJobRunner({ databaseUrl: url, jobs: [{ name: 'stuck', cron: '0 0 1 1 *', run }], log, drainMs: 100 });
  const runner = await open(() => {
    begun += 1;
    return new Promise(() => {});
  });
  await fallDue();
  await expect.poll(() => begun, { timeout: 5_000 }).toBe(1);
  await runner.close();
  const other = await open(async () => void (begun += 1));
  await fallDue();
  await expect.poll(() => begun, { timeout: 5_000 }).toBe(2);
  await other.close();
  await drop();
});

test('a job that fails is tried again, and takes nothing down with it', { timeout: 20_000 }, async () => {
  let attempts = 0;
  const job: Job = {
    name: 'flaky',
    cron: '0 0 1 1 *',
    run: async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('planted');
    },
  };
  const runner = await openRunner([job]);
  await runNow('flaky');
  await expect.poll(() => attempts, { timeout: 15_000 }).toBe(2);
  await runner.close();
});

test('a runner that lost its database goes on when it is back', { timeout: 30_000 }, async () => {
  let runs = 0;
  const job: Job = { name: 'patient', cron: '0 0 1 1 *', run: async () => void (runs += 1) };
  const runner = await openRunner([job]);
  await query(
    world.databaseUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'commonpurse jobs'`,
  );
  await runNow('patient');
  await expect.poll(() => runs, { timeout: 20_000 }).toBe(1);
  await runner.close();
});

test(
  'a runner that could not write down how its jobs ended takes nothing with it, and begins again',
  { timeout: 30_000 },
  async () => {
    const { url, drop } = await makeScratchDatabase();
    const rename = (from: string, to: string) => query(url, `ALTER SCHEMA ${from} RENAME TO ${to}`);
    const add = (name: string) => query(url, `SELECT graphile_worker.add_job('${name}')`);
    const lines: string[] = [];
    const ran: string[] = [];
    const jobs = ['unlucky', 'failing', 'later'].map((name): Job => {
      const run = async (): Promise<void> => {
        if (name !== 'later') await rename('graphile_worker', 'hidden');
        ran.push(name);
        if (name === 'failing') throw new Error('planted');
      };
      return { name, cron: '0 0 1 1 *', run };
    });
    const collecting = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
    const runner = await openJobRunner({ databaseUrl: url, jobs, log: collecting });
    for (const unwritten of ['unlucky', 'failing']) {
      lines.length = 0;
      await add(unwritten);
      await expect.poll(() => lines.join(''), { timeout: 10_000 }).toMatch(/Failed to (complete|fail) jobs/);
      await rename('hidden', 'graphile_worker');
      await add('later');
      await expect.poll(() => ran.at(-1), { timeout: 10_000 }).toBe('later');
    }
    expect(ran).toEqual(['unlucky', 'later', 'failing', 'later']);
    await runner.close();
    await drop();
  },
);
