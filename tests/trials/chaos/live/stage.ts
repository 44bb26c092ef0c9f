import { once } from 'node:events';
import { openProxy, type Proxy } from '../../../client/proxy.ts';
import type { ServerChild } from '../../../live/server-child.ts';
import { freePort, startRedis } from '../../../world/redis.ts';
import type { TrialDatabase } from '../database.ts';
import { endWithTrial } from '../interruption.ts';
import { kill, startPatiently } from '../servers.ts';

/** What carries the hints of one node to the other. */
export type Carrier = 'PostgreSQL' | 'Redis';

/** Two real nodes over one PostgreSQL; each hears the other over a network of ours. */
export interface LiveStage {
  carrier: Carrier;
  database: TrialDatabase;
  nodes: readonly TrialNode[];
  /** Kills the Redis and starts another in its place; null without one. */
  restartRedis: (() => Promise<void>) | null;
  close(): Promise<void>;
}

export async function openLiveStage(database: TrialDatabase, carrier: Carrier): Promise<LiveStage> {
  const redis = carrier === 'Redis' ? await openRedis() : null;
  const nodes = await Promise.all([1, 2].map(() => TrialNode.open(database.url, redis?.url ?? null)));
  return {
    carrier,
    database,
    nodes,
    restartRedis: redis && (() => redis.restart()),
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
      await redis?.close();
    },
  };
}

/** A place where a server is: one that is killed is followed by another at the same address. */
export class TrialNode {
  readonly url: string;
  /** The way to whatever carries its hints. */
  readonly bus: Proxy;
  isListening = false;
  readonly #start: () => Promise<ServerChild>;
  #server: Promise<ServerChild>;

  private constructor(url: string, bus: Proxy, start: () => Promise<ServerChild>) {
    this.url = url;
    this.bus = bus;
    this.#start = start;
    this.#server = this.#begin();
  }

  static async open(databaseUrl: string, redisUrl: string | null): Promise<TrialNode> {
    const port = await freePort();
    const bus = await openProxy(redisUrl ?? databaseUrl);
    const sharedThrough = new URL(databaseUrl);
    if (redisUrl === null) sharedThrough.port = new URL(bus.url).port;
    const ways = {
      port,
      sharedThrough: sharedThrough.href,
      ...(redisUrl !== null && { redisUrl: bus.url.replace('http', 'redis') }),
    };
    const node = new TrialNode(`http://127.0.0.1:${port}`, bus, () => startPatiently(databaseUrl, ways));
    await node.isUp();
    return node;
  }

  /** Waits until its server listens. */
  async isUp(): Promise<void> {
    await this.#server;
  }

  /** Kills its server as it stands; another is on its way when this returns. */
  async replace(): Promise<void> {
    const server = await this.#server;
    this.isListening = false;
    await kill(server);
    this.#server = this.#begin();
    // Whoever waits for it hears of a failure.
    this.#server.catch(() => undefined);
  }

  async #begin(): Promise<ServerChild> {
    const server = await this.#start();
    this.isListening = true;
    return server;
  }

  async close(): Promise<void> {
    await this.#server.then(kill).catch(() => undefined);
    await this.bus.close();
  }
}

interface TrialRedis {
  url: string;
  restart(): Promise<void>;
  close(): Promise<void>;
}

async function openRedis(): Promise<TrialRedis> {
  const port = await freePort();
  let redis = await startRedis(port);
  const stop = async (): Promise<void> => {
    // The same Control-C may have ended it.
    if (redis.exitCode !== null || redis.signalCode !== null) return;
    const ended = once(redis, 'exit');
    redis.kill('SIGKILL');
    await ended;
  };
  const forget = endWithTrial(stop);
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart() {
      await stop();
      redis = await startRedis(port);
    },
    async close() {
      await stop();
      forget();
    },
  };
}
