import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { LiveEvent, LiveStep } from '#graph/subscriptions';
import { FanOut, Subscriber } from '#server/fan-out';
import type { LiveSubscription } from '#server/live-subscription';
import { Outlet } from '#server/outlet';

/** A log that grows, followed as the feed is: whole steps, then a wait for more. */
function openLog() {
  let [last, fault, made] = [0n, null as Error | null, 0];
  let wake: (() => void)[] = [];
  const open = { streams: 0 };
  const wakeAll = (): void => {
    const sleeping = wake;
    wake = [];
    for (const resume of sleeping) resume();
  };
  const from = (after: bigint): AsyncIterableIterator<LiveStep, void> => {
    let [cursor, hasLeft, hasBegun] = [after, false, false];
    open.streams++;
    const leave = async (): Promise<IteratorResult<LiveStep, void>> => {
      if (!hasLeft) open.streams--;
      hasLeft = true;
      wakeAll();
      return { done: true, value: undefined };
    };
    const steps: AsyncIterableIterator<LiveStep, void> = {
      async next() {
        const isIdle = (): boolean => hasBegun && cursor === last && !hasLeft && !fault;
        while (isIdle()) await new Promise<void>((resolve) => wake.push(resolve));
        if (hasLeft) return { done: true, value: undefined };
        if (fault) throw fault;
        hasBegun = true;
        const end = cursor + 3n < last ? cursor + 3n : last;
        const events: LiveEvent[] = [];
        for (let seq = cursor + 1n; seq <= end; seq++)
          events.push({ event: { type: 'Any' }, seq, cursor: '', origin: {} });
        cursor = end;
        return { done: false, value: { events, seq: cursor, isCaughtUp: cursor === last } };
      },
      return: leave,
      [Symbol.asyncIterator]: () => steps,
    };
    return steps;
  };
  const follow = (after: bigint | null, cohort = 'same'): LiveSubscription =>
    ({
      cohort,
      stream: { steps: (place?: bigint) => from(place ?? after ?? last) },
      payloadOf: async ({ seq }: LiveEvent) => (made++, Buffer.from(String(seq))),
      lastPayload: async (error: Error) => Buffer.from(error.message),
      count: () => undefined,
    }) as unknown as LiveSubscription;
  return {
    open,
    follow,
    made: () => made,
    grow: (by: number) => {
      last += BigInt(by);
      wakeAll();
    },
    fail: (message: string) => {
      fault = new Error(message);
      wakeAll();
    },
  };
}

/** A socket that can stop taking what it is sent: then the next write fills it. */
function openOutlet() {
  const heard: string[] = [];
  const waiting: (() => void)[] = [];
  const state = { isStalled: false, isFull: false };
  const write = (_id: string, payload: Buffer): void => {
    heard.push(payload.toString());
    state.isFull = state.isStalled;
  };
  return {
    heard,
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
      hasRoom: () => (state.isFull ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve()),
    } as unknown as Outlet,
  };
}

function begin(live: LiveSubscription, fanOut: FanOut) {
  const socket = openOutlet();
  const faults = { count: 0 };
  const subscriber = new Subscriber({ live, id: '1', fanOut, outlet: socket.outlet, onFault: () => faults.count++ });
  return { ...socket, subscriber, faults, over: subscriber.next() };
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
  for (const { subscriber } of crowd.slice(0, 20)) await subscriber.return();
  log.grow(1);
  await pause();
  expect(crowd[20]?.heard).toEqual(numbers(21, 26));
  await crowd[20]?.subscriber.return();
  expect(log.open.streams).toBe(0);
  await Promise.all(crowd.map(({ over }) => over));
});

test('who has joined keeps nothing of its own stream: it is held by what the cohort began with', async () => {
  const log = openLog();
  log.grow(3);
  const fanOut = new FanOut(() => undefined);
  const lives = [log.follow(null), log.follow(1n), log.follow(null)];
  const crowd = lives.map((live) => begin(live, fanOut));
  await pause();
  await pause();
  for (const { subscriber } of crowd) expect(subscriber.live).toBe(lives[0]);
});

test('who is sent something else is in another cohort', async () => {
  const log = openLog();
  const fanOut = new FanOut(() => undefined);
  for (const name of ['one', 'one', 'two']) begin(log.follow(null, name), fanOut);
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
  await Promise.all(crowd.map(({ over }) => over));
  for (const { heard, faults } of crowd) expect([heard, faults.count]).toEqual([['1', 'the end'], 1]);
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
    else if (choice === 7 && random(4) === 0) await one?.subscriber.return();
    else await pause(random(20) === 0 ? 60 : 0);
  }
  for (const { drain } of crowd) drain();
  await pause(100);
  for (const { drain } of crowd) drain();
  await pause(20);
  const isOver = await Promise.all(
    crowd.map(({ over }) => Promise.race([over.then(() => true), pause().then(() => false)])),
  );
  for (const [index, { heard, after }] of crowd.entries()) {
    expect(heard).toEqual(numbers(after + 1, after + heard.length));
    expect(isOver[index] || after + heard.length === last).toBe(true);
  }
  expect(isOver.filter(Boolean).length).toBeGreaterThan(0);
  expect(log.open.streams).toBe(1);
});

test('a frame is of the protocol, whatever its size, and what is sent in one turn is written at once', async () => {
  const stream = new PassThrough({ highWaterMark: 1_000_000 });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const outlet = new Outlet({ readyState: 1, OPEN: 1 } as WebSocket, stream);
  const sizes = [10, 80, 81, 90, 300, 65_400, 65_500, 70_000];
  for (const size of sizes) outlet.write('ü', Buffer.from(JSON.stringify('x'.repeat(size))));
  expect(chunks).toEqual([]);
  await pause();
  outlet.writeAlone('ü', Buffer.from('"alone"'));
  expect(chunks.pop()?.toString('utf8', 2)).toBe('{"id":"ü","type":"next","payload":"alone"}');
  let bytes = Buffer.concat(chunks);
  for (const size of sizes) {
    const [type, short = 0] = bytes;
    expect(type).toBe(0x81);
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length = start === 2 ? short : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    // The shortest form that holds the length is the only one allowed.
    expect(start).toBe(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    expect(JSON.parse(bytes.toString('utf8', start, start + length))).toEqual({
      id: 'ü',
      type: 'next',
      payload: 'x'.repeat(size),
    });
    bytes = bytes.subarray(start + length);
  }
  expect(bytes.length).toBe(0);
});
