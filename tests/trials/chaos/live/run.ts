import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../../isolation/random.ts';
import { credits, type TestWorkspace } from '../../../world/world.ts';
import { readLedger } from '../../ledger.ts';
import { type LiveFault, liveFaults } from './faults.ts';
import { Follower } from './follower.ts';
import type { LiveStage } from './stage.ts';
import { until } from './until.ts';
import { goalOf, violationsOfHearing } from './verdict.ts';
import { Writer } from './writer.ts';

const CATCH_UP_MS = 60_000;
/** Most faults strike what has come back from the last, for at most so long. */
const RECOVERY_MS = 8_000;
/** How a stream may end under faults: an error or completion would make a client give up, or blame itself. */
const HONEST_ENDS = /^(closed (1006|1012|1013)|ended|[^:]*(: |status )503|ECONN\w+|EPIPE|ETIMEDOUT|socket hang up)$/;

export interface LivePlan {
  seed: number;
  subscribers: number;
  workspaces: number;
  /** Calls a second. */
  rate: number;
  faults: number;
  /** At most this long between two faults. */
  pauseMs: number;
}

export interface LiveResult {
  /** By the fault: how often it struck, how often it found something to hit, and how much in all. */
  faults: Map<string, { times: number; struck: number; hit: number }>;
  calls: number;
  unanswered: number;
  events: number;
  /** Events that were a state asked for, and those that were a reset. */
  snapshots: number;
  resets: number;
  /** How often connections of clients ended, by the reason. */
  ends: Map<string, number>;
  caughtUpMs: number;
  violations: string[];
}

/** Clients follow and a writer writes while one thing after another breaks; then all clients' logs are held against the ledger. */
export async function runLiveChaos(stage: LiveStage, plan: LivePlan): Promise<LiveResult> {
  const { world } = stage.database;
  const workspaces: TestWorkspace[] = [];
  for (let made = 0; made < plan.workspaces; made++) {
    workspaces.push(await world.makeWorkspace({ credits: credits(1_000_000) }));
  }
  const urls = stage.nodes.map(({ url }) => url);
  const followers = gather(plan, workspaces, urls);
  const writer = new Writer({ workspaces, urls, rate: plan.rate, random: new Random(plan.seed, 1) });
  const following = followers.map((follower) => follower.run());
  await until(() => followers.every(({ seq }) => seq !== null), CATCH_UP_MS);
  const writing = writer.run();
  const faults = await strikeAll(stage, followers, plan);
  await stage.database.isUp();
  await Promise.all(stage.nodes.map((node) => node.isUp()));
  writer.stop();
  await writing;
  const caughtUpMs = await catchUp(stage, followers);
  for (const follower of followers) follower.stop();
  await Promise.all(following);
  const heard = followers.flatMap(({ log }) => log);
  return {
    faults,
    calls: writer.count,
    unanswered: writer.unanswered,
    events: heard.length,
    snapshots: heard.filter(({ kind }) => kind === 'FeedSnapshot').length,
    resets: heard.filter(({ kind }) => kind === 'FeedReset').length,
    ends: sumOf(followers),
    caughtUpMs,
    violations: await judge(stage, { workspaces, followers, writer }),
  };
}

/** Of five subscribers three follow the usage log and two the balance; a quarter come over server-sent events. */
function gather({ subscribers, seed }: LivePlan, workspaces: readonly TestWorkspace[], urls: readonly string[]) {
  return Array.from({ length: subscribers }, (_, index) => {
    const { workspaceId, key } = workspaces[index % workspaces.length] as TestWorkspace;
    const place = Math.floor(index / workspaces.length);
    return new Follower({
      field: place % 5 < 3 ? 'usageRecorded' : 'balanceChanged',
      transport: place % 4 === 1 ? 'SSE' : 'socket',
      workspaceId,
      token: key.secret,
      urls,
      random: new Random(seed, 1_000 + index),
    });
  });
}

async function strikeAll(
  stage: LiveStage,
  followers: readonly Follower[],
  { seed, faults: count, pauseMs }: LivePlan,
): Promise<LiveResult['faults']> {
  const random = new Random(seed, 0);
  const faults = liveFaults(stage);
  const deck = faults.flatMap((fault) => Array.from({ length: fault.share }, () => fault));
  const results: LiveResult['faults'] = new Map(faults.map(({ name }) => [name, { times: 0, struck: 0, hit: 0 }]));
  // Each once, then as often as its share says: a short run is to see them all.
  let waiting: LiveFault[] = [...faults];
  for (let done = 0; done < count; done++) {
    if (waiting.length === 0) waiting = [...deck];
    const [fault] = waiting.splice(random.below(waiting.length), 1);
    if (!fault) break;
    // Otherwise one fault would hide another: what is down cannot be broken. Later some are to fall together all the same.
    if (done < faults.length || random.chance(0.8)) await until(() => hasRecovered(stage, followers), RECOVERY_MS);
    const hit = await fault.strike({ stage, followers, random });
    const result = results.get(fault.name);
    if (result)
      Object.assign(result, {
        times: result.times + 1,
        struck: result.struck + Math.min(hit, 1),
        hit: result.hit + hit,
      });
    await sleep(random.below(pauseMs));
  }
  return results;
}

/** @returns How long it took until every client had heard of the last decision; it does not wait for ever. */
async function catchUp({ database }: LiveStage, followers: readonly Follower[]): Promise<number> {
  const begun = performance.now();
  const ids = [...new Set(followers.map(({ workspaceId }) => workspaceId))];
  const ledgers = new Map(await Promise.all(ids.map(async (id) => [id, await readLedger(database.url, id)] as const)));
  await until(
    () => followers.every(({ field, seq, workspaceId }) => (seq ?? 0) >= goalOf(field, ledgers.get(workspaceId) ?? [])),
    CATCH_UP_MS,
  );
  return performance.now() - begun;
}

async function judge(
  { database }: LiveStage,
  {
    workspaces,
    followers,
    writer,
  }: { workspaces: readonly TestWorkspace[]; followers: readonly Follower[]; writer: Writer },
): Promise<string[]> {
  const found: string[] = [];
  for (const [index, { workspaceId }] of workspaces.entries()) {
    const ledger = await readLedger(database.url, workspaceId);
    found.push(...writer.violations(index, ledger));
    for (const { name, field, log } of followers.filter((each) => each.workspaceId === workspaceId)) {
      found.push(...violationsOfHearing({ field, log, ledger }).map((violation) => `${name}: ${violation}`));
    }
  }
  const dishonest = [...sumOf(followers)].filter(([reason]) => !HONEST_ENDS.test(reason));
  return [...found, ...dishonest.map(([reason, times]) => `${times} connections ended with ${reason}`)];
}

function sumOf(followers: readonly Follower[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { ends } of followers) for (const [reason, count] of ends) sum.set(reason, (sum.get(reason) ?? 0) + count);
  return sum;
}

function hasRecovered({ nodes }: LiveStage, followers: readonly Follower[]): boolean {
  const listening = nodes.filter(({ isListening }) => isListening);
  const isJoined = listening.every(({ bus }) => bus.openConnections() > 0);
  return listening.length > 0 && isJoined && followers.every(({ isConnected }) => isConnected);
}
