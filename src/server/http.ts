import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Reception } from '#core/inboxes/reception';
import { printPublicSchema } from '#graph/schema';
import { sha256 } from '#lib/canonical-json';
import { readBody } from '#server/body';
import { type Callers, credentialsOf } from '#server/callers';
import type { Dashboard } from '#server/dashboard';
import { hasDrained, type OpenAnswers } from '#server/drain';
import type { Exports } from '#server/exports';
import { serveGraphiql, wantsGraphiql } from '#server/graphiql';
import type { GraphqlServer } from '#server/graphql';
import { serveInbox } from '#server/inbox';
import type { Metrics } from '#server/metrics';
import { answerPostJson, isPostJson } from '#server/post-json';
import type { ServerContext } from '#server/server-context';

export interface HttpOptions {
  yoga: GraphqlServer;
  callers: Callers;
  serveAuth: (request: IncomingMessage, response: ServerResponse, address: string | null) => Promise<void>;
  reception: Reception;
  exports: Exports;
  metrics: Metrics;
  /** Bearer token that /metrics asks for; undefined leaves it open. */
  metricsToken: string | undefined;
  isReady: () => Promise<boolean>;
  addressOf: (request: IncomingMessage) => string | null;
  /** Null where it was not built. */
  dashboard: Dashboard | null;
  corsOrigins: readonly string[];
  /** What the server ends when it stops, so that it need not wait for streams. */
  openAnswers: OpenAnswers;
  log: Logger;
}

const BODY_BYTES_MAX = 1024 * 1024;
const AUTH_BODY_BYTES_MAX = 64 * 1024;
const INBOX_PATH = '/inbox/';
const NO_PARAMS = new URLSearchParams();

/** Every route of the server. One line a route; the work is elsewhere. */
export function createRequestListener(options: HttpOptions): RequestListener {
  const { log } = options;
  const sdl = printPublicSchema();
  return (request, response) => {
    route(request, response, { ...options, sdl }).catch((error: unknown) => {
      if (isAborted(request)) return;
      log.error({ err: error, method: request.method }, 'request failed');
      if (response.headersSent) response.destroy();
      else
        sendJson(response, 500, {
          errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
        });
    });
  };
}

