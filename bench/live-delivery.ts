import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Crowd, type Following } from './crowd.ts';
import { DebitConnection } from './debit-connection.ts';
import type { Ground } from './ground.ts';
import { BROADCAST, PRODUCT, RECIPE, rssOf } from './live-summary.ts';
import { distribution } from './measure.ts';
import type { Part } from './part.ts';
import { type Server, startLiveBaseline, startServer, stopServer } from './servers.ts';
import { cpuMicrosOf, rssBytesOf } from './vitals.ts';

const QUERY = `subscription { event: usageRecorded {
  ... on FeedSnapshot { __typename seq }
  ... on UsageChange { seq usageEntry { id createdAt outcome environment credits price availableAfter apiKey { id name } } }
} }`;
const RECIPE_QUERY = QUERY.replace('event: ', '');

/** Enough for a process to have compiled what it runs, and to have grown what it keeps. */
const WARM_UP_SOCKETS = 500;

/** What an event of the product looks like, as it came from one. */
const EVENT = {
  usageRecorded: {
    __typename: 'UsageChange',
    seq: '1000',
    usageEntry: {
      id: 'use_01kb0000000000000000000000',
      createdAt: '2026-11-28T00:00:00.000Z',
      outcome: 'SUCCEEDED',
      environment: 'LIVE',
      credits: '0.000001',
      price: '0.000001',
      availableAfter: '999999.999',
      apiKey: { id: 'key_01kb0000000000000000000000', name: 'Bench' },
    },
  },
};
const FRAME = JSON.stringify({ id: randomUUID(), type: 'next', payload: { data: { event: EVENT.usageRecorded } } });

const SETTLE_MS = 500;

interface Contender {
  name: string;
  server: Server;
  following: Omit<Following, 'count'>;
  /** One event to all. */
  publish: () => Promise<void>;
}

/** One event to every socket, as the product sends it, as the usual recipe does, and as `ws` alone would. */
export async function openDelivery(ground: Ground, { sockets }: { sockets: number }): Promise<Part> {
  const [product, recipe, broadcast] = await Promise.all([
    startServer('product', ground.databaseUrl),
    startLiveBaseline('recipe'),
    startLiveBaseline('broadcast'),
  ]);
  const { secret } = await ground.makeSpender();
  const crowd = await Crowd.start();
  const debits = await DebitConnection.open(product.url, secret);
  const following = { authorization: `Bearer ${secret}`, group: 0 };
  const contenders: Contender[] = [
    {
      name: PRODUCT,
      server: product,
      following: { ...following, query: QUERY },
      publish: () => debits.recordUsage(),
    },
    {
      name: RECIPE,
      server: recipe,
      following: { ...following, query: RECIPE_QUERY, isSilentAtFirst: true },
      publish: async () => void recipe.child.send({ publish: JSON.stringify(EVENT) }),
    },
    {
      name: BROADCAST,
      server: broadcast,
      following: { ...following, query: QUERY, isSilentAtFirst: true },
      publish: async () => void broadcast.child.send({ publish: FRAME }),
    },
  ];
  if (sockets > WARM_UP_SOCKETS) {
    for (const contender of contenders) await warmUp(contender, crowd);
  }
  return {
    async runRound({ seconds, figures }) {
      for (const contender of contenders) {
        const { rssBytes, ...measured } = await measureDelivery(contender, { crowd, sockets, seconds });
        figures.add(contender.name, measured);
        figures.note(rssOf(contender.name), rssBytes / sockets / 1_024);
      }
    },
    async close() {
      debits.close();
      await crowd.close();
      await Promise.all([product, recipe, broadcast].map(stopServer));
    },
  };
}

async function warmUp(contender: Contender, crowd: Crowd): Promise<void> {
  await measureDelivery(contender, { crowd, sockets: WARM_UP_SOCKETS, seconds: 0.5 });
}

async function measureDelivery(
  { server: { child, url }, following, publish }: Contender,
  { crowd, sockets, seconds }: { crowd: Crowd; sockets: number; seconds: number },
) {
  const rssBefore = await rssBytesOf(child);
  await crowd.open(url, [{ ...following, count: sockets }]);
  // The baselines begin a stream some time after they were asked to; the product has said so.
  if (following.isSilentAtFirst) await sleep(Math.max(SETTLE_MS, sockets));
  const rssBytes = (await rssBytesOf(child)) - rssBefore;
  await crowd.report();
  const timesMs: number[] = [];
  const cpuBefore = await cpuMicrosOf(child);
  const startedAt = performance.now();
  while (timesMs.length < 2 || performance.now() - startedAt < seconds * 1_000) {
    const from = performance.now();
    await publish();
    await crowd.heard((timesMs.length + 1) * sockets);
    timesMs.push(performance.now() - from);
  }
  const cpuMicros = ((await cpuMicrosOf(child)) - cpuBefore) / (timesMs.length * sockets);
  const { closed, heard } = await crowd.report();
  if (closed > 0 || heard !== timesMs.length * sockets) throw new Error(`Heard ${heard}; ${closed} sockets closed`);
  await crowd.drop({ isForGood: true });
  return { ...distribution(timesMs), cpuMicros, rssBytes };
}
