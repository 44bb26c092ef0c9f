import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols, makeServer, type Server, type ServerOptions } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { Conflict, Forbidden, Unauthenticated } from '#core/errors';
import type { Bus } from '#core/events/bus';
import { type Callers, type Credentials, credentialsOf } from '#server/callers';
import { partOneByOne } from '#server/drain';
import { FanOut } from '#server/fan-out';
import type { GraphqlServer } from '#server/graphql';
import type { Metrics } from '#server/metrics';
import { Outlet } from '#server/outlet';
import { presentError } from '#server/presented-errors';
import { joinProtocol, type Knock, type SocketExtra, watchPulse } from '#server/socket-connection';
import { type StartedOperation, startOperation } from '#server/socket-operation';
import { CLOSE_CODES, codeOf, SocketSessions } from '#server/socket-sessions';
import { SocketStreams } from '#server/socket-streams';

const MESSAGE_BYTES_MAX = 64 * 1024;
const OPERATIONS_PER_SOCKET_MAX = 100;
/** Operations refused for their number before the socket ends. */
const REFUSED_MAX = 100;
const INIT_TIMEOUT_MS = 5_000;

/** A peer that does not answer one ping before the next is gone. */
const PING_INTERVAL_MS = 12_000;

/** How long clients get to say goodbye when the server restarts. */
const GOODBYE_MS = 2_000;

export interface Sockets {
  accept: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
  readonly openCount: number;
  readonly cohortCount: number;
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
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols,
  });
  const sessions = new SocketSessions(options.bus, options.metrics);
  const fanOut = new FanOut(() => options.metrics().fellBehind.inc());
  const protocol = makeServer(protocolHooks(options, sessions));
  const stopPulse = watchPulse(server, {
    intervalMs: PING_INTERVAL_MS,
    endSlow: (socket) => sessions.endSlow(socket),
    drop: (socket) => sessions.drop(socket),
  });
  let isClosing = false;
  const join = joiner(protocol, { sessions, fanOut });

  return {
    accept(request, stream, head) {
      const { origin, cookie } = request.headers;
      if (request.url?.split('?')[0] !== '/graphql') return refuse(stream, '404 Not Found');
      if (isClosing) return refuse(stream, '503 Service Unavailable');
      // Without a cookie a foreign page can do no more than any other stranger.
      if (cookie !== undefined && origin !== undefined && !options.isTrustedOrigin(origin)) {
        return refuse(stream, '403 Forbidden');
      }
      const knock = { credentials: credentialsOf(request.headers), address: options.addressOf(request) };
      server.handleUpgrade(request, stream, head, (socket) => join(socket, { stream, knock }));
    },
    get openCount() {
      return server.clients.size;
    },
    get cohortCount() {
      return fanOut.cohortCount;
    },
    async close() {
      isClosing = true;
      sessions.close();
      stopPulse();
      await partOneByOne([...server.clients], (socket) =>
        sessions.end(socket, CLOSE_CODES.restarting, 'Server is restarting'),
      );
      const closed = [...server.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      await Promise.race([Promise.all(closed), new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())]);
      for (const socket of server.clients) sessions.drop(socket);
    },
  };
}

