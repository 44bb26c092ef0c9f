import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { openMemoryBus } from '#adapters/memory-bus';
import type { Actor } from '#core/access/actor';
import type { Caller } from '#server/callers';
import { Metrics } from '#server/metrics';
import { SocketSessions } from '#server/socket-sessions';
import { openServer } from '../world/server.ts';
import { RawSocket } from './raw-socket.ts';

const BALANCE = 'subscription { balanceChanged { ... on FeedSnapshot { seq } } }';

async function connect(url: string, apiKey: string): Promise<RawSocket> {
  const raw = await new RawSocket(url).opened();
  raw.send({ type: 'connection_init', payload: { apiKey } });
  await raw.got('connection_ack');
  return raw;
}

test('a socket that sends too much, or goes on after a hundred refusals, ends with its own code, and each is counted', async () => {
  const server = await openServer();
  const { key } = await server.makeWorkspace();
  const hasty = await connect(server.socketUrl, key.secret);
  for (let count = 0; count < 20_100; count++) hasty.send('{"type":"pong"}');
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

  const metrics = await (await fetch(new URL('/metrics', server.url))).text();
  for (const code of [4432, 4430, 1009])
    expect(metrics).toContain(`commonpurse_sockets_closed_total{code="${code}"} 1`);
  await server.close();
});

const makeSocket = () => new EventEmitter() as unknown as WebSocket;
const user = (userId: string) => ({
  caller: null as unknown as Caller,
  actor: { kind: 'USER', userId, sessionId: 'any', address: null } satisfies Actor,
  subscriptions: {},
});

test('a caller has so many sockets and no more; one that closes makes room, and others are not concerned', () => {
  const bus = openMemoryBus(() => undefined);
  const metrics = new Metrics({ socketsOpen: () => 0, workspacesWatched: () => 0, cohorts: () => 0 });
  const sessions = new SocketSessions(bus, () => metrics, 2);
  const first = makeSocket();
  expect(sessions.add(first, user('Ada'))).toBe(true);
  expect(sessions.add(makeSocket(), user('Ada'))).toBe(true);
  expect(sessions.add(makeSocket(), user('Ada'))).toBe(false);
  expect(sessions.add(makeSocket(), user('Bob'))).toBe(true);
  first.emit('close');
  expect(sessions.add(makeSocket(), user('Ada'))).toBe(true);
  expect(sessions.add(makeSocket(), user('Ada'))).toBe(false);
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
