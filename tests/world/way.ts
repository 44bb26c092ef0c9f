import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A network between a server and its database that misbehaves on command. */
export interface Way {
  /** Of the database, through it. */
  url: string;
  /** Refuses, and ends what was open. */
  cut: () => void;
  /** Takes everything and answers nothing. */
  silence: () => void;
  mend: () => void;
  close: () => void;
}

export async function openWay(databaseUrl: string): Promise<Way> {
  const url = new URL(databaseUrl);
  const { hostname, port } = url;
  let state: 'open' | 'cut' | 'silent' = 'open';
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (state === 'cut') return client.destroy();
    const database = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (state !== 'silent' && to.write(chunk)));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut() {
      state = 'cut';
      dropAll();
    },
    silence: () => void (state = 'silent'),
    mend: () => void (state = 'open'),
    close() {
      dropAll();
      server.close();
    },
  };
}
