import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BATCH_MUTATION, debitInput, MUTATION } from './servers.ts';

interface Waiting {
  /** How many entries the answer must show. */
  entries: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * One keep-alive HTTP connection that debits, spoken to by hand: Node's own client costs as much as the server, and on a
 * machine that both share the figure would be about the client.
 */
export class DebitConnection {
  readonly #url: URL;
  readonly #head: string;
  #socket: Socket;
  #waiting: Waiting | null = null;
  #heard = '';

  private constructor(url: string, secret: string) {
    this.#url = new URL(url);
    this.#head = [
      'POST /graphql HTTP/1.1',
      `Host: ${this.#url.host}`,
      `Authorization: Bearer ${secret}`,
      'Content-Type: application/json',
      'Content-Length: ',
    ].join('\r\n');
    this.#socket = this.#connect();
  }

  static async open(url: string, secret: string): Promise<DebitConnection> {
    const connection = new DebitConnection(url, secret);
    await once(connection.#socket, 'connect');
    return connection;
  }

  /** One call metered; the next only after its answer. Rejects on a refusal, which is fast: it would flatter the figure. */
  recordUsage(): Promise<void> {
    return this.#ask({ query: MUTATION, variables: { input: debitInput() } }, 1);
  }

  /** So many calls metered in one request. Rejects when any is refused. */
  recordUsageBatch(size: number): Promise<void> {
    const items = Array.from({ length: size }, debitInput);
    return this.#ask({ query: BATCH_MUTATION, variables: { input: { items } } }, size);
  }

  close(): void {
    this.#socket.destroy();
  }

  #connect(): Socket {
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port) });
    // The answers are ASCII, so that characters are bytes.
    socket.setEncoding('latin1').setNoDelay();
    socket.on('data', (part: string) => this.#hear(part));
    socket.on('close', () => this.#waiting?.reject(new Error('The connection closed')));
    socket.on('error', (error) => this.#waiting?.reject(error));
    return socket;
  }

  #ask(request: { query: string; variables: unknown }, entries: number): Promise<void> {
    const body = JSON.stringify(request);
    // A server ends what was idle for a minute, which a crowd may take to open.
    if (!this.#socket.writable) this.#socket = this.#connect();
    return new Promise((resolve, reject) => {
      this.#waiting = { entries, resolve, reject };
      this.#socket.write(`${this.#head}${body.length}\r\n\r\n${body}`);
    });
  }

  #hear(part: string): void {
    this.#heard += part;
    if (!isWhole(this.#heard)) return;
    const [answer, waiting] = [this.#heard, this.#waiting];
    this.#heard = '';
    this.#waiting = null;
    if (answer.split('"seq"').length === (waiting?.entries ?? 0) + 1) waiting?.resolve();
    else waiting?.reject(new Error(answer));
  }
}

/** Whether an answer is all there, by its length or, where it came in chunks, by the empty one that ends them. */
function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = /\ncontent-length: *(\d+)/iu.exec(text)?.[1];
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= headEnd + 4 + Number(length);
}
