import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

const FINAL_TEXT = 0x81;
const LENGTH_IN_TWO_BYTES = 126;
const LENGTH_IN_EIGHT_BYTES = 127;

/**
 * Where events leave through one socket. Frames are built here and written past the library, which would look at each
 * once more for every socket; all that one socket is sent in a turn goes in one piece.
 */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;

  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket;
    this.#stream = stream;
  }

  /** Whether what was written last still waits for the peer to read. */
  get isFull(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** Sends an event of the operation with this id, together with what else is sent in this turn. A peer that is gone is sent nothing. */
  write(id: string, payload: Buffer): void {
    if (this.#stream.writableCorked === 0 && this.#isOpen) uncorkSoon(this.#stream);
    this.writeAlone(id, payload);
  }

  /** Sends an event that no other comes with: gathering one alone would visit each of thousands of sockets twice. */
  writeAlone(id: string, payload: Buffer): void {
    if (this.#isOpen) this.#stream.write(frameOf(`{"id":${JSON.stringify(id)},"type":"next","payload":`, payload));
  }

  /** Tells that the operation with this id is over, behind its events. */
  complete(id: string): void {
    if (this.#isOpen) this.#stream.write(frameOf(`{"id":${JSON.stringify(id)},"type":"complete"`, NOTHING));
  }

  /** A close frame that was sent is the last frame. */
  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Resolves when it has room again, or is closed. */
  hasRoom(): Promise<void> {
    const stream = this.#stream;
    if (!stream.writableNeedDrain || stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        stream.off('drain', settle).off('close', settle);
        resolve();
      };
      stream.on('drain', settle).on('close', settle);
    });
  }
}

let corked: Duplex[] = [];

/** Gathers what a stream is written until this turn is over, and then writes it at once. */
function uncorkSoon(stream: Duplex): void {
  stream.cork();
  if (corked.length === 0) process.nextTick(uncorkAll);
  corked.push(stream);
}

function uncorkAll(): void {
  const streams = corked;
  corked = [];
  for (const stream of streams) stream.uncork();
}

const NOTHING = Buffer.alloc(0);

/**
 * A message whose last field is the payload. A server's frames are not masked; all subscribers of a cohort are sent the
 * same payload under ids of their own.
 */
function frameOf(head: string, payload: Buffer): Buffer {
  const length = Buffer.byteLength(head) + payload.length + 1;
  const start = length < LENGTH_IN_TWO_BYTES ? 2 : length <= 0xffff ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FINAL_TEXT;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = LENGTH_IN_TWO_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_IN_EIGHT_BYTES;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  payload.copy(frame, start + frame.write(head, start));
  frame[frame.length - 1] = 0x7d;
  return frame;
}
