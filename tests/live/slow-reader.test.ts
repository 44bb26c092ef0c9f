import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openPostgresBus } from '#adapters/postgres-bus';
import type { Bus } from '#core/events/bus';
import { openWorld, type World } from '../world/world.ts';
import { startServerChild } from './server-child.ts';

const EVENTS = 10_000;
const HEALTHY = 50;
/** As many as the healthy are given time for. */
const BATCH = 500;
const USAGE = `subscription ($after: Seq) {
  usageRecorded(after: $after) { __typename ... on UsageChange { seq usageEntry { metadata } } } }`;
/** Where the seq of an event is found; behind it come the 4 KB. */
const HEAD_BYTES = 200;

/** A subscriber that counts what it gets; `isInOrder` holds while each seq is the one after the last. */
interface Reader {
  count: number;
  last: number;
  isInOrder: boolean;
}

const newReader = (last = 0): Reader => ({ count: 0, last, isInOrder: true });

function note(reader: Reader, head: string): void {
  const [, seq] = /"seq":"(\d+)"/.exec(head) ?? [];
  if (seq === undefined) return;
  reader.count++;
  reader.isInOrder &&= Number(seq) === reader.last + 1;
  reader.last = Number(seq);
}

interface Subscriber {
  socket: WebSocket;
  reader: Reader;
  closeCode: () => number | null;
  /** What the server said when it closed the socket. */
  reason: () => string;
}

/** A socket whose subscription has begun: at the state now, or after what was seen. */
async function openSocket(url: string, token: string, after: number | null = null): Promise<Subscriber> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const reader = newReader(after ?? 0);
  let [closeCode, closeReason] = [null as number | null, ''];
  socket.on('close', (code, reason) => ([closeCode, closeReason] = [code, reason.toString()]));
  const payload = { query: USAGE, variables: { after: after === null ? null : String(after) } };
  const begun = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const head = data.toString('latin1', 0, HEAD_BYTES);
      if (head.includes('connection_ack')) socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      if (head.includes('"next"')) resolve();
      note(reader, head);
    });
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { apiKey: token } }));
  await begun;
  return { socket, reader, closeCode: () => closeCode, reason: () => closeReason };
}

/** Server-sent events that nobody reads until `response` is resumed. */
async function openUnreadSse(url: string, token: string): Promise<{ response: IncomingMessage; reader: Reader }> {
  const request = get(`${url}/graphql?query=${encodeURIComponent(USAGE)}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const reader = newReader();
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) note(reader, block);
  });
  response.pause();
  return { response, reader };
}

/** Written past the product, whose own writes would take longer than what is measured, and told as the product would. */
async function writeEvents({ db }: World, { workspaceId, bus, from }: { workspaceId: string; bus: Bus; from: number }) {
  const metadata = JSON.stringify({ text: 'x'.repeat(4_096) });
  const last = from + BATCH - 1;
  await db.$executeRaw`
    INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, available_after, held_after, actor_kind, metadata)
    SELECT ${workspaceId}::uuid, n, now(), 'USAGE', 'FAILED', 0, 0, 'API_KEY', ${metadata}::jsonb
    FROM generate_series(${from}::int, ${last}::int) n`;
  await db.$executeRaw`UPDATE balance SET seq = ${last}::int WHERE workspace_id = ${workspaceId}::uuid`;
  bus.publish({ kind: 'credits', workspaceId, seq: BigInt(last) });
}

test(
  'a reader that stops reading costs the others nothing and the server no memory, is cut off, and goes on where it was',
  { timeout: 120_000 },
  async () => {
    const world = await openWorld();
    const { workspaceId, key } = await world.makeWorkspace();
    const child = await startServerChild(world.databaseUrl, { sharedThrough: world.databaseUrl });
    const bus = openPostgresBus(world.databaseUrl, { local: world.bus, onError: () => undefined });
    try {
      const { url } = child;
      const healthy = await Promise.all(Array.from({ length: HEALTHY }, () => openSocket(url, key.secret)));
      const paused = await openSocket(url, key.secret);
      const unread = await openUnreadSse(url, key.secret);
      paused.socket.pause();
      const before = await child.megabytes();

      const fewest = () => Math.min(...healthy.map(({ reader }) => reader.count));
      for (let from = 1; from <= EVENTS; from += BATCH) {
        await writeEvents(world, { workspaceId, bus, from });
        await expect.poll(fewest, { timeout: 20_000, interval: 5 }).toBe(from + BATCH - 1);
      }
      expect(healthy.every(({ reader }) => reader.isInOrder)).toBe(true);
      // Unbounded, what the two have not read would be 80 MB.
      expect((await child.megabytes()) - before).toBeLessThan(64);
      expect(paused.reader.count).toBeLessThan(EVENTS);

      // One reads on, and has missed nothing; the other is given up meanwhile, and learns it when it reads on.
      unread.response.resume();
      await expect
        .poll(() => unread.reader, { timeout: 30_000 })
        .toEqual({ count: EVENTS, last: EVENTS, isInOrder: true });
      const isGivenUp = async () => (await fetch(`${url}/metrics`)).text();
      await expect.poll(isGivenUp, { timeout: 40_000, interval: 200 }).toMatch(/socket\S*closed\S*4013/);
      paused.socket.resume();
      await expect.poll(() => paused.closeCode(), { timeout: 10_000 }).toBe(4013);
      expect(paused.reader.isInOrder).toBe(true);
      expect(paused.reason()).toBe(`Read faster: come back with after {"1":"${paused.reader.last}"}`);
      const again = await openSocket(url, key.secret, paused.reader.last);
      await expect.poll(() => again.reader.last, { timeout: 30_000 }).toBe(EVENTS);
      expect(again.reader.isInOrder).toBe(true);
      expect(child.process.exitCode).toBeNull();
      expect(child.complaints()).toBe('');
    } finally {
      child.process.kill('SIGKILL');
      await bus.close();
      await world.close();
    }
  },
);
