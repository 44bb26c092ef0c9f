import { once } from 'node:events';
import { WebSocket } from 'ws';
import { debitInput, MUTATION } from './servers.ts';

interface Waiting {
  resolve: () => void;
  reject: (error: Error) => void;
}

/** One graphql-transport-ws connection that debits, spoken to by hand: the stock client would cost more than the server. */
export class DebitSocket {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, Waiting>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#hear(data.toString()));
    socket.on('close', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The socket closed: ${code}`));
    });
  }

  static async open(url: string, secret: string): Promise<DebitSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } }));
    await once(socket, 'message');
    return new DebitSocket(socket);
  }

  /** One call metered. Rejects on a refusal. */
  recordUsage(): Promise<void> {
    const id = String(++this.#lastId);
    const payload = { query: MUTATION, variables: { input: debitInput() } };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
    });
  }

  close(): void {
    this.#socket.terminate();
  }

  #hear(text: string): void {
    const { id, type } = JSON.parse(text) as { id?: string; type: string };
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    // An answer is followed by its completion, which is when the place on the socket is free again.
    if (id === undefined || !waiting || (type === 'next' && text.includes('"seq"'))) return;
    this.#waiting.delete(id);
    if (type === 'complete') waiting.resolve();
    else waiting.reject(new Error(text));
  }
}
