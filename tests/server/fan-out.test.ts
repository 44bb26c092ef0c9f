import { expect, test } from 'vitest';
import { FanOut } from '#server/fan-out';
import { openLog } from './growing-log.ts';
import { begin, numbers, pause } from './stand-in-socket.ts';

test('those who have caught up share one stream and one payload of each event, wherever they began', async () => {
  const log = openLog();
  log.grow(20);
  const fanOut = new FanOut(() => undefined);
  const crowd = Array.from({ length: 21 }, (_, after) => begin(log.follow(BigInt(after)), fanOut));
  await pause();
  await pause();
  expect(log.open.streams).toBe(1);
  const before = log.made();
  log.grow(5);
  await pause();
  expect(log.made() - before).toBe(5);
  for (const [after, { heard }] of crowd.entries()) expect(heard).toEqual(numbers(after + 1, 25));
  // Whoever founded it may leave as any other; the last closes the stream.
  for (const { leave } of crowd.slice(0, 20)) leave();
  log.grow(1);
  await pause();
  expect(crowd[20]?.heard).toEqual(numbers(21, 26));
  crowd[20]?.leave();
  expect(log.open.streams).toBe(0);
  expect(crowd.every(({ isOver }) => isOver())).toBe(true);
});

test('who has joined keeps nothing of its own stream: it is held by what the cohort began with', async () => {
  const log = openLog();
  log.grow(3);
  const fanOut = new FanOut(() => undefined);
  const crowd = [null, 1n, null].map((after) => begin(log.follow(after), fanOut));
  await pause();
  await pause();
  expect(log.listeners()).toBe(1);
  expect(crowd.some(({ isOver }) => isOver())).toBe(false);
});

test('who is sent something else is in another cohort', async () => {
  const log = openLog();
  const fanOut = new FanOut(() => undefined);
  for (const name of ['one', 'one', 'two']) begin(log.follow(null, { cohort: name, credential: 'one' }), fanOut);
  await pause();
  expect(log.open.streams).toBe(2);
});

test('one that does not read is sent no more, holds the others up for a moment at most, and misses nothing', async () => {
  const log = openLog();
  let left = 0;
  const fanOut = new FanOut(() => left++);
  const [slow, ...others] = Array.from({ length: 10 }, () => begin(log.follow(0n), fanOut));
  await pause();
  slow?.stall();
  log.grow(100);
  await expect.poll(() => others.every(({ heard }) => heard.length === 100), { timeout: 1_000 }).toBe(true);
  expect(left).toBe(1);
  expect(slow?.heard).toEqual(['1']);
  log.grow(10);
  slow?.drain();
  await expect.poll(() => slow?.heard.length).toBe(110);
  expect(slow?.heard).toEqual(numbers(1, 110));
  expect(log.open.streams).toBe(1);
});

test('one that keeps the others waiting a little each time is left behind too', async () => {
  const log = openLog();
  let left = 0;
  const fanOut = new FanOut(() => left++);
  const [slow, ...others] = Array.from({ length: 10 }, () => begin(log.follow(0n), fanOut));
  await pause();
  slow!.stall({ forMs: 40 });
  const from = performance.now();
  log.grow(60);
  await expect.poll(() => others.every(({ heard }) => heard.length === 60), { timeout: 5_000, interval: 5 }).toBe(true);
  expect(performance.now() - from).toBeLessThan(1_000);
  expect(left).toBeGreaterThan(0);
});

test('a fault ends all of a cohort, each with the last word', async () => {
  const log = openLog();
  const crowd = Array.from({ length: 5 }, () => begin(log.follow(null), new FanOut(() => undefined)));
  await pause();
  log.grow(1);
  await pause();
  log.fail('the end');
  await expect.poll(() => crowd.every(({ isOver }) => isOver())).toBe(true);
  for (const { heard, faults, completed } of crowd)
    expect([heard, faults.count, completed.count]).toEqual([['1', 'the end'], 1, 1]);
  expect(log.open.streams).toBe(0);
});

test('whatever the order in which they come, stall, go on and leave, each hears every event once and in order', async () => {
  const log = openLog();
  const fanOut = new FanOut(() => undefined);
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  let last = 0;
  const crowd: (ReturnType<typeof begin> & { after: number })[] = [];
  for (let turn = 0; turn < 600; turn++) {
    const one = crowd[random(crowd.length)];
    const choice = random(10);
    if (choice < 3) log.grow(((last += choice), choice));
    else if (choice < 5 && crowd.length < 60) {
      const after = random(last + 1);
      crowd.push({ ...begin(log.follow(BigInt(after)), fanOut), after });
    } else if (choice === 5) one?.stall();
    else if (choice === 6) one?.drain();
    else if (choice === 7 && random(4) === 0) one?.leave();
    else await pause(random(20) === 0 ? 60 : 0);
  }
  for (const { drain } of crowd) drain();
  await pause(100);
  for (const { drain } of crowd) drain();
  await pause(20);
  for (const { heard, after, isOver } of crowd) {
    expect(heard).toEqual(numbers(after + 1, after + heard.length));
    expect(isOver() || after + heard.length === last).toBe(true);
  }
  expect(crowd.filter(({ isOver }) => isOver()).length).toBeGreaterThan(0);
  expect(log.open.streams).toBe(1);
});
