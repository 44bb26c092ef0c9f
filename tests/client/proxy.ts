import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A network between client and server that misbehaves on command. */
export interface Proxy {
  url: string;
  /** So many answers reach the server's side of the network and get lost there, with their connections. */
  loseAnswers(count: number): void;
  /** Whether what the server's side says from now on gets lost, while connections stay. */
  setMute(isMute: boolean): void;
  /** Ends every connection now. @returns how many there were. */
  cut(): number;
  /** Whether new connections are accepted. */
  setOpen(isOpen: boolean): void;
  connections(): number;
  /** Connections that are open now. */
  openConnections(): number;
  /** Answers that got lost because it was mute. */
  lost(): number;
  close(): Promise<void>;
}

export async function openProxy(targetUrl: string): Promise<Proxy> {
  const { hostname, port } = new URL(targetUrl);
  const clients = new Set<Socket>();
  let answersToLose = 0;
  let isOpen = true;
  let isMute = false;
  let connections = 0;
  let lost = 0;
  const server = createServer((client) => {
    if (!isOpen) {
      client.destroy();
      return;
    }
    connections++;
    clients.add(client);
    const upstream = connect(Number(port), hostname);
    const end = (): void => {
      clients.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const side of [client, upstream]) side.on('error', end).on('close', end);
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      if (isMute) {
        lost++;
        return;
      }
      if (answersToLose === 0) {
        client.write(chunk);
        return;
      }
      answersToLose--;
      end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): number => {
    const count = clients.size;
    for (const client of clients) client.destroy();
    return count;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers: (count) => void (answersToLose = count),
    setMute: (next) => void (isMute = next),
    cut,
    setOpen: (next) => void (isOpen = next),
    connections: () => connections,
    openConnections: () => clients.size,
    lost: () => lost,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
