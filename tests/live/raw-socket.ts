import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { WebSocket } from 'ws';

export interface Message {
  type: string;
  id?: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- every test would otherwise spell out the shape it asserts anyway
  payload?: any;
}

export interface RawSocketOptions {
  protocols?: string[];
  headers?: Record<string, string>;
  path?: string;
}

async function until(condition: () => boolean, timeout = 2_000): Promise<void> {
  await vi.waitFor(() => condition() || Promise.reject(new Error('not yet')), { interval: 5, timeout });
}

/** A socket with nothing between the test and the protocol. */
export class RawSocket {
  readonly messages: Message[] = [];
  readonly socket: WebSocket;
  closeCode: number | null = null;
  /** Status of a refused upgrade. */
  status: number | null = null;

  constructor(url: string, options: RawSocketOptions = {}) {
    const { protocols = ['graphql-transport-ws'], headers = {}, path = '/graphql' } = options;
    this.socket = new WebSocket(new URL(path, url), protocols, { headers });
    this.socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as Message));
    this.socket.on('close', (code) => (this.closeCode = code));
    this.socket.on('error', () => undefined);
    this.socket.on('unexpected-response', (_request, { statusCode = 0 }) => (this.status = statusCode));
  }

  async opened(): Promise<this> {
    await until(() => this.socket.readyState === WebSocket.OPEN);
    return this;
  }

  /** Text and bytes go as they are, everything else as JSON. `fin`: whether the message ends with this. */
  send(message: unknown, fin = true): void {
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message), { fin });
  }

  subscribe(id: string, query: string, rest: Record<string, unknown> = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, ...rest } });
  }

  async got(type: string, id?: string): Promise<Message> {
    const find = (): Message | undefined => this.messages.find((message) => message.type === type && message.id === id);
    await until(() => find() !== undefined, 3_000).catch(() => {
      throw new Error(`No ${type} of ${id}, but ${JSON.stringify(this.messages)}`);
    });
    return find() as Message;
  }

  /** The oldest message that was not taken yet. */
  async take(): Promise<Message> {
    await until(() => this.messages.length > 0, 3_000).catch(() => {
      throw new Error(`Nothing more came; closed with ${this.closeCode}`);
    });
    return this.messages.shift() as Message;
  }

  closed(timeout = 2_000): Promise<void> {
    return until(() => this.closeCode !== null, timeout);
  }

  /** Proves that the socket still serves. */
  async stillServes(): Promise<void> {
    const id = randomUUID();
    this.subscribe(id, '{ __typename }');
    await this.got('next', id);
    this.socket.close();
  }
}
