import type { Client } from 'graphql-ws';
import { followSse, openClient } from '../../live/clients.ts';
import type { TestServer } from '../../world/server.ts';
import type { Caller } from './callers.ts';

export interface Answer {
  data?: Record<string, unknown> | null;
  errors?: readonly { message: string; path?: readonly (string | number)[]; extensions?: Record<string, unknown> }[];
}

export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}

/** One way to ask: an operation's answer, or the first event of a stream. */
export type Ask = (caller: Caller, operation: Operation) => Promise<Answer>;

export interface Transports {
  post: Ask;
  get: Ask;
  sse: Ask;
  socket: Ask;
  close(): Promise<void>;
}

export function openTransports(server: TestServer): Transports {
  const clients = new Map<Caller, Client>();
  const clientOf = (caller: Caller): Client => {
    const { authorization, ...headers } = caller.headers;
    const token = authorization?.replace('Bearer ', '');
    const client = clients.get(caller) ?? openClient(server.socketUrl, { headers, ...(token && { token }) });
    clients.set(caller, client);
    return client;
  };
  return {
    post: async ({ headers }, { query, variables }) =>
      server.request(query, { headers, ...(variables && { variables }) }),
    async get({ headers }, { query }) {
      const response = await fetch(`${server.url}/graphql?${new URLSearchParams({ query })}`, { headers });
      return (await response.json()) as Answer;
    },
    async sse({ headers }, { query, variables = {} }) {
      const stream = await followSse(server.url, query, { headers, variables });
      await stream.until(({ events, failure }) => events.length > 0 || failure !== null, 20_000);
      stream.stop();
      if (!stream.events[0]) throw new Error('The stream ended without an event', { cause: stream.failure });
      return stream.events[0];
    },
    socket: (caller, { query, variables }) =>
      new Promise((resolve, reject) => {
        const stop = clientOf(caller).subscribe(
          { query, ...(variables && { variables }) },
          {
            next: (answer) => {
              resolve(answer as Answer);
              // Stopping what completes by itself unbalances the client's own count of users of the socket.
              if (query.startsWith('subscription')) stop();
            },
            error: (errors) =>
              Array.isArray(errors) ? resolve({ errors }) : reject(new Error('The socket closed', { cause: errors })),
            complete: () => undefined,
          },
        );
      }),
    async close() {
      for (const client of clients.values()) await client.dispose();
    },
  };
}
