import { Crowd } from './crowd.ts';
import type { Ground, Spender } from './ground.ts';
import { CAME_BACK, RECIPE_CAME_BACK, STATEMENTS_MANY, STATEMENTS_ONE } from './live-summary.ts';
import type { Part, Round } from './part.ts';
import { type Server, startLiveBaseline, startServer, stopServer } from './servers.ts';
import { SteadyDebits } from './steady-debits.ts';
import { cpuMicrosOf, statementsOf } from './vitals.ts';

const QUERY = `subscription ($after: Seq) { usageRecorded(after: $after) {
  ... on FeedSnapshot { __typename seq }
  ... on UsageChange { seq usageEntry { id createdAt credits } }
} }`;
const RECIPE_QUERY =
  'subscription { usageRecorded { ... on UsageChange { seq usageEntry { id createdAt credits } } } }';

interface Size {
  workspaces: number;
  /** Of each workspace. */
  sockets: number;
}

/**
 * All sockets drop, calls are made meanwhile, and all come back at once, each with the seq that it heard last: until every
 * one has what it missed. The statements that it takes are counted, with many sockets a workspace and with one.
 */
export async function openStorm(ground: Ground, { workspaces, sockets }: Size): Promise<Part> {
  const spenders = await ground.makeSpenders(workspaces);
  const [product, recipe] = await Promise.all([
    startServer('product', ground.databaseUrl),
    startLiveBaseline('recipe'),
  ]);
  const debits = await SteadyDebits.open(
    product.url,
    spenders.map(({ secret }) => secret),
  );
  await debits.fromEach();
  const crowd = await Crowd.start();
  const stage = { product, recipe, spenders, debits, crowd };
  return {
    async runRound(round) {
      await weather(stage, { ...round, sockets: 1, name: null, statements: STATEMENTS_ONE });
      await weather(stage, { ...round, sockets, name: CAME_BACK, statements: STATEMENTS_MANY });
      await weatherRecipe(stage, { ...round, sockets: sockets * workspaces });
    },
    async close() {
      debits.close();
      await crowd.close();
      await Promise.all([product, recipe].map(stopServer));
    },
  };
}

interface Stage {
  product: Server;
  recipe: Server;
  spenders: readonly Spender[];
  debits: SteadyDebits;
  crowd: Crowd;
}

async function weather(
  { product: { url, child }, spenders, debits, crowd }: Stage,
  { sockets, name, statements, figures }: Round & { sockets: number; name: string | null; statements: string },
): Promise<void> {
  const followings = spenders.map(({ secret }, group) => ({
    count: sockets,
    group,
    authorization: `Bearer ${secret}`,
    query: QUERY,
  }));
  await crowd.open(url, followings, { hasLog: true });
  await crowd.drop({ isForGood: false });
  // What they will have missed.
  await debits.fromEach();
  await crowd.report();
  const before = { statements: await statementsOf(child), cpuMicros: await cpuMicrosOf(child) };
  const startedAt = performance.now();
  await crowd.reopen(url);
  await crowd.heard(spenders.length * sockets);
  const tookMs = performance.now() - startedAt;
  figures.note(statements, (await statementsOf(child)) - before.statements);
  const cpuMicros = ((await cpuMicrosOf(child)) - before.cpuMicros) / (spenders.length * sockets);
  const { heard, closed, seqs } = await crowd.report();
  const isBehind = new Set(seqs).size > 1 || heard !== spenders.length * sockets;
  if (closed > 0 || isBehind)
    throw new Error(`Heard ${heard}; ${closed} sockets closed; at ${[...new Set(seqs)].join()}`);
  if (name !== null) figures.add(name, { p50Ms: tookMs, p99Ms: tookMs, maxMs: tookMs, cpuMicros });
  await crowd.drop({ isForGood: true });
}

/** As many sockets of the usual recipe: what they missed they never hear, so all that is timed is being live again. */
async function weatherRecipe(
  { recipe: { url, child }, crowd }: Stage,
  { sockets, figures }: Round & { sockets: number },
): Promise<void> {
  const following = { count: sockets, group: 0, authorization: '', query: RECIPE_QUERY, isSilentAtFirst: true };
  await crowd.open(url, [following]);
  await crowd.drop({ isForGood: false });
  const before = await cpuMicrosOf(child);
  const startedAt = performance.now();
  await crowd.reopen(url);
  const tookMs = performance.now() - startedAt;
  const cpuMicros = ((await cpuMicrosOf(child)) - before) / sockets;
  figures.add(RECIPE_CAME_BACK, { p50Ms: tookMs, p99Ms: tookMs, maxMs: tookMs, cpuMicros });
  await crowd.drop({ isForGood: true });
}
