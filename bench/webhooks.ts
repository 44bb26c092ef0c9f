import { setTimeout as sleep } from 'node:timers/promises';
import { type Ground, openGround, type Spender } from './ground.ts';
import { commitsSince } from './live-traffic.ts';
import { distribution } from './measure.ts';
import { postgresCpuReader } from './postgres-cpu.ts';
import { atLeast, atMost, type BenchOptions, describeMachine, type Report, rounded, Rounds } from './report.ts';
import { type Server, startServer, startWorkerProcess, stopServer } from './servers.ts';
import { SteadyDebits } from './steady-debits.ts';
import { cpuMicrosOf } from './vitals.ts';
import { addBacklog, addEndpoint, openSink, type Sink } from './webhook-ground.ts';

const IDLE = 'commit to first byte, idle';
const BESIDE_HANGING = 'commit to first byte, beside endpoints that hang';
const BACKLOG = 'deliveries of a backlog';
const ALONE = 'a debit, no worker';
const ANNOUNCED = 'a debit that is announced';

/** One call a second in each of these workspaces is little, and is enough for a tail. */
const IDLE_WORKSPACES = 20;
const BACKLOG_ENDPOINTS = 10;
const BACKLOG_PER_SECOND = 2_000;
const PAID_WORKSPACES = 50;
const DEBITS_PER_SECOND = 500;
const SETTLE_MS = 1_500;
const PATIENCE_MS = 60_000;

interface Stage {
  ground: Ground;
  sink: Sink;
  server: Server;
  worker: Server;
  idlers: readonly Spender[];
  idle: SteadyDebits;
  busy: SteadyDebits;
  hangingIds: readonly string[];
  backlog: { workspaceId: string; endpointIds: readonly string[] };
  databaseCpu: () => number;
}

/** How soon and how fast others are told of what happens, and what that costs those who pay for calls. */
export async function benchWebhooks({ rounds, seconds }: BenchOptions): Promise<Report> {
  const ground = await openGround();
  const sink = await openSink();
  const server = await startServer('product', ground.databaseUrl, { isShared: true });
  const worker = await startWorkerProcess(ground.databaseUrl);
  const opened: SteadyDebits[] = [];
  try {
    const stage = await setUp({ ground, sink, server, worker }, opened);
    const machine = describeMachine(ground);
    const figures = new Rounds();
    for (let round = 0; round < rounds; round++) {
      // By turns: whatever comes second is no worse for it.
      const turns = round % 2 === 0 ? [false, true] : [true, false];
      for (const hangs of turns) await measureDelay(stage, { seconds, figures, hangs });
      await measureBacklog(stage, { seconds, figures });
      for (const works of turns) await measureCost(stage, { seconds, figures, works });
    }
    return { bench: 'webhooks', machine, ...summary(figures) };
  } finally {
    for (const debits of opened) debits.close();
    worker.child.kill('SIGCONT');
    await Promise.all([stopServer(worker), stopServer(server)]);
    await sink.close();
    await ground.close();
  }
}

type Parts = Pick<Stage, 'ground' | 'sink' | 'server' | 'worker'>;

async function setUp(parts: Parts, opened: SteadyDebits[]): Promise<Stage> {
  const { ground, sink, server } = parts;
  const idlers = await ground.makeSpenders(IDLE_WORKSPACES);
  const payers = await ground.makeSpenders(PAID_WORKSPACES);
  const hangingIds: string[] = [];
  for (const [index, { workspaceId }] of idlers.entries()) {
    const eventTypes = ['usage.recorded' as const];
    await addEndpoint(ground, { workspaceId, url: `${sink.url}/idle/${index}`, eventTypes });
    hangingIds.push(await addEndpoint(ground, { workspaceId, url: `${sink.url}/hangs/${index}`, eventTypes }));
  }
  for (const { workspaceId } of payers)
    await addEndpoint(ground, { workspaceId, url: `${sink.url}/paid`, eventTypes: ['balance.low', 'api_key.created'] });
  const { workspaceId } = await ground.makeSpender();
  const backlog = { workspaceId, endpointIds: [] as string[] };
  for (let made = 0; made < BACKLOG_ENDPOINTS; made++) {
    const url = `${sink.url}/backlog/${made}`;
    backlog.endpointIds.push(await addEndpoint(ground, { workspaceId, url, eventTypes: ['webhook.disabled'] }));
  }
  const open = async (spenders: readonly Spender[]): Promise<SteadyDebits> => {
    const debits = await SteadyDebits.open(
      server.url,
      spenders.map(({ secret }) => secret),
    );
    opened.push(debits);
    await debits.fromEach();
    return debits;
  };
  const stage = { ...parts, idlers, idle: await open(idlers), busy: await open(payers), hangingIds, backlog };
  await setHanging(ground, hangingIds, false);
  await sleep(SETTLE_MS);
  return { ...stage, databaseCpu: await postgresCpuReader(ground.db) };
}

