import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Listening {
  /** Where this machine reaches it. */
  url: string;
  /** Begins to answer; until then requests are told to come back. */
  serve(handlers: {
    request: RequestListener;
    upgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
  }): void;
  /** Lets requests that run finish, for a while, then ends what is left. */
  close(): Promise<void>;
}

const DRAIN_MS = 10_000;
const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** Takes the port before anything is built on its number. @throws NodeJS.ErrnoException EADDRINUSE, EACCES, EADDRNOTAVAIL */
export async function listen({ host, port }: { host: string; port: number }): Promise<Listening> {
  let answer = askToComeBack;
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384, keepAliveTimeout: 65_000 },
    (request, response) => answer(request, response),
  );
  await opened(server, { host, port });
  return {
    url: urlOf(host, (server.address() as AddressInfo).port),
    serve({ request, upgrade }) {
      answer = request;
      server.on('upgrade', (message, stream, head) => {
        // A peer that resets while its socket is being opened must not end the process.
        stream.on('error', () => stream.destroy());
        upgrade(message, stream, head);
      });
    },
    close: () => closed(server),
  };
}

const askToComeBack: RequestListener = (_request, response) => {
  response.writeHead(503, { 'Retry-After': '1' }).end();
};

function opened(server: Server, address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    // A connection whose last answer ends while draining would otherwise be kept alive until the deadline.
    const sweep = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function urlOf(host: string, port: number): string {
  if (LOOPBACK.test(host) || host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
