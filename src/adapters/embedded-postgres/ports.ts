import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const portFile = (dataDir: string): string => join(dataDir, 'postgres.port');

/** The port of the last start where it is still free, so that a noted connection string keeps working; else a free one. */
export async function choosePort(dataDir: string): Promise<number> {
  const remembered = readPort(dataDir);
  if (remembered !== undefined && (await listenOnce(remembered)) === remembered) return remembered;
  const free = await listenOnce(0);
  if (free === undefined) throw new Error('No port of 127.0.0.1 is free.');
  return free;
}

export async function rememberPort(dataDir: string, port: number): Promise<void> {
  const draft = `${portFile(dataDir)}.draft`;
  await writeFile(draft, `${port}\n`);
  await rename(draft, portFile(dataDir));
}

/** A damaged file costs nothing but the old port. */
function readPort(dataDir: string): number | undefined {
  try {
    const port = Number(readFileSync(portFile(dataDir), 'utf8'));
    return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}

/** The port that was listened on for a moment; `undefined` if it is taken. */
function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: listening } = server.address() as AddressInfo;
      server.close(() => resolve(listening));
    });
  });
}
