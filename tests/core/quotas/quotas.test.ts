import { expect, test } from 'vitest';
import { openMemoryCounter } from '#adapters/memory-counter';
import { RateLimited } from '#core/errors';
import { OperationQuota } from '#core/quotas/operation-quota';
import { Quotas } from '#core/quotas/quotas';

const WORKSPACE = { bucket: 'workspace:a', perMinute: 10 };
const KEY = { bucket: 'key:b', perMinute: 3 };

function open({ nodes = 1, at = 30_000 }: { nodes?: number; at?: number } = {}) {
  const clock = { at };
  const quotas = new Quotas({ counter: openMemoryCounter(), nodes: () => nodes, clock: () => clock.at });
  const admitted = async (tries: number, among = [WORKSPACE]): Promise<number> => {
    let count = 0;
    for (let index = 0; index < tries; index++)
      await quotas.take(among).then(
        () => count++,
        () => undefined,
      );
    return count;
  };
  return { quotas, clock, admitted };
}

test('as many as the plan says fit, and a refusal counts nothing', async () => {
  const { admitted, clock } = open();
  expect(await admitted(25)).toBe(10);
  clock.at += 60_000;
  // Half of the older window's ten still weigh.
  expect(await admitted(25)).toBe(5);
});

test('a key with a limit of its own stops there, and leaves the rest to the other keys', async () => {
  const { admitted } = open();
  expect(await admitted(8, [WORKSPACE, KEY])).toBe(3);
  expect(await admitted(20)).toBe(7);
});

test('a refusal says how many seconds to wait, and after them there is room', async () => {
  const { quotas, clock, admitted } = open();
  await admitted(10);
  const refusal = await quotas.take([WORKSPACE]).catch((error: unknown) => error);
  if (!(refusal instanceof RateLimited)) throw new Error('not refused');
  clock.at += refusal.retryAfter * 1_000;
  expect(await admitted(1)).toBe(1);
});

test('what is given back can be taken again, once', async () => {
  const { quotas, admitted } = open();
  const taken = await quotas.take([WORKSPACE]);
  taken.giveBack();
  taken.giveBack();
  expect(await admitted(20)).toBe(10);
});

test('processes that do not count together take their share of the limit', async () => {
  expect(await open({ nodes: 3 }).admitted(20)).toBe(3);
  expect(await open({ nodes: 50 }).admitted(20)).toBe(1);
});

test('the standing is that of the quota nearest to its end', async () => {
  const { quotas } = open();
  const { standing } = await quotas.take([WORKSPACE, KEY]);
  expect(standing).toEqual({ limit: 3, remaining: 2, resetSeconds: 30 });
});

test('an operation takes one, and one more for each further call in it', async () => {
  const { quotas, admitted } = open();
  const operation = new OperationQuota(quotas, await quotas.take([WORKSPACE]));
  for (let call = 0; call < 4; call++) await operation.takeFor([WORKSPACE]);
  expect(await admitted(20)).toBe(6);
});
