import { createClient, type FormattedExecutionResult, type Sink } from 'graphql-ws/client';
import { CommonpurseError } from './errors.ts';

const PING_INTERVAL_MS = 15_000;
const PONG_TIMEOUT_MS = 5_000;
const ACKNOWLEDGE_TIMEOUT_MS = 10_000;

export interface SocketSettings {
  endpoint: URL;
  credential: string;
  /** A WebSocket class; left out, the platform's own. */
  webSocketImpl: unknown;
}

export interface Operation {
  query: string;
  variables: Record<string, unknown>;
}

/** One WebSocket, open for as long as somebody subscribes. Reconnecting is the subscriber's business. */
export interface Socket {
  subscribe(operation: Operation, sink: Sink<FormattedExecutionResult>): () => void;
  /** Tells when the server has let us in, at once when it already has. */
  onConnected(listener: () => void): () => void;
}

export function openSocket({ endpoint, credential, webSocketImpl }: SocketSettings): Socket {
  if (webSocketImpl === undefined && typeof globalThis !== 'undefined' && !('WebSocket' in globalThis)) {
    throw new CommonpurseError(
      'UNEXPECTED',
      'This platform has no WebSocket: pass one as webSocketImpl, such as that of the ws package.',
    );
  }
  let isConnected = false;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: webSocketUrl(endpoint),
    webSocketImpl,
    connectionParams: { authorization: `Bearer ${credential}` },
    connectionAckWaitTimeout: ACKNOWLEDGE_TIMEOUT_MS,
    keepAlive: PING_INTERVAL_MS,
    // The library would resubscribe on its own, out of our sight.
    retryAttempts: 0,
    on: {
      connected: () => {
        isConnected = true;
      },
      closed: () => {
        isConnected = false;
        clearTimeout(pongTimer);
      },
      // A network that vanished closes nothing: silence after a ping does.
      ping: (isReceived) => {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), PONG_TIMEOUT_MS);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pongTimer);
      },
    },
  });
  return {
    subscribe: (operation, sink) => client.subscribe(operation, sink),
    onConnected(listener) {
      if (isConnected) listener();
      return client.on('connected', listener);
    },
  };
}

function webSocketUrl(endpoint: URL): string {
  const url = new URL(endpoint);
  url.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