/** Outside of `accept`, whose every closure would keep the request for as long as the socket is open. */
function joiner(
  protocol: Server<SocketExtra>,
  { sessions, fanOut }: { sessions: SocketSessions; fanOut: FanOut },
): (socket: WebSocket, from: { stream: Duplex; knock: Knock }) => void {
  return (socket, { stream, knock }) =>
    joinProtocol(protocol, {
      socket,
      stream,
      knock,
      streams: new SocketStreams({
        outlet: new Outlet(socket, stream),
        fanOut,
        onFault: () => sessions.check(socket),
      }),
      end: (code, reason) => sessions.end(socket, code, reason),
      noteClose: (code) => sessions.note(socket, code),
      onClosed: () => sessions.remove(socket),
    });
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

type ProtocolHooks = ServerOptions<Record<string, unknown>, SocketExtra>;

/** What the protocol's library asks of us. None may throw: what is thrown here passes for a client's mistake. */
function protocolHooks({ yoga, callers }: SocketOptions, sessions: SocketSessions): ProtocolHooks {
  return {
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    async onConnect(ctx) {
      const { extra, connectionParams } = ctx;
      const { socket, knock, streams } = extra;
      const caller = callers.caller(socketCredentials(knock, connectionParams), knock);
      // Read once; kept, it would be for as long as the socket is open.
      delete (ctx as { connectionParams?: unknown }).connectionParams;
      try {
        if (sessions.add(socket, await caller.identify(), { caller, streams })) {
          extra.caller = caller;
          return true;
        }
        sessions.end(socket, CLOSE_CODES.tooManySockets, 'This credential has too many sockets open');
        return false;
      } catch (error) {
        // Refused before the acknowledgement; the library's own refusal would not say why.
        sessions.end(socket, codeOf(error) ?? CLOSE_CODES.tryLater, presentError(error).message);
        return false;
      }
    },
    async onSubscribe({ extra, subscriptions }, id, params) {
      const { caller, socket, knock, streams } = extra;
      if (!caller) return [presentError(new Unauthenticated('Say who you are first.'))];
      if (streams.has(id)) {
        sessions.end(socket, CLOSE_CODES.idInUse, `Subscriber for ${id} already exists`);
        return [presentError(new Conflict('This id is in use.'))];
      }
      const running = streams.size + Math.max(Object.keys(subscriptions).length, extra.starting + 1);
      if (running > OPERATIONS_PER_SOCKET_MAX) {
        // Refused one by one; who goes on regardless is not listening.
        if (++extra.refused > REFUSED_MAX) sessions.end(socket, CLOSE_CODES.tooManyOperations, 'Too many operations');
        return [presentError(new Forbidden(`At most ${OPERATIONS_PER_SOCKET_MAX} operations at once on one socket.`))];
      }
      extra.starting++;
      const authorization = operationCredential(params.extensions);
      const isOfSocket = authorization === undefined;
      const own = { authorization, cookie: undefined, origin: undefined };
      return startOperation(yoga, {
        caller: isOfSocket ? caller : callers.caller(own, knock),
        params: params as unknown as Record<string, unknown>,
        onStream: (live) => {
          // From here on it is known there alone, and the library has nothing to say of its end.
          delete subscriptions[id];
          streams.begin(id, { live, isOfSocket });
        },
        onUnauthenticated: () => sessions.check(socket),
        onAway: () => sessions.end(socket, CLOSE_CODES.tryLater, 'The database is away: come back later'),
      }).finally(() => extra.starting--);
    },
    execute: (args) => (args as unknown as StartedOperation).result,
    subscribe: (args) => (args as unknown as StartedOperation).result as never,
  };
}

/** The Authorization header that GraphiQL sends with a subscription: its socket is open before its header tab is read. */
function operationCredential(extensions: Record<string, unknown> | null | undefined): string | undefined {
  const headers: unknown = extensions?.['headers'];
  if (typeof headers !== 'object' || headers === null) return undefined;
  const [, value] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof value === 'string' ? value : undefined;
}

/** The credential of connection_init wins over the cookie of the upgrade, as the Authorization header does over HTTP. */
function socketCredentials({ credentials }: Knock, params: Record<string, unknown> | undefined): Credentials {
  const { authorization, Authorization, apiKey } = params ?? {};
  const text = authorization ?? Authorization ?? (typeof apiKey === 'string' ? `Bearer ${apiKey}` : apiKey);
  // Anything but text is a mistake in the credential, never a reason to fall back on the cookie.
  const stated = text === undefined ? {} : { authorization: typeof text === 'string' ? text : '' };
  return { ...credentials, ...stated };
}