/** What hangs is sent nothing while it is not to be measured, and has no backlog then. */
async function setHanging({ db }: Ground, ids: readonly string[], hangs: boolean): Promise<void> {
  const life = hangs
    ? { disabledAt: null, disabledReason: null, failingSince: null }
    : { disabledAt: new Date(), disabledReason: 'MEMBER' as const };
  await db.webhookEndpoint.updateMany({ where: { id: { in: [...ids] } }, data: life });
  await db.webhookDelivery.deleteMany({ where: { endpointId: { in: [...ids] } } });
}

interface Measuring {
  seconds: number;
  figures: Rounds;
}

async function measureDelay(
  { ground, sink, idlers, idle, hangingIds }: Stage,
  { seconds, figures, hangs }: Measuring & { hangs: boolean },
): Promise<void> {
  if (hangs) {
    await setHanging(ground, hangingIds, true);
    // So that every lane of what hangs is taken.
    await idle.fromEach();
    await sleep(SETTLE_MS);
  }
  sink.take();
  const [{ now } = { now: new Date() }] = await ground.db.$queryRaw<{ now: Date }[]>`SELECT now()`;
  await idle.run({ perSecond: IDLE_WORKSPACES, seconds: Math.max(1, 5 * seconds) });
  await sleep(SETTLE_MS);
  const commits = await commitsSince(ground, now);
  const delays = sink
    .take()
    .filter(({ path }) => path.startsWith('/idle/'))
    .flatMap(({ path, at, body }) => {
      const { workspaceId } = idlers[Number(path.slice('/idle/'.length))] ?? { workspaceId: '' };
      const { data } = JSON.parse(body) as { data: { entries: { seq: string }[] } };
      return data.entries.flatMap(({ seq }) => {
        const commit = commits.get(`${workspaceId} ${seq}`);
        return commit === undefined ? [] : [at - commit];
      });
    });
  figures.add(hangs ? BESIDE_HANGING : IDLE, distribution(delays));
  if (hangs) await setHanging(ground, hangingIds, false);
}

async function measureBacklog({ ground, sink, backlog }: Stage, { seconds, figures }: Measuring): Promise<void> {
  const count = Math.max(200, Math.round(BACKLOG_PER_SECOND * seconds));
  sink.take();
  await addBacklog(ground, { ...backlog, count });
  const deadline = performance.now() + PATIENCE_MS;
  while (sink.count() < count) {
    if (performance.now() > deadline) throw new Error(`Only ${sink.count()} of ${count} deliveries came`);
    await sleep(5);
  }
  const times = sink.take().map(({ at }) => at);
  const elapsedMs = Math.max(...times) - Math.min(...times);
  figures.add(BACKLOG, { p50Ms: 0, p99Ms: 0, maxMs: 0, perSecond: ((count - 1) * 1_000) / elapsedMs });
  await ground.db.announcement.deleteMany({ where: { workspaceId: backlog.workspaceId } });
}

/** CPU of server, database and worker for each debit, with a worker that follows all workspaces or one that stands still. */
async function measureCost(
  { server, worker, busy, databaseCpu }: Stage,
  { seconds, figures, works }: Measuring & { works: boolean },
): Promise<void> {
  if (!works) worker.child.kill('SIGSTOP');
  await sleep(SETTLE_MS);
  const cpu = async (): Promise<number> =>
    (await cpuMicrosOf(server.child)) + databaseCpu() + (works ? await cpuMicrosOf(worker.child) : 0);
  const before = await cpu();
  const run = await busy.run({ perSecond: DEBITS_PER_SECOND, seconds: Math.max(0.5, 2 * seconds) });
  figures.add(works ? ANNOUNCED : ALONE, { ...run.times, cpuMicros: ((await cpu()) - before) / run.debits });
  if (!works) worker.child.kill('SIGCONT');
}

function summary(rounds: Rounds): Pick<Report, 'ratios' | 'figures' | 'bars'> {
  const figures = rounds.figures();
  const cost = rounds.ratio(ANNOUNCED, [ALONE], 'cpuMicros');
  const p99Of = (name: string): number => figures[name]?.p99Ms ?? Number.NaN;
  const hanging = rounded(p99Of(BESIDE_HANGING) / p99Of(IDLE));
  return {
    ratios: { 'CPU of a debit: announced / no worker': cost },
    figures,
    bars: [
      atMost(`${IDLE}, p99 ms`, 250, p99Of(IDLE)),
      atMost('p99 beside endpoints that hang / without', 1.2, hanging),
      atLeast('deliveries a second', 500, figures[BACKLOG]?.perSecond ?? 0),
      atMost('CPU of a debit, announced / no worker', 1.1, cost),
    ],
  };
}
