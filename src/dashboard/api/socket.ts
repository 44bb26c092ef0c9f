import { createClient } from 'graphql-ws';
import { refresh } from './refreshes.ts';

/** CONNECTING: the first time. LIVE: every change arrives. RECONNECTING: the connection was lost; what is missed is replayed. */
export type ConnectionState = 'CONNECTING' | 'LIVE' | 'RECONNECTING';

const PING_INTERVAL_MS = 10_000;
const PONG_TIMEOUT_MS = 4_000;
const PAUSE_MIN_MS = 300;
const PAUSE_MAX_MS = 8_000;

let state: ConnectionState = 'CONNECTING';
let pongTimer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function setState(next: ConnectionState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

/** The one WebSocket of the page, open while somebody subscribes. It comes back for ever, sooner at first. */
export const socket = createClient({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
  lazy: true,
  lazyCloseTimeout: 3_000,
  keepAlive: PING_INTERVAL_MS,
  retryAttempts: Number.POSITIVE_INFINITY,
  // A refused connection is no reason to give up: the server may be restarting.
  shouldRetry: () => true,
  retryWait: async (retries) => {
    const longest = Math.min(PAUSE_MIN_MS * 2 ** retries, PAUSE_MAX_MS);
    await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
  },
  on: {
    connected: () => {
      const isReturn = state === 'RECONNECTING';
      setState('LIVE');
      // Streams catch up from their cursors; what was only ever read by a query is read again.
      if (isReturn) refresh();
    },
    closed: () => {
      clearTimeout(pongTimer);
      if (state === 'LIVE') setState('RECONNECTING');
    },
    // A network that vanished closes nothing: silence after a ping does.
    ping: (isReceived) => {
      if (!isReceived) pongTimer = setTimeout(() => socket.terminate(), PONG_TIMEOUT_MS);
    },
    pong: (isReceived) => {
      if (isReceived) clearTimeout(pongTimer);
    },
  },
});

export function readConnection(): ConnectionState {
  return state;
}

export function subscribeToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
