import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violationsOf } from '../world/invariants.ts';
import { freePort, hasRedis, startRedis } from '../world/redis.ts';
import { credits, openWorld, type World } from '../world/world.ts';
import { makeRelease } from './release.ts';
import { type Env, openTopology, type Topology } from './topology.ts';
import { contiguous, follow, spend } from './traffic.ts';

const FOLLOWERS = 6;
const SCOPES = { scopes: ['usage:write', 'usage:read', 'balance:read'] } as const;

let folder: string;
beforeAll(() => {
  folder = makeRelease(mkdtempSync(join(tmpdir(), 'commonpurse-release-')));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function behaviour(open: () => Promise<Env>): void {
  let world: World;
  let topology: Topology;
  beforeAll(async () => {
    world = await openWorld();
    topology = await openTopology({ env: { DATABASE_URL: world.databaseUrl, ...(await open()) } });
    await Promise.all([topology.start(folder), topology.start(folder)]);
  });
  afterAll(async () => {
    await topology.close();
    await world.close();
  });

  test('whoever is cut off by a killed node goes on at another, and misses nothing', async () => {
    const { key, workspaceId } = await world.makeWorkspace({
      credits: credits(100_000),
      key: { scopes: [...SCOPES.scopes] },
    });
    const followers = Array.from({ length: FOLLOWERS }, () => follow(topology, key.secret));
    await expect.poll(() => followers.every(({ seqs }) => seqs.length > 0), { timeout: 5_000 }).toBe(true);
    const spending = spend(topology, key.secret);
    await expect.poll(() => spending.seqs.length, { timeout: 5_000 }).toBeGreaterThan(50);
    await topology.nodes[0]?.signal('SIGKILL');
    const before = spending.seqs.length;
    await expect.poll(() => spending.seqs.length, { timeout: 10_000 }).toBeGreaterThan(before + 100);
    await spending.stop();

    const last = Math.max(...spending.seqs);
    expect(spending.seqs.toSorted((a, b) => a - b)).toEqual(contiguous(2, last));
    await expect
      .poll(() => followers.map(({ seqs }) => seqs.at(-1)), { timeout: 5_000 })
      .toEqual(followers.map(() => last));
    for (const { seqs, kinds } of followers) {
      expect(seqs).toEqual(contiguous(1, last));
      expect(Array.from(kinds)).toEqual(['FeedSnapshot', 'UsageChange']);
    }
    // Nothing is sticky: half of them were at the node that died.
    expect(followers.filter(({ closeCodes }) => closeCodes.length > 0)).toHaveLength(FOLLOWERS / 2);
    expect(await violationsOf(world, workspaceId)).toEqual([]);
    await Promise.all(followers.map((follower) => follower.dispose()));
  });

  test('the health check of the image tells a node that is up from one that is not', async () => {
    const [, json = ''] = /^HEALTHCHECK [^]*?CMD (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    const [, ...args] = JSON.parse(json) as string[];
    const check = (port: number | undefined) =>
      spawnSync(process.execPath, args, { env: { PORT: String(port) } }).status;
    expect(check(topology.nodes[1]?.port)).toBe(0);
    expect(check(await freePort())).toBe(1);
  });
}

describe('two nodes behind a balancer that tell each other through PostgreSQL', () => {
  behaviour(async () => ({}));
});

// Skipped: where there is no redis-server on PATH. CI installs one.
describe.runIf(hasRedis)('two nodes behind a balancer that tell each other through Redis', () => {
  let stop: () => void;
  behaviour(async () => {
    const port = await freePort();
    const redis = await startRedis(port);
    stop = () => void redis.kill();
    return { REDIS_URL: `redis://127.0.0.1:${port}` };
  });
  afterAll(() => stop());
});
