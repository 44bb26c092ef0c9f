import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openMemoryCounter } from '#adapters/memory-counter';
import { openRedisCounter } from '#adapters/redis/counter';
import type { WindowCounter } from '#core/quotas/counter';
import { openProxy } from '../client/proxy.ts';
import { freePort, hasRedis, startRedis } from '../world/redis.ts';

function contract(open: () => WindowCounter, isShared: boolean): void {
  let counter: WindowCounter;
  beforeAll(() => void (counter = open()));
  afterAll(() => counter.close());

  test('counts by bucket and window, and tells the window before', async () => {
    const bucket = randomUUID();
    expect(await counter.add(bucket, 7, 2)).toEqual({ current: 2, previous: 0, isShared });
    expect(await counter.add(bucket, 7, 1)).toEqual({ current: 3, previous: 0, isShared });
    expect(await counter.add(bucket, 8, 1)).toEqual({ current: 1, previous: 3, isShared });
    expect(await counter.add(randomUUID(), 8, 1)).toEqual({ current: 1, previous: 0, isShared });
  });

  test('gives back what was added, and looks without adding', async () => {
    const bucket = randomUUID();
    await counter.add(bucket, 7, 5);
    await counter.add(bucket, 7, -2);
    expect(await counter.add(bucket, 7, 0)).toMatchObject({ current: 3 });
    expect(await counter.add(bucket, 7, 0)).toMatchObject({ current: 3 });
  });

  test('loses none of what is added at once', async () => {
    const bucket = randomUUID();
    await Promise.all(Array.from({ length: 500 }, () => counter.add(bucket, 7, 1)));
    expect(await counter.add(bucket, 7, 0)).toMatchObject({ current: 500 });
  });
}

async function untilShared(counter: WindowCounter): Promise<void> {
  while (!(await counter.add('there', 1, 0)).isShared) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('counts of one process', () => {
  contract(openMemoryCounter, false);
});

// Skipped: where there is no redis-server on PATH. CI installs one.
describe.runIf(hasRedis)('counts in Redis', () => {
  let port: number;
  let redis: ChildProcess;
  const open = (): WindowCounter =>
    openRedisCounter(`redis://127.0.0.1:${port}`, { alone: openMemoryCounter(), onError: () => undefined });
  beforeAll(async () => {
    port = await freePort();
    redis = await startRedis(port);
  });
  afterAll(() => void redis.kill());

  describe('once it is connected', () => {
    let ready: WindowCounter;
    beforeAll(async () => {
      ready = open();
      await untilShared(ready);
    });
    contract(() => ready, true);
  });

  test('two processes count together', async () => {
    const [one, other] = [open(), open()];
    await Promise.all([untilShared(one), untilShared(other)]);
    const bucket = randomUUID();
    await one.add(bucket, 7, 1);
    expect(await other.add(bucket, 7, 1)).toMatchObject({ current: 2, isShared: true });
    await one.close();
    await other.close();
  });

  test('without Redis each counts alone, without an error, and together again once it is back', async () => {
    const lost: unknown[] = [];
    const counter = openRedisCounter(`redis://127.0.0.1:${port}`, {
      alone: openMemoryCounter(),
      onError: (error) => lost.push(error),
    });
    const isShared = async (): Promise<boolean> => (await counter.add('there', 1, 0)).isShared;
    await expect.poll(isShared, { timeout: 5_000 }).toBe(true);
    redis.kill('SIGKILL');
    await once(redis, 'exit');
    await expect.poll(isShared, { timeout: 5_000 }).toBe(false);
    const bucket = randomUUID();
    await counter.add(bucket, 7, 1);
    expect(await counter.add(bucket, 7, 1)).toEqual({ current: 2, previous: 0, isShared: false });
    redis = await startRedis(port);
    await expect.poll(isShared, { timeout: 10_000 }).toBe(true);
    await counter.close();
    expect(lost).toHaveLength(1);
  }, 30_000);

  test('a path that goes silent without an end is given up, and counting together goes on over a new one', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const proxy = await openProxy(`redis://127.0.0.1:${port}`);
    const errors: unknown[] = [];
    const counter = openRedisCounter(proxy.url.replace('http', 'redis'), {
      alone: openMemoryCounter(),
      onError: (error) => errors.push(error),
    });
    await untilShared(counter);
    proxy.setMute(true);
    vi.advanceTimersByTime(5_000);
    await vi.waitUntil(() => errors.length > 0);
    proxy.setMute(false);
    await untilShared(counter);
    vi.useRealTimers();
    expect(proxy.connections()).toBeGreaterThan(1);
    await counter.close();
    await proxy.close();
  });
});
