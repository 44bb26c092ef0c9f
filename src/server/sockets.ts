import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionResult, GraphQLError, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { isAsyncIterable, mapAsyncIterator } from 'graphql-yoga';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Actor } from '#core/access/actor';
import { DomainError, Forbidden, Unauthenticated } from '#core/errors';
import type { Bus } from '#core/events/bus';
import { type Caller, type Callers, type Credentials, credentialsOf } from '#server/callers';
import type { GraphqlServer } from '#server/graphql';
import type { Metrics } from '#server/metrics';
import { presentError } from '#server/presented-errors';
import { wireResult } from '#server/wire-result';

/** Documented in docs/sockets.md. Stock clients retry 4403 and 1012 and give up on 4400 and 4401. */
export const CLOSE_CODES = {
  credentialDied: 4401,
  forbidden: 4403,
  restarting: 1012,
  tooManyOperations: 4429,
} as const;

const MESSAGE_BYTES_MAX = 64 * 1024;
const OPERATIONS_PER_SOCKET_MAX = 100;
const INIT_TIMEOUT_MS = 5_000;

interface SocketState {
  caller?: Caller;
  actor?: Actor;
}
type Extra = SocketState & Record<PropertyKey, unknown> & { socket: WebSocket; request: IncomingMessage };

export interface Sockets {
  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void;
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
export function openSockets({ yoga, callers, bus, metrics, addressOf, isTrustedOrigin }: SocketOptions): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
  const states = new Map<WebSocket, SocketState>();

  const end = (socket: WebSocket, code: number, reason: string): void => {
    if (socket.readyState !== socket.OPEN) return;
    metrics().socketsClosed.inc({ code: String(code) });
    socket.close(code, reason);
  };

  const endIfDead = async (socket: WebSocket, { caller, actor }: SocketState): Promise<void> => {
    if (!caller || !actor || actor.kind === 'NOBODY') return;
    const now = await caller.identify().catch((error: unknown) => {
      if (error instanceof Unauthenticated) return null;
      throw error;
    });
    // The streams end first, each with its own error; then the socket that their credential opened.
    if (now === null || now.kind === 'NOBODY')
      setTimeout(() => end(socket, CLOSE_CODES.credentialDied, 'Credential ended'), 50).unref();
  };

  const unsubscribe = bus.subscribe((hint) => {
    if (hint.kind === 'credits') return;
    for (const [socket, state] of states) {
      const { actor } = state;
      const isConcerned =
        hint.kind === 'session'
          ? actor?.kind === 'USER' && actor.sessionId === hint.sessionId
          : actor?.kind === 'API_KEY' && actor.workspaceId === hint.workspaceId;
      // A database that is away decides nothing: the next operation or event asks again.
      if (isConcerned) endIfDead(socket, state).catch(() => undefined);
    }
  });

  const protocol = useServer<Record<string, unknown>, Extra>(
    {
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      async onConnect({ extra, connectionParams }) {
        const { socket, request } = extra;
        const caller = callers.caller(socketCredentials(request, connectionParams), { address: addressOf(request) });
        try {
          const actor = await caller.identify();
          states.set(socket, Object.assign(extra, { caller, actor }));
          return true;
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          // Refused before the acknowledgement: 4401 tells a client that asking again is of no use.
          end(
            socket,
            error instanceof Forbidden ? CLOSE_CODES.forbidden : CLOSE_CODES.credentialDied,
            closeReason(error.message),
          );
          return true;
        }
      },
      async onSubscribe({ extra, subscriptions }, _id, params) {
        const { caller, socket } = extra;
        if (!caller) return [presentError(new Unauthenticated('Say who you are first.'))];
        if (Object.keys(subscriptions).length > OPERATIONS_PER_SOCKET_MAX) {
          end(socket, CLOSE_CODES.tooManyOperations, 'Too many operations at once');
          return [
            presentError(new Forbidden(`At most ${OPERATIONS_PER_SOCKET_MAX} operations at once on one socket.`)),
          ];
        }
        return startOperation(yoga, { caller, params: params as unknown as Record<string, unknown> });
      },
      execute: (args) => (args as unknown as StartedOperation).result,
      subscribe: (args) => (args as unknown as StartedOperation).result as never,
    },
    server,
  );

  server.on('connection', (socket) => {
    socket.on('error', () => socket.terminate());
    socket.once('close', () => states.delete(socket));
  });

  return {
    accept(request, stream, head) {
      const { origin } = request.headers;
      // Without a cookie a foreign page can do no more than any other stranger.
      if (request.headers.cookie !== undefined && origin !== undefined && !isTrustedOrigin(origin)) {
        stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, stream, head, (socket) => server.emit('connection', socket, request));
    },
    get openCount() {
      return server.clients.size;
    },
    async close() {
      unsubscribe();
      for (const socket of server.clients) end(socket, CLOSE_CODES.restarting, 'Server is restarting');
      await Promise.race([protocol.dispose(), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
      for (const socket of server.clients) socket.terminate();
    },
  };
}

/** What onSubscribe hands to the library: a document, by which it tells streams from single answers, and the answer. */
interface StartedOperation {
  document: ReturnType<typeof parse>;
  operationName: string | null;
  result: ExecutionResult | AsyncIterable<ExecutionResult>;
  rootValue: undefined;
  contextValue: undefined;
}

async function startOperation(
  yoga: GraphqlServer,
  { caller, params }: { caller: Caller; params: Record<string, unknown> },
): Promise<never> {
  try {
    const request = {
      method: 'POST',
      url: 'http://localhost/graphql',
      headers: { get: () => null },
    } as unknown as Request;
    const result = await yoga.getResultForParams({ params, request }, { caller, transport: 'socket' });
    if (isAsyncIterable(result)) {
      return started('subscription', mapAsyncIterator(result, wireResult));
    }
    const { errors, ...rest } = wireResult(result as ExecutionResult);
    // Without data nothing was executed: the protocol wants an error message, not a result.
    if (errors && !('data' in rest)) return errors as never;
    return started('query', { ...rest, ...(errors && { errors }) });
  } catch (error) {
    // Thrown past this point it would close the socket and end the operations of others on it.
    return [wireResult({ errors: [presentError(error)] }).errors?.[0] ?? new GraphQLError('Refused.')] as never;
  }
}

const DOCUMENTS = { query: parse('{ __typename }'), subscription: parse('subscription { __typename }') };

function started(kind: keyof typeof DOCUMENTS, result: StartedOperation['result']): never {
  const operation: StartedOperation = {
    document: DOCUMENTS[kind],
    operationName: null,
    result,
    rootValue: undefined,
    contextValue: undefined,
  };
  return operation as never;
}

/** The credential of connection_init wins over the cookie of the upgrade, as the Authorization header does over HTTP. */
function socketCredentials(request: IncomingMessage, params: Record<string, unknown> | undefined): Credentials {
  const { authorization, Authorization, apiKey } = params ?? {};
  const text = authorization ?? Authorization ?? (typeof apiKey === 'string' ? `Bearer ${apiKey}` : apiKey);
  // Anything but text is a mistake in the credential, never a reason to fall back on the cookie.
  const stated = text === undefined ? {} : { authorization: typeof text === 'string' ? text : '' };
  return { ...credentialsOf(request.headers), ...stated };
}

/** A close frame carries at most 123 bytes. */
function closeReason(message: string): string {
  return Buffer.from(message)
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\ufffd$/, '');
}
