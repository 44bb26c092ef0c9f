import { expect, test } from 'vitest';
import { FanOut } from '#server/fan-out';
import type { LiveSubscription } from '#server/live-subscription';
import type { Outlet } from '#server/outlet';
import { SocketStreams } from '#server/socket-streams';
import { openLog, type Rights } from './growing-log.ts';

/** A socket that can stop taking what it is sent: then the next write fills it. */
function openOutlet() {
  const heard: string[] = [];
  const completed = { count: 0 };
  const waiting: (() => void)[] = [];
  const state = { isStalled: false, isFull: false };
  const write = (_id: string, payload: Buffer): void => {
    heard.push(payload.toString());
    state.isFull = state.isStalled;
  };
  return {
    heard,
    completed,
    stall: () => (state.isStalled = true),
    drain: () => {
      Object.assign(state, { isStalled: false, isFull: false });
      for (const resume of waiting.splice(0)) resume();
    },
    outlet: {
      get isFull() {
        return state.isFull;
      },
      write,
      writeAlone: write,
      complete: () => completed.count++,
      hasRoom: () => (state.isFull ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve()),
    } as unknown as Outlet,
  };
}

/** One stream on a socket of its own. */
function begin(live: LiveSubscription, fanOut: FanOut) {
  const socket = openOutlet();
  const faults = { count: 0 };
  const streams = new SocketStreams({ outlet: socket.outlet, fanOut, onFault: () => faults.count++ });
  streams.begin('1', { live, isOfSocket: true });
  return { ...socket, faults, leave: () => streams.complete('1'), isOver: () => streams.size === 0 };
}

const pause = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

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

test('people of the same rights are a cohort; who loses them ends alone, also as the one it is run as', async () => {
  const log = openLog();
  const fanOut = new FanOut(() => undefined);
  const rights: Rights[] = Array.from({ length: 5 }, (_, index) => ({ cohort: 'same', credential: `person ${index}` }));
  const crowd = rights.map((each) => begin(log.follow(null, each), fanOut));
  await pause();
  await pause();
  expect(log.open.streams).toBe(1);
  log.grow(1);
  await pause();
  expect(log.made()).toBe(1);
  for (const lost of [0, 3]) rights[lost]!.lost = new Error('No longer.');
  log.doubt();
  await expect.poll(() => crowd.map(({ isOver }) => isOver())).toEqual([true, false, false, true, false]);
  log.grow(1);
  await pause();
  expect(crowd.map(({ heard }) => heard.at(-1))).toEqual(['No longer.', '2', '2', 'No longer.', '2']);
  expect(log.open.streams).toBe(1);
});

test('nothing is sent to anybody whose rights are in doubt, and other rights lead to another cohort', async () => {
  const log = openLog();
  const fanOut = new FanOut(() => undefined);
  const rights: Rights[] = ['Ada', 'Bob', 'Cid'].map((credential) => ({ cohort: 'members', credential }));
  const crowd = rights.map((each) => begin(log.follow(null, each), fanOut));
  await pause();
  await pause();
  const answers: (() => void)[] = [];
  rights[1]!.asking = new Promise((resolve) => answers.push(resolve));
  log.doubt();
  log.grow(1);
  await pause(20);
  expect(crowd.map(({ heard }) => heard)).toEqual([[], [], []]);
  Object.assign(rights[1]!, { cohort: 'viewers', asking: undefined });
  answers[0]!();
  await expect.poll(() => crowd.map(({ heard }) => heard)).toEqual([['1'], ['1'], ['1']]);
  expect(log.open.streams).toBe(2);
  log.grow(2);
  await expect.poll(() => crowd.map(({ heard }) => heard)).toEqual(crowd.map(() => ['1', '2', '3']));
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
