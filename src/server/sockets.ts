import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { Forbidden, Unauthenticated } from '#core/errors';
import type { Bus } from '#core/events/bus';
import { type Caller, type Callers, type Credentials, credentialsOf } from '#server/callers';
import type { GraphqlServer } from '#server/graphql';
import type { Metrics } from '#server/metrics';
import { presentError } from '#server/presented-errors';
import { type StartedOperation, startOperation } from '#server/socket-operation';
import { CLOSE_CODES, SocketSessions } from '#server/socket-sessions';

const MESSAGE_BYTES_MAX = 64 * 1024;
const OPERATIONS_PER_SOCKET_MAX = 100;
const INIT_TIMEOUT_MS = 5_000;

/** How long clients get to say goodbye when the server restarts. */
const GOODBYE_MS = 2_000;

type Extra = Record<PropertyKey, unknown> & { socket: WebSocket; request: IncomingMessage; caller?: Caller };

export interface Sockets {
  accept: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
  readonly openCount: number;
  /** Asks every client to come back later, then ends what is left. */
  close(): Promise<void>;
}

export interface SocketOptions {
  yoga: GraphqlServer;
  callers: Callers;
  bus: Bus;
  metrics: () => Metrics;
  addressOf: (request: IncomingMessage) => string | null;
  isTrustedOrigin: (origin: string) => boolean;
}

/** graphql-transport-ws at /graphql: the same operations as over HTTP, by the same path. */
export function openSockets(options: SocketOptions): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
  const sessions = new SocketSessions(options.bus, options.metrics);
  const protocol = useServer<Record<string, unknown>, Extra>(protocolHooks(options, sessions), server);
  server.on('connection', (socket) => socket.on('error', () => socket.terminate()));

  return {
    accept(request, stream, head) {
      const { origin, cookie } = request.headers;
      // Without a cookie a foreign page can do no more than any other stranger.
      if (cookie !== undefined && origin !== undefined && !options.isTrustedOrigin(origin)) {
        stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, stream, head, (socket) => server.emit('connection', socket, request));
    },
    get openCount() {
      return server.clients.size;
    },
    async close() {
      sessions.close();
      for (const socket of server.clients) sessions.end(socket, CLOSE_CODES.restarting, 'Server is restarting');
      await Promise.race([protocol.dispose(), new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())]);
      for (const socket of server.clients) socket.terminate();
    },
  };
}

type ProtocolHooks = Parameters<typeof useServer<Record<string, unknown>, Extra>>[0];

/** What the protocol's library asks of us. None may throw: it would close the socket with 4500, which clients take for fatal. */
function protocolHooks({ yoga, callers, addressOf }: SocketOptions, sessions: SocketSessions): ProtocolHooks {
  return {
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    async onConnect({ extra, connectionParams }) {
      const { socket, request } = extra;
      const caller = callers.caller(socketCredentials(request, connectionParams), { address: addressOf(request) });
      try {
        sessions.add(socket, { caller, actor: await caller.identify() });
        extra.caller = caller;
      } catch (error) {
        // Refused before the acknowledgement; the library's own refusal would not say why.
        const { message, extensions } = presentError(error);
        sessions.end(socket, REFUSALS[String(extensions['code'])] ?? CLOSE_CODES.tryLater, message);
      }
    },
    async onSubscribe({ extra: { caller, socket }, subscriptions }, _id, params) {
      if (!caller) return [presentError(new Unauthenticated('Say who you are first.'))];
      if (Object.keys(subscriptions).length > OPERATIONS_PER_SOCKET_MAX) {
        const refusal = new Forbidden(`At most ${OPERATIONS_PER_SOCKET_MAX} operations at once on one socket.`);
        sessions.end(socket, CLOSE_CODES.tooManyOperations, refusal.message);
        return [presentError(refusal)];
      }
      return startOperation(yoga, { caller, params: params as unknown as Record<string, unknown> });
    },
    execute: (args) => (args as unknown as StartedOperation).result,
    subscribe: (args) => (args as unknown as StartedOperation).result as never,
  };
}

const REFUSALS: Partial<Record<string, number>> = {
  UNAUTHENTICATED: CLOSE_CODES.credentialDied,
  FORBIDDEN: CLOSE_CODES.forbidden,
};

/** The credential of connection_init wins over the cookie of the upgrade, as the Authorization header does over HTTP. */
function socketCredentials(request: IncomingMessage, params: Record<string, unknown> | undefined): Credentials {
  const { authorization, Authorization, apiKey } = params ?? {};
  const text = authorization ?? Authorization ?? (typeof apiKey === 'string' ? `Bearer ${apiKey}` : apiKey);
  // Anything but text is a mistake in the credential, never a reason to fall back on the cookie.
  const stated = text === undefined ? {} : { authorization: typeof text === 'string' ? text : '' };
  return { ...credentialsOf(request.headers), ...stated };
}
