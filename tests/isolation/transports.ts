import { WebSocket } from 'ws';
import type { TestServer } from '../world/server.ts';
import type { Outsider } from './callers.ts';

export interface Operation {
  query: string;
  variables: Record<string, unknown>;
}

/** Everything that came back, as text. */
export interface Answer {
  status: string;
  headers: string;
  body: string;
}

export type Ask = (caller: Outsider, operation: Operation) => Promise<Answer>;

export const TRANSPORTS = ['post', 'get', 'sse', 'socket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A stream that has nothing to say says so by silence. */
const SILENCE_MS = 600;

export type Transports = Record<Transport, Ask> & {
  /** Follows a stream until everything closes. @returns the frames so far, a list that grows. */
  watch: (caller: Outsider, query: string) => string[];
  close: () => void;
};

export function openTransports({ url, socketUrl }: Pick<TestServer, 'url' | 'socketUrl'>): Transports {
  const sockets = new Map<Outsider, Socket>();
  const opened: Socket[] = [];
  const socketOf = (caller: Outsider): Socket => {
    const known = sockets.get(caller);
    if (known?.isOpen) return known;
    const socket = new Socket(socketUrl, caller);
    sockets.set(caller, socket);
    opened.push(socket);
    return socket;
  };
  const post = (caller: Outsider, operation: Operation, accept: string): Promise<Response> =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...caller.headers },
      body: JSON.stringify(operation),
    });
  return {
    post: async (caller, operation) => readWhole(await post(caller, operation, 'application/json')),
    async get({ headers }, { query, variables }) {
      const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
      return readWhole(await fetch(`${url}/graphql?${search}`, { headers }));
    },
    async sse(caller, operation) {
      const response = await post(caller, operation, 'text/event-stream');
      return { ...describe(response), body: await firstEvent(response) };
    },
    socket: async (caller, operation) => ({
      status: 'socket',
      headers: '',
      body: await socketOf(caller).ask(operation, SILENCE_MS),
    }),
    watch(caller, query) {
      const socket = new Socket(socketUrl, caller);
      opened.push(socket);
      return socket.follow({ query, variables: {} });
    },
    close() {
      for (const socket of opened) socket.close();
    },
  };
}

/** Headers that say when, or which request it was. */
const OF_ITS_TIME = new Set(['date', 'x-request-id', 'content-length', 'connection', 'keep-alive']);

function describe({ status, headers }: Response): Pick<Answer, 'status' | 'headers'> {
  const lines = [...headers].filter(([name]) => !OF_ITS_TIME.has(name)).map(([name, value]) => `${name}: ${value}`);
  return { status: status.toString(), headers: lines.join('\n') };
}

async function readWhole(response: Response): Promise<Answer> {
  return { ...describe(response), body: await response.text() };
}

/** The first event of a stream, or whatever came instead of one. */
async function firstEvent(response: Response): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const silence = setTimeout(() => void reader?.cancel().catch(() => undefined), SILENCE_MS);
  try {
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      text += chunk.value;
      const event = /^data: .+$/m.exec(text)?.[0];
      if (event && text.includes('\n\n', text.indexOf(event))) return event;
    }
    return text.replaceAll(/^:.*\n*/gm, '');
  } finally {
    clearTimeout(silence);
    void reader?.cancel().catch(() => undefined);
  }
}

/** The protocol by hand: what a client's library would hide is part of what is looked at. */
class Socket {
  readonly #socket: WebSocket;
  readonly #ready: Promise<void>;
  readonly #listeners = new Map<string, (frame: string) => void>();
  #count = 0;
  #ending = '';

  constructor(url: string, { headers: { authorization, ...headers } }: Outsider) {
    this.#socket = new WebSocket(url, 'graphql-transport-ws', { headers });
    this.#ready = new Promise((resolve) => {
      this.#socket.once('open', () =>
        this.#socket.send(
          JSON.stringify({ type: 'connection_init', ...(authorization && { payload: { authorization } }) }),
        ),
      );
      this.#socket.on('message', (data: Buffer) => {
        const frame = data.toString();
        const { id, type } = JSON.parse(frame) as { id?: string; type: string };
        if (type === 'connection_ack') resolve();
        if (id) this.#listeners.get(id)?.(frame.replace(`"id":"${id}"`, '"id":""'));
      });
      this.#socket.on('error', () => undefined);
      this.#socket.once('close', (code, reason) => {
        this.#ending = `closed ${code} ${reason.toString()}`;
        for (const listener of this.#listeners.values()) listener(this.#ending);
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.#ending === '';
  }

  /** The first frame that answers. */
  async ask(operation: Operation, silenceMs: number): Promise<string> {
    await this.#ready;
    if (!this.isOpen) return this.#ending;
    const id = (this.#count++).toString();
    const frame = await new Promise<string>((resolve) => {
      const silence = setTimeout(() => resolve('silence'), silenceMs * 10);
      const quick = operation.query.startsWith('subscription')
        ? setTimeout(() => resolve('silence'), silenceMs)
        : undefined;
      this.#listeners.set(id, (text) => {
        clearTimeout(silence);
        clearTimeout(quick);
        resolve(text);
      });
      this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload: operation }));
    });
    this.#listeners.delete(id);
    if (this.isOpen && operation.query.startsWith('subscription')) {
      this.#socket.send(JSON.stringify({ id, type: 'complete' }));
    }
    return frame;
  }

  follow(operation: Operation): string[] {
    const frames: string[] = [];
    const id = `w${this.#count++}`;
    this.#listeners.set(id, (frame) => frames.push(frame));
    void this.#start(id, operation);
    return frames;
  }

  async #start(id: string, operation: Operation): Promise<void> {
    await this.#ready;
    if (this.isOpen) this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload: operation }));
  }

  close(): void {
    this.#socket.terminate();
  }
}
