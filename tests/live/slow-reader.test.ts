import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openWorld } from '../world/world.ts';
import { startServerChild } from './server-child.ts';

const EVENTS = 3_000;
const USAGE = 'subscription { usageRecorded { __typename ... on UsageChange { seq usageEntry { metadata } } } }';

/** A subscriber that counts what it gets; `order` holds when each seq is the one after the last. */
interface Reader {
  count: number;
  last: number;
  isInOrder: boolean;
}

function note(reader: Reader, text: string): void {
  for (const [, seq] of text.matchAll(/"seq":"(\d+)"/g)) {
    reader.count++;
    reader.isInOrder &&= Number(seq) === reader.last + 1;
    reader.last = Number(seq);
  }
}

async function openSocket(url: string, token: string): Promise<{ socket: WebSocket; reader: Reader }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const reader: Reader = { count: 0, last: 0, isInOrder: true };
  const begun = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      if (text.includes('connection_ack'))
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: USAGE } }));
      if (text.includes('FeedSnapshot')) resolve();
      note(reader, text);
    });
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { apiKey: token } }));
  await begun;
  return { socket, reader };
}

/** Server-sent events that nobody reads until `response` is resumed. */
async function openUnreadSse(url: string, token: string): Promise<{ response: IncomingMessage; reader: Reader }> {
  const request = get(`${url}/graphql?query=${encodeURIComponent(USAGE)}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const reader: Reader = { count: 0, last: 0, isInOrder: true };
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

test('readers that stop reading cost the others nothing, and the server no memory', { timeout: 120_000 }, async () => {
  const world = await openWorld();
  const { workspaceId, key } = await world.makeWorkspace();
  const child = await startServerChild(world.databaseUrl);
  try {
    const { url } = child;
    const open = () => openSocket(url, key.secret);
    const healthy = await Promise.all(Array.from({ length: 10 }, open));
    const paused = await Promise.all(Array.from({ length: 10 }, open));
    const unread = await Promise.all(Array.from({ length: 5 }, () => openUnreadSse(url, key.secret)));
    for (const { socket } of paused) socket.pause();
    const before = await child.megabytes();

    // Written past the product: its own writes would take longer than what is measured.
    const metadata = JSON.stringify({ text: 'x'.repeat(4_096) });
    await world.db.$executeRaw`
      INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, available_after, held_after, actor_kind, metadata)
      SELECT ${workspaceId}::uuid, n, now(), 'USAGE', 'FAILED', 0, 0, 'API_KEY', ${metadata}::jsonb FROM generate_series(1, ${EVENTS}::int) n`;
    await world.db.$executeRaw`UPDATE balance SET seq = ${EVENTS}::int WHERE workspace_id = ${workspaceId}::uuid`;

    const counts = (readers: { reader: Reader }[]) => readers.map(({ reader: { count } }) => count);
    await expect.poll(() => Math.min(...counts(healthy)), { timeout: 60_000, interval: 50 }).toBe(EVENTS);
    expect(healthy.every(({ reader }) => reader.isInOrder)).toBe(true);
    const after = await child.megabytes();
    // Unbounded, what the 15 have not read would be 180 MB.
    expect(after - before).toBeLessThan(64);
    expect(Math.max(...counts(paused))).toBeLessThan(EVENTS);

    // One of them reads on, and has missed nothing.
    paused[0]?.socket.resume();
    unread[0]?.response.resume();
    const late = [paused[0]?.reader, unread[0]?.reader];
    await expect.poll(() => late.map((reader) => reader?.count), { timeout: 30_000 }).toEqual([EVENTS, EVENTS]);
    expect(late.every((reader) => reader?.isInOrder)).toBe(true);
    expect(child.process.exitCode).toBeNull();
    expect(child.complaints()).toBe('');
  } finally {
    child.process.kill('SIGKILL');
    await world.close();
  }
});
