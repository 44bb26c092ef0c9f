import { connect, type Socket } from 'node:net';

const OPCODES = { text: 1, close: 8, ping: 9, pong: 10 } as const;

export interface RawSocketEvents {
  onText: (text: Buffer) => void;
  onClosed: () => void;
}

/** One WebSocket spoken to in raw frames: what thousands of library clients cost would be measured instead of the server. */
export class RawSocket {
  readonly #socket: Socket;
  readonly #events: RawSocketEvents;
  #isUpgraded = false;
  #rest: Buffer | null = null;

  constructor(url: string, events: RawSocketEvents) {
    const { hostname, port, host } = new URL(url);
    this.#events = events;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#hear(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.once('close', () => events.onClosed());
    this.#socket.write(
      [
        'GET /graphql HTTP/1.1',
        `Host: ${host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        'Sec-WebSocket-Protocol: graphql-transport-ws',
        '\r\n',
      ].join('\r\n'),
    );
  }

  send(message: object): void {
    this.#write(OPCODES.text, Buffer.from(JSON.stringify(message)));
  }

  drop(): void {
    this.#socket.destroy();
  }

  /** Clients mask what they send; a mask of zeros leaves it as it is. */
  #write(opcode: number, payload: Buffer): void {
    const isShort = payload.length < 126;
    const head = Buffer.alloc(isShort ? 6 : 8);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | (isShort ? payload.length : 126);
    if (!isShort) head.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #hear(chunk: Buffer): void {
    let bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    if (!this.#isUpgraded) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end !== -1) {
        if (!bytes.toString('latin1', 0, end).startsWith('HTTP/1.1 101')) return this.drop();
        this.#isUpgraded = true;
        bytes = bytes.subarray(end + 4);
      }
    }
    if (this.#isUpgraded) bytes = this.#frames(bytes);
    this.#rest = bytes.length > 0 ? Buffer.from(bytes) : null;
  }

  /** Takes whole frames from the front. @returns what is left. */
  #frames(from: Buffer): Buffer {
    let bytes = from;
    while (bytes.length >= 2) {
      const [first = 0, second = 0] = bytes;
      const start = second === 126 ? 4 : second === 127 ? 10 : 2;
      if (bytes.length < start) break;
      const length = start === 2 ? second : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
      if (bytes.length < start + length) break;
      const payload = bytes.subarray(start, start + length);
      const opcode = first & 0x0f;
      if (opcode === OPCODES.text) this.#events.onText(payload);
      if (opcode === OPCODES.ping) this.#write(OPCODES.pong, payload);
      if (opcode === OPCODES.close) this.drop();
      bytes = bytes.subarray(start + length);
    }
    return bytes;
  }
}