/** A client that went away in the middle of its own request is no fault of ours. */
function isAborted(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions & { sdl: string },
): Promise<void> {
  const target = request.url ?? '/';
  if (target === '/graphql') return serveGraphql(request, response, { ...options, searchParams: NO_PARAMS });
  // A path that begins with two slashes is a path, not another host; a target may also be a whole URL.
  const address = target.startsWith('/') ? `http://localhost${target}` : target;
  if (!URL.canParse(address)) return sendJson(response, 400, { error: 'Bad request target' });
  const url = new URL(address);
  const { pathname, search, searchParams } = url;
  if (pathname === '/graphql') {
    request.url = `${pathname}${search}`;
    return serveGraphql(request, response, { ...options, searchParams });
  }
  if (pathname.startsWith('/auth/')) return serveAuth(request, response, options);
  if (request.method === 'POST' && pathname.startsWith(INBOX_PATH)) {
    const token = pathname.slice(INBOX_PATH.length);
    return serveInbox(request, response, { ...options, token, address: options.addressOf(request) });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendJson(response, 404, { error: 'Not found' });
  if (options.exports.isRoute(pathname)) return options.exports.serve(request, response, url);
  switch (pathname) {
    case '/schema.graphql':
      return sendText(response, 200, { text: options.sdl, type: 'text/plain; charset=utf-8' });
    case '/healthz':
      return sendJson(response, 200, { status: 'ok' });
    case '/readyz': {
      const isReady = await options.isReady();
      return sendJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready' });
    }
    case '/metrics':
      return serveMetrics(request, response, options);
    default:
      if (options.dashboard?.serve(request, response, pathname)) return;
      return sendJson(response, 404, { error: 'Not found' });
  }
}

/** Sign-in takes small forms; the library itself would read a body of any size. */
async function serveAuth(
  request: IncomingMessage,
  response: ServerResponse,
  { serveAuth: serve, addressOf }: HttpOptions,
): Promise<void> {
  const address = addressOf(request);
  if (request.method !== 'POST') return serve(request, response, address);
  const body = await readBody(request, AUTH_BODY_BYTES_MAX);
  if (body === null) {
    response.setHeader('Connection', 'close');
    return sendJson(response, 413, { message: `The body is too large: at most ${AUTH_BODY_BYTES_MAX} bytes.` });
  }
  return serve(Object.assign(request, { body }), response, address);
}

async function serveGraphql(
  request: IncomingMessage,
  response: ServerResponse,
  { yoga, callers, addressOf, corsOrigins, openAnswers, searchParams }: HttpOptions & { searchParams: URLSearchParams },
): Promise<void> {
  if (wantsGraphiql(request, searchParams)) return serveGraphiql(request, response);
  const requestId = request.headers['x-request-id']?.toString();
  // To be refused is final to a reader of events that comes back: it waits, as those that have begun do.
  const caller = callers.caller(credentialsOf(request.headers), {
    address: addressOf(request),
    requestId,
    answerHeaders: {},
    ...(wantsEvents(request) && { isWaiting: () => !response.destroyed }),
  });
  const lastEventId = request.headers['last-event-id']?.toString();
  const context: ServerContext = { caller, transport: 'http', lastEventId };
  response.setHeader('X-Request-Id', caller.requestId);
  const needsCors = corsOrigins.length > 0 && request.headers.origin !== undefined;
  if (!isPostJson(request) || needsCors) {
    const answer = await yoga.handleNodeRequestAndResponse(request, response, context);
    setHeaders(response, caller.answerHeaders);
    return sendFetchResponse(response, answer, openAnswers);
  }
  const body = await readBody(request, BODY_BYTES_MAX);
  if (body === null) {
    response.setHeader('Connection', 'close');
    return sendJson(response, 413, {
      errors: [
        { message: `The body is too large: at most ${BODY_BYTES_MAX} bytes.`, extensions: { code: 'BAD_REQUEST' } },
      ],
    });
  }
  if (await answerPostJson(yoga, { request, response, context, body })) return;
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value.toString()] as [string, string]],
  );
  const answer = await yoga.fetch(
    `http://localhost${request.url}`,
    { method: 'POST', headers, body },
    context as never,
  );
  setHeaders(response, caller.answerHeaders);
  await sendFetchResponse(response, answer, openAnswers);
}

function wantsEvents({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/event-stream') ?? false;
}

function setHeaders(response: ServerResponse, headers: Record<string, string> | null): void {
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
}

async function sendFetchResponse(response: ServerResponse, answer: Response, openAnswers: OpenAnswers): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (!answer.body) {
    response.end();
    return;
  }
  const reader = answer.body.getReader();
  // Ended without `complete`, so that clients of a stream come back instead of believing that it is over.
  const stop = (): void => void reader.cancel().catch(() => undefined);
  response.once('close', stop);
  const forget = openAnswers.add(stop);
  if (response.destroyed) stop();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || response.destroyed) break;
      // A reader that stops reading stops the stream here; nothing piles up.
      if (!response.write(value)) await hasDrained(response);
    }
  } finally {
    forget();
  }
  response.end();
}

async function serveMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, metricsToken }: HttpOptions,
): Promise<void> {
  // Hashes of one length, compared in constant time: the answer's timing tells nothing of the token.
  const sent = sha256(request.headers.authorization ?? '');
  if (metricsToken !== undefined && !timingSafeEqual(sent, sha256(`Bearer ${metricsToken}`))) {
    return sendJson(response, 401, { error: 'Send the METRICS_TOKEN as a bearer token.' });
  }
  sendText(response, 200, { text: await metrics.registry.metrics(), type: metrics.registry.contentType });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, { text: JSON.stringify(body), type: 'application/json; charset=utf-8' });
}

function sendText(response: ServerResponse, status: number, { text, type }: { text: string; type: string }): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(text);
}
