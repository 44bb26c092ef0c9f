import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A server whose usageRecorded sends everything at once, whether anybody reads or not. */
export interface StandInFeed {
  url: string;
  /** The `after` of each subscription so far. */
  subscriptions(): readonly string[];
  /** Resolves when the first subscription has been sent to its end or ended by its subscriber. */
  flooded(): Promise<void>;
  close(): Promise<void>;
}

interface FeedOptions {
  length: number;
  /** What happens in the first subscription instead of this event: a regular close of the socket, or an error. */
  breaks?: { at: number; how: 'close' | 'forbid' };
}

export async function openStandInFeed({ length, breaks }: FeedOptions): Promise<StandInFeed> {
  const afters: string[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: ([protocol]) => protocol ?? false,
  });
  await once(server, 'listening');
  const flooded = once(server, 'flooded');
  const serve = async (socket: WebSocket, id: string, after: string): Promise<void> => {
    afters.push(after);
    const ended = new Set<string>();
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      if (message.type === 'complete') ended.add(message.id ?? '');
    });
    for (let seq = Number(after) + 1; seq <= length && !ended.has(id); seq++) {
      if (afters.length === 1 && seq === breaks?.at) {
        if (breaks.how === 'close') socket.close(1000);
        else socket.send(JSON.stringify({ id, type: 'next', payload: FORBIDDEN }));
        return;
      }
      const usageRecorded = { __typename: 'UsageChange', seq: String(seq), usageEntry: {} };
      socket.send(JSON.stringify({ id, type: 'next', payload: { data: { usageRecorded } } }));
      if (seq % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    server.emit('flooded');
  };
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      if (message.type === 'connection_init') socket.send(JSON.stringify({ type: 'connection_ack' }));
      if (message.type === 'subscribe') void serve(socket, message.id ?? '', message.payload?.variables.after ?? '0');
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    subscriptions: () => afters,
    flooded: async () => void (await flooded),
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

const FORBIDDEN = { data: null, errors: [{ message: 'No longer.', extensions: { code: 'FORBIDDEN' } }] };

interface Message {
  type: string;
  id?: string;
  payload?: { variables: { after: string } };
}
