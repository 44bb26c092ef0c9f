import type { IncomingMessage, ServerResponse } from 'node:http';
import { RateLimited, Unavailable } from '#core/errors';
import { BODY_BYTES_MAX, InboxFull, type Received, type Reception } from '#core/inboxes/reception';
import { readBytes } from '#server/body';
import type { Metrics } from '#server/metrics';

interface InboxRequest {
  reception: Reception;
  metrics: Metrics;
  /** The opaque part of the address. */
  token: string;
  address: string | null;
}

/**
 * Bodies that are read or stored at once: a mebibyte each is what memory there is for those who are nobody's customers. One
 * workspace's never take all of it, since who drips keeps a place for long: beyond `shared` only those come in who have none.
 */
const UNDERWAY_MAX = { ofOne: 32, shared: 64, all: 128 };
const underway = new Map<string, number>();

interface Answer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

const NOT_FOUND: Answer = { status: 404, body: { error: 'Not found' } };
const TOO_LARGE: Answer = {
  status: 413,
  body: { error: `The body is too large: at most ${BODY_BYTES_MAX} bytes.` },
};

/**
 * Takes an event for an inbox. Says no more than that it was kept, and under which id: what was found out about it is the
 * workspace's to know. No origin may read the answer. Whatever is refused with 429, 503 or 507 can be sent again.
 */
export async function serveInbox(
  request: IncomingMessage,
  response: ServerResponse,
  asked: InboxRequest,
): Promise<void> {
  const answer = await answerTo(request, asked);
  asked.metrics.inboxRequests.inc({ status: String(answer.status) });
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    // What was not read of a refused body must not be taken for the next request; the same for all that is refused.
    ...(answer.status !== 200 && { Connection: 'close' }),
    ...answer.headers,
  });
  response.end(text);
}

async function answerTo(request: IncomingMessage, { reception, token, address }: InboxRequest): Promise<Answer> {
  try {
    const inbox = await reception.open(token, address);
    if (inbox === null) return NOT_FOUND;
    if (!takePlace(inbox.workspaceId)) return later(503, 1);
    try {
      const body = await readBytes(request, BODY_BYTES_MAX);
      if (body === null) return TOO_LARGE;
      const { rawHeaders } = request;
      const received = await reception.receive(inbox, { rawHeaders, body, address });
      return received === null ? NOT_FOUND : keptAs(received);
    } finally {
      givePlaceBack(inbox.workspaceId);
    }
  } catch (error) {
    if (error instanceof RateLimited) return later(429, error.retryAfter);
    if (error instanceof InboxFull) return later(507, 3_600);
    if (error instanceof Unavailable) return later(503, 5);
    throw error;
  }
}

function takePlace(workspaceId: string): boolean {
  const own = underway.get(workspaceId) ?? 0;
  const all = [...underway.values()].reduce((sum, each) => sum + each, 0);
  if (own >= UNDERWAY_MAX.ofOne || all >= (own > 0 ? UNDERWAY_MAX.shared : UNDERWAY_MAX.all)) return false;
  underway.set(workspaceId, own + 1);
  return true;
}

function givePlaceBack(workspaceId: string): void {
  const left = (underway.get(workspaceId) ?? 1) - 1;
  if (left > 0) underway.set(workspaceId, left);
  else underway.delete(workspaceId);
}

function keptAs(received: Received): Answer {
  return received.kind === 'stored'
    ? { status: 200, body: { id: received.deliveryId } }
    : { status: 200, body: { challenge: received.challenge } };
}

function later(status: number, seconds: number): Answer {
  return { status, body: { error: 'Send it again later.' }, headers: { 'Retry-After': String(seconds) } };
}
