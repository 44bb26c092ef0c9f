import { setTimeout as sleep } from 'node:timers/promises';
import { Crowd, type Following } from './crowd.ts';
import type { Ground, Spender } from './ground.ts';
import { ACROSS, ASKED, CONFLATED, FOLLOWED, HERE, RATE, REFUSED, UNFOLLOWED } from './live-summary.ts';
import { distribution } from './measure.ts';
import type { Part, Round } from './part.ts';
import { postgresCpuReader } from './postgres-cpu.ts';
import { type Server, startServer, stopServer } from './servers.ts';
import { SteadyDebits } from './steady-debits.ts';
import { cpuMicrosOf } from './vitals.ts';

const QUERY = `subscription { balanceChanged {
  ... on FeedSnapshot { __typename seq }
  ... on BalanceChange { seq createdAt balance { available held total } }
} }`;
const DASHBOARDS = 4;

/** For the last debits to be heard of. */
const SETTLE_MS = 1_000;

interface Size {
  workspaces: number;
  perSecond: number;
  /** How many of the dashboards stay for what they cost a debit. */
  followers: number;
}

interface Stage extends Size {
  ground: Ground;
  spenders: readonly Spender[];
  /** The first takes the debits. */
  nodes: readonly [Server, Server];
  debits: SteadyDebits;
  crowd: Crowd;
  databaseCpu: () => number;
}

/**
 * Many workspaces, each with four dashboards that follow its balance, debited at a fixed rate: how long after its commit a
 * client has a debit, at the node that committed it and at another, and what followers cost a debit.
 */
export async function openTraffic(ground: Ground, size: Size): Promise<Part> {
  const spenders = await ground.makeSpenders(size.workspaces);
  const nodes = (await Promise.all(
    [0, 1].map(() => startServer('product', ground.databaseUrl, { isShared: true })),
  )) as [Server, Server];
  const secrets = spenders.map(({ secret }) => secret);
  const debits = await SteadyDebits.open(nodes[0].url, secrets);
  const stage: Stage = {
    ...size,
    ground,
    spenders,
    nodes,
    debits,
    crowd: await Crowd.start(),
    databaseCpu: await postgresCpuReader(ground.db),
  };
  // Twice: what is compiled on the way is compiled now.
  await debits.fromEach();
  await debits.run({ perSecond: size.perSecond, seconds: 1 });
  let turn = 0;
  return {
    async runRound(round) {
      await measureDelay(stage, { ...round, name: HERE, server: nodes[0] });
      await measureDelay(stage, { ...round, name: ACROSS, server: nodes[1] });
      const costs = [(): Promise<void> => measureCost(stage, round, false), () => measureCost(stage, round, true)];
      // By turns: whatever comes second is no worse for it.
      for (const cost of turn++ % 2 === 0 ? costs : costs.toReversed()) await cost();
    },
    async close() {
      debits.close();
      await stage.crowd.close();
      await Promise.all(nodes.map(stopServer));
    },
  };
}

function dashboardsOf(spenders: readonly Spender[]): Following[] {
  return spenders.map(({ secret }, group) => ({
    count: DASHBOARDS,
    group,
    authorization: `Bearer ${secret}`,
    query: QUERY,
  }));
}

async function measureDelay(
  { ground, spenders, debits, crowd, perSecond }: Stage,
  { name, server, seconds, figures }: Round & { name: string; server: Server },
): Promise<void> {
  await crowd.open(server.url, dashboardsOf(spenders), { hasLog: true });
  const [{ now } = { now: new Date() }] = await ground.db.$queryRaw<{ now: Date }[]>`SELECT now()`;
  const { times, refused } = await debits.run({ perSecond, seconds });
  figures.note(REFUSED, refused);
  await sleep(SETTLE_MS);
  const { arrivals, closed } = await crowd.report();
  if (closed > 0) throw new Error(`${closed} sockets closed`);
  const commits = await commitsSince(ground, now);
  const delays = arrivals.map(([group, seq, at]) => {
    const commit = commits.get(`${spenders[group]?.workspaceId} ${seq}`);
    if (commit === undefined) throw new Error(`Heard of what was not committed: ${seq}`);
    return at - commit;
  });
  figures.add(name, distribution(delays));
  if (name === HERE) figures.add(ASKED, times);
  await crowd.drop({ isForGood: true });
}

/** When each decision was committed, in milliseconds since 1970, by workspace and seq. */
export async function commitsSince({ db }: Ground, since: Date): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ id: string; seq: bigint; at: number }[]>`
    SELECT workspace_id::text AS id, seq, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS at
    FROM ledger_entry WHERE created_at >= ${since}`;
  return new Map(rows.map(({ id, seq, at }) => [`${id} ${seq}`, at]));
}

/** CPU of the server and the database for each debit, with followers or without. */
async function measureCost(
  { spenders, nodes: [node], debits, crowd, perSecond, followers, databaseCpu }: Stage,
  { seconds, figures }: Round,
  isFollowed: boolean,
): Promise<void> {
  const followed = isFollowed ? dashboardsOf(spenders.slice(0, Math.ceil(followers / DASHBOARDS))) : [];
  if (isFollowed) await crowd.open(node.url, followed);
  await sleep(SETTLE_MS);
  await crowd.report();
  const before = (await cpuMicrosOf(node.child)) + databaseCpu();
  const run = await debits.run({ perSecond, seconds });
  const cpuMicros = ((await cpuMicrosOf(node.child)) + databaseCpu() - before) / run.debits;
  figures.add(isFollowed ? FOLLOWED : UNFOLLOWED, { ...run.times, cpuMicros });
  figures.note(RATE, run.perSecond);
  figures.note(REFUSED, run.refused);
  if (!isFollowed) return;
  await sleep(SETTLE_MS);
  const { heard } = await crowd.report();
  const wanted = ((run.debits - run.refused) * followed.length * DASHBOARDS) / spenders.length;
  figures.note(CONFLATED, 100 * Math.max(0, 1 - heard / wanted));
  await crowd.drop({ isForGood: true });
}
