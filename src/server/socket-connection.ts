import type { Duplex } from 'node:stream';
import type { Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Caller, Credentials } from '#server/callers';
import { OperationTurns } from '#server/operation-turns';
import { CLOSE_CODES } from '#server/socket-sessions';
import type { SocketStreams } from '#server/socket-streams';

/** What the protocol's hooks know of a socket. */
export type SocketExtra = Record<PropertyKey, unknown> & {
  socket: WebSocket;
  knock: Knock;
  streams: SocketStreams;
  caller?: Caller;
  /** Operations that are being started; the library forgets one that its client completes, its work goes on. */
  starting: number;
  /** Operations refused because there were too many. */
  refused: number;
};

/** What is kept of the request that a socket began as. */
export interface Knock {
  credentials: Credentials;
  address: string | null;
}

/** More than this unread by a client, and nothing more is read from it: what it asks for cannot pile up. */
const UNREAD_BYTES_MAX = 1024 * 1024;

/** More than any client has use for; what its operations may cost is what quotas limit. */
const MESSAGES_PER_SECOND_MAX = 10_000;

/** By its errors, what the library of the protocol below closes with itself; with 1002 after every other. */
const LIBRARY_CLOSES: ReadonlyMap<string, number> = new Map([
  ['WS_ERR_INVALID_UTF8', CLOSE_CODES.badText],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', CLOSE_CODES.tooManyParts],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', CLOSE_CODES.tooLarge],
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', CLOSE_CODES.tooLarge],
]);

interface Connection {
  socket: WebSocket;
  stream: Duplex;
  knock: Knock;
  streams: SocketStreams;
  end: (code: number, reason: string) => void;
  /** Counts an end that came from the library of the protocol below. */
  noteClose: (code: number) => void;
  onClosed: () => void;
}

/**
 * Joins one socket to the protocol. The library's own adapter closes with 4500 on messages of the wrong direction,
 * prints to the console, and goes on answering a client that reads nothing.
 */
export function joinProtocol(
  protocol: Server<SocketExtra>,
  { socket, stream, knock, streams, end, noteClose, onClosed }: Connection,
): void {
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      close: end,
      // Resolves once the kernel has it. A peer that is gone fails nothing.
      send: (text) =>
        new Promise<void>((resolve) => {
          if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
          else resolve();
        }),
      onMessage(receive) {
        const meter = new MessageMeter();
        const turns = new OperationTurns(receive, (id) => streams.complete(id));
        socket.on('message', (data: Buffer) => {
          if (!meter.hasRoom()) return end(CLOSE_CODES.tooManyMessages, `At most ${MESSAGES_PER_SECOND_MAX} a second`);
          pauseUnlessRead(socket, stream);
          // Our hooks throw nothing, so what is thrown is the library's word on a message that only a server sends.
          turns.take(data.toString()).catch(() => end(CLOSE_CODES.badMessage, 'Invalid message received'));
        });
      },
    },
    { socket, knock, streams, starting: 0, refused: 0 },
  );
  socket.on('ping', () => {
    // The library there has given up one with too many pings at once; where the peer broke off, there is an error.
    if (stream.destroyed && !stream.errored) noteClose(CLOSE_CODES.gone);
    else pauseUnlessRead(socket, stream);
  });
  // The library's close frame is on its way; destroying the socket now would overtake it.
  socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
    if (code.startsWith('WS_ERR_')) noteClose(LIBRARY_CLOSES.get(code) ?? CLOSE_CODES.badFrame);
  });
  socket.on('close', (code, reason) => {
    streams.close();
    onClosed();
    void closed(code, reason.toString()).catch(() => undefined);
  });
}

/** Counts the messages of one socket in each second. */
class MessageMeter {
  #second = 0;
  #count = 0;

  hasRoom(): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) [this.#second, this.#count] = [second, 0];
    this.#count++;
    return this.#count <= MESSAGES_PER_SECOND_MAX;
  }
}

function pauseUnlessRead(socket: WebSocket, stream: Duplex): void {
  if (socket.isPaused || stream.writableLength <= UNREAD_BYTES_MAX) return;
  socket.pause();
  stream.once('drain', () => socket.resume());
}

interface Pulse {
  intervalMs: number;
  /** With a word on where each of its streams goes on, to one that reads too slowly. */
  endSlow: (socket: WebSocket) => void;
  /** Without a word, to one that is gone. */
  drop: (socket: WebSocket) => void;
}

/**
 * Looks at every socket at each pulse: one timer for all. Who leaves two pings unanswered is gone, unless something is
 * still unread: then they read too slowly, and find the reason behind what they were sent. @returns what stops it.
 */
export function watchPulse(
  { clients }: { clients: ReadonlySet<WebSocket> },
  { intervalMs, endSlow, drop }: Pulse,
): () => void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of clients) {
      if (!silent.has(socket)) {
        silent.add(socket);
        socket.once('pong', () => silent.delete(socket));
        socket.ping();
      } else if (socket.readyState === socket.OPEN && socket.bufferedAmount > 0) {
        endSlow(socket);
      } else if (socket.readyState === socket.OPEN) {
        drop(socket);
      }
    }
  }, intervalMs).unref();
  return () => clearInterval(timer);
}
