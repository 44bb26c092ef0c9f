import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CannedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A server that gives prepared answers in turn, the last one for ever, and keeps what it was asked. */
export interface StandIn {
  url: string;
  bodies: string[];
  close(): Promise<void>;
}

export async function openStandIn(...answers: [CannedAnswer, ...CannedAnswer[]]): Promise<StandIn> {
  const bodies: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(Buffer.concat(chunks).toString('utf8'));
    const { status, headers, body = '' } = answers[Math.min(bodies.length, answers.length) - 1] ?? answers[0];
    response.writeHead(status, headers).end(body);
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
