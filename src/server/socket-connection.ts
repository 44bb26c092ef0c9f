import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Caller } from '#server/callers';
import { CLOSE_CODES } from '#server/socket-sessions';

/** What the protocol's hooks know of a socket. */
export type SocketExtra = Record<PropertyKey, unknown> & {
  socket: WebSocket;
  request: IncomingMessage;
  /** Resolves once the kernel has it: a stream is asked for its next event no sooner. A peer that is gone fails nothing. */
  send: (text: string) => Promise<void>;
  caller?: Caller;
  /** Operations that are being started; the library forgets one that its client completes, its work goes on. */
  starting: number;
};

/** More than this unread by a client, and nothing more is read from it: what it asks for cannot pile up. */
const UNREAD_BYTES_MAX = 1024 * 1024;

interface Connection {
  socket: WebSocket;
  stream: Duplex;
  request: IncomingMessage;
  end: (code: number, reason: string) => void;
}

/**
 * Joins one socket to the protocol. The library's own adapter closes with 4500 on messages of the wrong direction,
 * prints to the console, and goes on answering a client that reads nothing.
 */
export function joinProtocol(protocol: Server<SocketExtra>, { socket, stream, request, end }: Connection): void {
  const send = (text: string): Promise<void> =>
    new Promise((resolve) => {
      if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
      else resolve();
    });
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      close: end,
      send,
      onMessage(receive) {
        socket.on('message', (data: Buffer) => {
          pauseUnlessRead(socket, stream);
          // Our hooks throw nothing, so what is thrown is the library's word on a message that only a server sends.
          receive(data.toString()).catch(() => end(CLOSE_CODES.badMessage, 'Invalid message received'));
        });
      },
    },
    { socket, request, send, starting: 0 },
  );
  socket.on('ping', () => pauseUnlessRead(socket, stream));
  // After a message that is too large the close frame is on its way; destroying the socket now would overtake it.
  socket.on('error', () => undefined);
  socket.once('close', (code, reason) => void closed(code, reason.toString()).catch(() => undefined));
}

function pauseUnlessRead(socket: WebSocket, stream: Duplex): void {
  if (socket.isPaused || stream.writableLength <= UNREAD_BYTES_MAX) return;
  socket.pause();
  stream.once('drain', () => socket.resume());
}

/** Ends sockets whose peer is gone, or reads nothing: one timer for all. @returns what stops it. */
export function watchPulse(sockets: ReadonlySet<WebSocket>, intervalMs: number): () => void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of sockets) {
      if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.once('pong', () => silent.delete(socket));
        socket.ping();
      }
    }
  }, intervalMs).unref();
  return () => clearInterval(timer);
}
