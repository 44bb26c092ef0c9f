import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Hands each connection to the next node in turn; one that refuses is passed over. Nothing is sticky. */
export interface Balancer {
  url: string;
  add(port: number): void;
  remove(port: number): void;
  close(): Promise<void>;
}

/** How long a connection waits for any node to take it. */
const PATIENCE_MS = 5_000;

export async function openBalancer(port = 0): Promise<Balancer> {
  let ports: readonly number[] = [];
  let turn = 0;
  const clients = new Set<Socket>();
  const server = createServer((client) => void handOver(client)).listen(port, '127.0.0.1');
  await once(server, 'listening');

  async function handOver(client: Socket): Promise<void> {
    clients.add(client);
    client.on('error', () => client.destroy()).on('close', () => clients.delete(client));
    const deadline = Date.now() + PATIENCE_MS;
    while (!client.destroyed && Date.now() < deadline) {
      for (let left = ports.length; left > 0; left--) {
        const upstream = await reach(ports[turn++ % ports.length]);
        if (upstream) return join(client, upstream);
      }
      await sleep(50);
    }
    client.destroy();
  }

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    add: (added) => void (ports = [...ports, added]),
    remove: (removed) => void (ports = ports.filter((each) => each !== removed)),
    async close() {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function reach(port: number | undefined): Promise<Socket | null> {
  if (port === undefined) return null;
  const upstream = connect(port, '127.0.0.1');
  try {
    await once(upstream, 'connect');
    return upstream;
  } catch {
    upstream.destroy();
    return null;
  }
}

function join(client: Socket, upstream: Socket): void {
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  for (const side of [client, upstream]) side.on('error', end).on('close', end);
  if (client.destroyed) return end();
  client.pipe(upstream).pipe(client);
}
