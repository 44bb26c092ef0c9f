import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** One event of a stream as its client got it. */
// oxlint-disable-next-line typescript/no-explicit-any -- every test would otherwise spell out the shape it asserts anyway
type Payload = { data?: any; errors?: readonly { message: string; extensions: Record<string, unknown> }[] };

/** Beside what a stream says, over server-sent events alone: the id of each event. */
export type SseStream = Stream & { ids: (string | null)[]; status: number; contentType: string | null };

export interface Stream {
  events: Payload[];
  isComplete: boolean;
  /** What ended it, when it was not completion. */
  failure: unknown;
  /** Waits until the condition holds for what came so far. */
  until(condition: (stream: Stream) => boolean, timeoutMs?: number): Promise<void>;
  stop(): void;
}

/** Subscribes with the stock client. */
export function follow(client: Client, query: string, variables: Record<string, unknown> = {}): Stream {
  const stream = openStream(() => stop());
  const stop = client.subscribe<Payload['data']>(
    { query, variables },
    {
      next: (event) => void stream.events.push(event as Payload),
      error: (failure) => void (stream.failure = failure ?? new Error('failed')),
      complete: () => void (stream.isComplete = true),
    },
  );
  return stream;
}

interface ClientOptions {
  token?: string;
  headers?: Record<string, string>;
  retryAttempts?: number;
  /** What it says of itself whenever it connects, instead of the token. */
  connectionParams?: () => Record<string, unknown>;
}

/** The stock client on a socket of `ws`; records the code that each socket of it closed with. */
export function openClient(
  url: string,
  { token, headers, ...options }: ClientOptions = {},
): Client & { closeCodes: number[] } {
  const closeCodes: number[] = [];
  const client = createClient({
    url,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers: headers ?? {} });
      }
    },
    retryAttempts: 0,
    // By itself it retries closes alone, not a refused connection, which is what a server that restarts looks like.
    shouldRetry: () => true,
    // The socket is there from the start and outlives its streams, so that a test sees how the server closes it.
    lazy: false,
    onNonLazyError: () => undefined,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    ...(token && { connectionParams: { authorization: `Bearer ${token}` } }),
    on: { closed: (event) => void closeCodes.push((event as { code: number }).code) },
    ...options,
  });
  return Object.assign(client, { closeCodes });
}

export interface SseOptions {
  token?: string;
  headers?: Record<string, string>;
  variables?: Record<string, unknown>;
  method?: 'GET' | 'POST';
}

/** Subscribes over server-sent events with nothing but fetch. */
export async function followSse(
  url: string,
  query: string,
  { token, headers, variables = {}, method = 'POST' }: SseOptions = {},
): Promise<SseStream> {
  const controller = new AbortController();
  const stream = Object.assign(
    openStream(() => controller.abort()),
    { ids: [] as (string | null)[] },
  );
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const response = await fetch(method === 'GET' ? `${url}/graphql?${search}` : `${url}/graphql`, {
    method,
    signal: controller.signal,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(method === 'POST' && { body: JSON.stringify({ query, variables }) }),
  });
  void readEvents(response, stream).catch((error: unknown) => void (stream.failure = error));
  return Object.assign(stream, { status: response.status, contentType: response.headers.get('content-type') });
}

async function readEvents(response: Response, stream: Stream & Pick<SseStream, 'ids'>): Promise<void> {
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      if (lines.includes('event: complete')) stream.isComplete = true;
      const data = lines.find((line) => line.startsWith('data: '));
      if (!data) continue;
      stream.events.push(JSON.parse(data.slice(6)) as Payload);
      stream.ids.push(lines.find((line) => line.startsWith('id: '))?.slice(4) ?? null);
    }
  }
  if (!stream.isComplete) stream.failure = new Error('The connection ended without completion.');
}

function openStream(stop: () => void): Stream {
  return {
    events: [],
    isComplete: false,
    failure: null,
    async until(condition, timeoutMs = 5_000) {
      const deadline = Date.now() + timeoutMs;
      while (!condition(this)) {
        if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms; it got ${describe(this)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    stop,
  };
}

function describe({ events, isComplete, failure }: Stream): string {
  return JSON.stringify({ count: events.length, last: events.slice(-2), isComplete, failure: String(failure) });
}
