import { EventEmitter } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { openMemoryBus } from '#adapters/memory-bus';
import type { Actor } from '#core/access/actor';
import type { Caller } from '#server/callers';
import { Metrics } from '#server/metrics';
import { SocketSessions } from '#server/socket-sessions';
import { openServer, type TestServer } from '../world/server.ts';
import { followSse } from './clients.ts';
import { RawSocket } from './raw-socket.ts';

const BALANCE = 'subscription { balanceChanged { ... on FeedSnapshot { seq } } }';

async function connect(url: string, apiKey: string): Promise<RawSocket> {
  const raw = await new RawSocket(url).opened();
  raw.send({ type: 'connection_init', payload: { apiKey } });
  await raw.got('connection_ack');
  return raw;
}

afterEach(() => void vi.useRealTimers());

/** How many sockets the server has closed, by code. */
async function closesOf({ url }: TestServer): Promise<Record<string, number>> {
  const metrics = await (await fetch(new URL('/metrics', url))).text();
  const lines = metrics.matchAll(/^commonpurse_sockets_closed_total\{code="(\d+)"\} (\d+)$/gm);
  return Object.fromEntries(Array.from(lines, ([, code = '', count]) => [code, Number(count)]));
}

test('a socket that sends too much, or goes on after a hundred refusals, ends with its own code, and each is counted', async () => {
  const server = await openServer();
  const { key } = await server.makeWorkspace();
  const hasty = await connect(server.socketUrl, key.secret);
  for (let count = 0; count < 20_100; count++) hasty.send('{"type":"pong"}');
  // Behind what it is sent away for, this is no end of its own.
  hasty.socket.send('unmasked', { mask: false });
  await hasty.closed(10_000);
  expect(hasty.closeCode).toBe(4432);

  const greedy = await connect(server.socketUrl, key.secret);
  for (let id = 0; id < 201; id++) greedy.subscribe(String(id), BALANCE);
  await greedy.closed(10_000);
  expect(greedy.closeCode).toBe(4430);

  const large = await connect(server.socketUrl, key.secret);
  large.send({ type: 'ping', payload: { text: 'x'.repeat(65_536) } });
  await large.closed();
  expect(large.closeCode).toBe(1009);

  expect(await closesOf(server)).toEqual({ 1009: 1, 4430: 1, 4432: 1 });
  await server.close();
});

test('a socket that breaks the protocol below is closed by the library there, and counted by the code that it is sent', async () => {
  const server = await openServer();
  const unmasked = await new RawSocket(server.socketUrl).opened();
  unmasked.socket.send('{}', { mask: false });
  const garbled = await new RawSocket(server.socketUrl).opened();
  garbled.socket.send(Buffer.from([0xff]), { binary: false });
  const scattered = await new RawSocket(server.socketUrl).opened();
  for (let count = 0; count <= 16_384; count++) scattered.send('.', false);
  await Promise.all([unmasked, garbled, scattered].map((raw) => raw.closed(10_000)));
  expect([unmasked, garbled, scattered].map(({ closeCode }) => closeCode)).toEqual([1002, 1007, 1008]);
  expect(await closesOf(server)).toEqual({ 1002: 1, 1007: 1, 1008: 1 });
  await server.close();
});

test('who answers no pings, or sends a hundred at once, is given up, and counted so', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const server = await openServer();
  const silent = await new RawSocket(server.socketUrl).opened();
  silent.socket.pause();
  vi.advanceTimersByTime(24_000);
  vi.useRealTimers();
  await expect.poll(() => closesOf(server)).toEqual({ 1006: 1 });
  const insistent = await new RawSocket(server.socketUrl).opened();
  for (let count = 0; count < 100; count++) insistent.socket.ping();
  await insistent.closed();
  expect(await closesOf(server)).toEqual({ 1006: 2 });
  await server.close();
});

const makeSocket = () => new EventEmitter() as unknown as WebSocket;
const user = (userId: string): Actor => ({ kind: 'USER', userId, sessionId: 'any', address: null });
const SESSION = { caller: null as unknown as Caller, streams: { cursors: () => [] } as never };

test('a socket that is given up before it answered a goodbye is counted once; one that had none is counted as gone', async () => {
  const metrics = new Metrics({ socketsOpen: () => 0, workspacesWatched: () => 0, cohorts: () => 0 });
  const sessions = new SocketSessions(
    openMemoryBus(() => undefined),
    () => metrics,
  );
  const given: WebSocket[] = [];
  const [polite, leaving] = [makeSocket(), makeSocket()];
  for (const socket of [polite, leaving]) {
    Object.assign(socket, { OPEN: 1, readyState: 1, close: () => undefined, terminate: () => given.push(socket) });
  }
  sessions.end(polite, 1012, 'Server is restarting');
  for (const socket of [polite, leaving]) sessions.drop(socket);
  expect(given).toEqual([polite, leaving]);
  const { values } = await metrics.socketsClosed.get();
  expect(values.map(({ labels, value }) => [labels.code, value])).toEqual([
    ['1012', 1],
    ['1006', 1],
  ]);
});

test('a caller has so many sockets and no more; one that closes makes room, and others are not concerned', () => {
  const bus = openMemoryBus(() => undefined);
  const metrics = new Metrics({ socketsOpen: () => 0, workspacesWatched: () => 0, cohorts: () => 0 });
  const sessions = new SocketSessions(bus, () => metrics, 2);
  const first = makeSocket();
  expect(sessions.add(first, user('Ada'), SESSION)).toBe(true);
  expect(sessions.add(makeSocket(), user('Ada'), SESSION)).toBe(true);
  expect(sessions.add(makeSocket(), user('Ada'), SESSION)).toBe(false);
  expect(sessions.add(makeSocket(), user('Bob'), SESSION)).toBe(true);
  sessions.remove(first);
  expect(sessions.add(makeSocket(), user('Ada'), SESSION)).toBe(true);
  expect(sessions.add(makeSocket(), user('Ada'), SESSION)).toBe(false);
});

test('a server that stops sends its clients away a few at a time', async () => {
  const server = await openServer();
  const { key } = await server.makeWorkspace();
  const all = await Promise.all(Array.from({ length: 200 }, () => connect(server.socketUrl, key.secret)));
  const ends: number[] = [];
  for (const { socket } of all) socket.on('close', () => ends.push(performance.now()));
  await server.close();
  await expect.poll(() => ends.length).toBe(200);
  expect(new Set(all.map(({ closeCode }) => closeCode))).toEqual(new Set([1012]));
  expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(150);
});

test('a server that stops ends server-sent events a few at a time too, without completion', async () => {
  const server = await openServer();
  const { key } = await server.makeWorkspace();
  const query = 'subscription { balanceChanged { __typename } }';
  const all = await Promise.all(Array.from({ length: 100 }, () => followSse(server.url, query, { token: key.secret })));
  await Promise.all(all.map((stream) => stream.until(({ events }) => events.length > 0)));
  const closed = server.close();
  const left: number[] = [];
  await expect
    .poll(() => left[left.push(all.filter(({ failure }) => failure === null).length) - 1], { interval: 5 })
    .toBe(0);
  expect(left.some((count) => count > 0 && count < 100)).toBe(true);
  expect(all.filter(({ isComplete }) => isComplete)).toEqual([]);
  await closed;
});
