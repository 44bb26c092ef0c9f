import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** What a receiver got, and whether its signature was right for every secret that it knows. */
export interface Received {
  id: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  type: string;
  isVerified: boolean;
}

export type Answering = (received: Received, response: ServerResponse) => unknown;

/** A receiver as a customer would write it, with the package of Standard Webhooks. */
export interface Receiver {
  url: string;
  received: Received[];
  /** Secrets by path; a path without one verifies nothing. */
  secrets: Map<string, string>;
  answer: Answering;
  close(): Promise<void>;
}

/** @param options.clock What time it is for whoever checks the age of a request. */
export async function openReceiver({ clock = () => new Date() }: { clock?: () => Date } = {}): Promise<Receiver> {
  const server = createServer((request, response) => void take(request, response));
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const path = request.url ?? '';
    const headers = request.headers as Record<string, string>;
    const isVerified = verify(receiver.secrets.get(path) ?? '', { body, headers, at: clock() });
    const { type } = JSON.parse(body) as { type: string };
    const one = { id: headers['webhook-id'] ?? '', path, headers: request.headers, body, type, isVerified };
    receiver.received.push(one);
    receiver.answer(one, response);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    secrets: new Map(),
    answer: (_received, response) => response.writeHead(204).end(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}

function verify(secret: string, { body, headers, at }: { body: string; headers: Record<string, string>; at: Date }) {
  // The package asks the clock of the process how old a request is.
  const now = Date.now;
  Date.now = () => at.getTime();
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    // Whatever is wrong with it, a receiver would refuse it.
    return false;
  } finally {
    Date.now = now;
  }
}
