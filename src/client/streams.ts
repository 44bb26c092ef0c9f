import type { FormattedExecutionResult } from 'graphql-ws/client';
import { backoffMs, pause, type RetryPolicy } from './backoff.ts';
import { CommonpurseError, errorOfResponse, type ResponseError } from './errors.ts';
import type { Socket } from './socket.ts';

/** LIVE: every change arrives. RECONNECTING: the connection was lost; what happens meanwhile is replayed afterwards. */
export type StreamState = 'CONNECTING' | 'LIVE' | 'RECONNECTING';

export interface WatchOptions {
  /** The workspace to follow; an API key implies its own. */
  workspaceId?: string | undefined;
  /** Seq of the last event you saw; left out, the stream begins with the state now. */
  after?: string | null | undefined;
  /** Ends the stream when it aborts. */
  signal?: AbortSignal | undefined;
  onStateChange?: ((state: StreamState, cause: CommonpurseError | null) => void) | undefined;
}

export interface FeedEvent {
  __typename: string;
  seq: string;
}

export interface Feed<Event> {
  query: string;
  eventOf: (data: Record<string, unknown>) => Event;
}

/** A reader that lags further behind is unsubscribed until it has caught up, so that nothing piles up in memory. */
const INBOX_MAX = 1_000;

/**
 * Every event once and in order, whatever happens to the connection: each new subscription continues after the last
 * event received. Once live it reconnects for ever; before that it gives up like a request.
 * @throws CommonpurseError when the server ends the stream for good, such as UNAUTHENTICATED for a revoked key.
 */
export async function* follow<Event extends FeedEvent>(
  { socket, retry }: { socket: Socket; retry: RetryPolicy },
  feed: Feed<Event>,
  { workspaceId, after, signal, onStateChange }: WatchOptions,
): AsyncGenerator<Event, void, undefined> {
  const cursor = new Cursor(after ?? null);
  let state: StreamState | null = null;
  const setState = (next: StreamState, cause: CommonpurseError | null = null): void => {
    if (next !== state) onStateChange?.(next, cause);
    state = next;
  };
  let hasBeenLive = false;
  let failures = 0;
  setState('CONNECTING');
  const offConnected = socket.onConnected(() => {
    hasBeenLive = true;
    setState('LIVE');
  });
  try {
    for (;;) {
      if (signal?.aborted) return;
      const startedAt = Date.now();
      const subscription = subscribe(socket, { feed, workspaceId, cursor, signal });
      let failure: CommonpurseError | null = null;
      try {
        yield* subscription.inbox.read();
      } catch (error) {
        if (!(error instanceof CommonpurseError) || !error.isTransient) throw error;
        failure = error;
      } finally {
        subscription.stop();
      }
      if (subscription.isOverfull || signal?.aborted) continue;
      failures = Date.now() - startedAt > retry.delayMaxMs ? 1 : failures + 1;
      if (!hasBeenLive && failures >= retry.attemptsMax)
        throw failure ?? new CommonpurseError('UNAVAILABLE', 'The stream ended as soon as it began.');
      if (hasBeenLive) setState('RECONNECTING', failure);
      await pause(backoffMs(retry, failures), signal);
    }
  } finally {
    offConnected();
  }
}

interface Subscription<Event> {
  inbox: Inbox<Event>;
  /** Whether it ended only because its reader was too slow. */
  isOverfull: boolean;
  stop: () => void;
}

interface Following<Event> {
  feed: Feed<Event>;
  workspaceId: string | undefined;
  cursor: Cursor;
  signal: AbortSignal | undefined;
}

function subscribe<Event extends FeedEvent>(
  socket: Socket,
  { feed, workspaceId, cursor, signal }: Following<Event>,
): Subscription<Event> {
  const inbox = new Inbox<Event>();
  // Read anew whenever it is sent: the library resubscribes by itself after a regular close.
  const variables = {
    workspaceId,
    get after() {
      return cursor.seq;
    },
  };
  const unsubscribe = socket.subscribe(
    { query: feed.query, variables },
    {
      next: (result: FormattedExecutionResult) => {
        const [error] = result.errors ?? [];
        if (error || !result.data) return inbox.end(errorOfResponse(error ?? { message: 'An event without data.' }));
        const event = feed.eventOf(result.data);
        // A bookmark tells nothing but how far the stream has come.
        if (!cursor.advance(event) || event.__typename === 'FeedBookmark') return;
        if (inbox.push(event) < INBOX_MAX) return;
        subscription.isOverfull = true;
        subscription.stop();
      },
      error: (error) => inbox.end(failureOf(error)),
      complete: () => inbox.end(),
    },
  );
  const subscription: Subscription<Event> = {
    inbox,
    isOverfull: false,
    stop: () => {
      signal?.removeEventListener('abort', subscription.stop);
      unsubscribe();
      inbox.end();
    },
  };
  signal?.addEventListener('abort', subscription.stop);
  return subscription;
}

/** The last event received. Refuses what was received before, should a subscription overlap its predecessor. */
class Cursor {
  seq: string | null;

  constructor(seq: string | null) {
    this.seq = seq;
  }

  advance({ __typename, seq }: FeedEvent): boolean {
    // A reset may lead back: the server was restored to an earlier state.
    if (__typename !== 'FeedReset' && this.seq !== null && BigInt(seq) <= BigInt(this.seq)) return false;
    this.seq = seq;
    return true;
  }
}

/** What has come from the socket and was not read yet. */
class Inbox<Event> {
  readonly #events: Event[] = [];
  #end: { error: CommonpurseError | null } | null = null;
  #wake = (): void => {};

  /** How many wait to be read. */
  push(event: Event): number {
    this.#events.push(event);
    this.#wake();
    return this.#events.length;
  }

  /** Nothing follows what already waits. */
  end(error: CommonpurseError | null = null): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *read(): AsyncGenerator<Event, void, undefined> {
    for (;;) {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) yield event;
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** The credential is not known any more, or its time is over: this client has no other. */
const UNAUTHENTICATED: ReadonlySet<number> = new Set([4401, 4403]);
/** Faults of this client or its platform that repeating does not mend. */
const HOPELESS: ReadonlySet<number> = new Set([4004, 4005, 4400, 4406, 4409, 4429]);

/** What the end of a subscription means: errors of the operation, the close of its socket, or no socket at all. */
function failureOf(error: unknown): CommonpurseError {
  const [first] = Array.isArray(error) ? (error as ResponseError[]) : [];
  if (first) return errorOfResponse(first);
  if (typeof error !== 'object' || error === null || !('code' in error) || !('reason' in error)) {
    return new CommonpurseError('UNAVAILABLE', 'The server could not be reached.', { cause: error });
  }
  const { code, reason } = error as { code: number; reason: string };
  const message = reason === '' ? `The server closed the connection (${code}).` : reason;
  if (UNAUTHENTICATED.has(code)) return new CommonpurseError('UNAUTHENTICATED', message, { cause: error });
  return new CommonpurseError(HOPELESS.has(code) ? 'UNEXPECTED' : 'UNAVAILABLE', message, { cause: error });
}
