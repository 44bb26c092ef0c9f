import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A subscriber on a socket of its own, spoken to by hand: the stock client would cost more than the server. */
export interface LiveSocket {
  /** When each thing was heard, by the clock that the server reads too; null when it was not. */
  lastEventAt: number;
  completeAt: number | null;
  closedAt: number | null;
  socket: WebSocket;
}

export interface Credential {
  authorization?: string;
  cookie?: string;
}

const EVENT = '{"id":"1","type":"next"';
const COMPLETE = '{"id":"1","type":"complete"';
const QUERY = `subscription ($workspaceId: ID!) {
  event: usageRecorded(workspaceId: $workspaceId) { ... on FeedSnapshot { seq } ... on UsageChange { seq } }
}`;

/** More at once would overflow the listener's backlog. */
const OPENED_AT_ONCE = 50;

/** Opens this many sockets that follow the usage of a workspace, each begun. */
export async function openLiveSockets(
  url: string,
  { count, workspaceId, credential }: { count: number; workspaceId: string; credential: Credential },
): Promise<LiveSocket[]> {
  const opened: LiveSocket[] = [];
  while (opened.length < count) {
    const some = Math.min(OPENED_AT_ONCE, count - opened.length);
    opened.push(
      ...(await Promise.all(Array.from({ length: some }, () => openLiveSocket(url, { workspaceId, credential })))),
    );
  }
  return opened;
}

async function openLiveSocket(
  url: string,
  { workspaceId, credential: { authorization, cookie } }: { workspaceId: string; credential: Credential },
): Promise<LiveSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: cookie === undefined ? {} : { cookie, origin: url },
    perMessageDeflate: false,
  });
  const live: LiveSocket = { lastEventAt: 0, completeAt: null, closedAt: null, socket };
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY, variables: { workspaceId } } }));
  const [first] = (await once(socket, 'message')) as [Buffer];
  if (!first.toString().includes('"seq"')) throw new Error(`A stream did not begin: ${first.toString()}`);
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    if (text.startsWith(COMPLETE)) live.completeAt = Date.now();
    // The error that ends a stream is an event by its type alone.
    else if (text.startsWith(EVENT) && !text.includes('"errors"')) live.lastEventAt = Date.now();
  });
  socket.on('close', () => (live.closedAt = Date.now()));
  return live;
}

/** Resolves when the condition holds for all of them. @throws Error after this many milliseconds. */
export async function untilEvery(
  sockets: readonly LiveSocket[],
  condition: (socket: LiveSocket) => boolean,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!sockets.every(condition)) {
    if (Date.now() > deadline) {
      throw new Error(`${sockets.filter((socket) => !condition(socket)).length} streams took longer`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
