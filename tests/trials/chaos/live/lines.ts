import { type ClientRequest, get } from 'node:http';
import { WebSocket } from 'ws';

/** One connection of one client, by hand, so that nothing stands between its log and what the server sent. */
export interface Line {
  /** Why it ended: a close code, the code of an error, or what the network said. */
  ended: Promise<string>;
  isOpen(): boolean;
  /** Destroys the connection. @returns whether there was one. */
  cut(): boolean;
}

export interface Call {
  url: string;
  token: string;
  query: string;
  variables: Record<string, unknown>;
}

interface Result {
  data?: { event: unknown } | null;
  errors?: readonly { extensions: { code: string } }[];
}

export type OpenLine = (call: Call, hear: (event: unknown) => void) => Line;

export const openSocketLine: OpenLine = ({ url, token, query, variables }, hear) => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  let reason: string | null = null;
  const say = (message: object): void => socket.send(JSON.stringify(message));
  socket.on('open', () => say({ type: 'connection_init', payload: { apiKey: token } }));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { type: string; payload?: Result & Result['errors'] };
    if (message.type === 'connection_ack') say({ id: '1', type: 'subscribe', payload: { query, variables } });
    if (message.type === 'next') reason = read(message.payload ?? {}, hear) ?? reason;
    if (message.type === 'error') reason = message.payload?.[0]?.extensions.code ?? 'error';
    if (message.type === 'complete') reason ??= 'completed';
    if (message.type === 'error' || message.type === 'complete') socket.close();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => (reason ??= error.code ?? error.message));
  return {
    ended: new Promise((resolve) => {
      socket.once('close', (code) => resolve(reason ?? `closed ${code}`));
    }),
    isOpen: () => socket.readyState === WebSocket.OPEN,
    cut() {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.terminate();
      return true;
    },
  };
};

export const openSseLine: OpenLine = ({ url, token, query, variables }, hear) => {
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const request = get(`${url}/graphql?${search}`, {
    agent: false,
    headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
  });
  const isOpen = (): boolean => request.socket?.readyState === 'open' && !request.destroyed;
  return {
    ended: readEvents(request, hear),
    isOpen,
    cut() {
      const isThere = isOpen();
      request.destroy();
      return isThere;
    },
  };
};

function readEvents(request: ClientRequest, hear: (event: unknown) => void): Promise<string> {
  return new Promise((resolve) => {
    let reason: string | null = null;
    request.on('error', (error: NodeJS.ErrnoException) => resolve(reason ?? error.code ?? error.message));
    request.on('response', (response) => {
      if (response.statusCode !== 200) reason = `status ${response.statusCode}`;
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const data = block.split('\n').find((line) => line.startsWith('data: '));
          if (block.includes('event: complete')) reason ??= 'completed';
          else if (data) reason = read(JSON.parse(data.slice(6)) as Result, hear) ?? reason;
        }
      });
      response.on('error', () => undefined);
      response.on('close', () => resolve(reason ?? 'ended'));
    });
  });
}

/** @returns The code of an error that ends the stream. */
function read({ data, errors }: Result, hear: (event: unknown) => void): string | null {
  if (errors) return errors[0]?.extensions.code ?? 'error';
  if (data) hear(data.event);
  return null;
}
