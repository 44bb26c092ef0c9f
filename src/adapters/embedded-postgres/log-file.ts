import { copyFile, open, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

export const logFile = (dataDir: string): string => join(dataDir, 'postgres.log');

const logBytesMax = 10_000_000;

/**
 * Keeps the log and one older copy. Copied and emptied rather than renamed, because PostgreSQL holds the file open;
 * its own log collector can bound a log by age, but not by size.
 */
export async function boundLog(path: string): Promise<void> {
  if ((await readSize(path)) <= logBytesMax) return;
  await copyFile(path, `${path}.1`);
  await truncate(path);
}

export const readSize = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

/** What was written since the file had `from` bytes, its last 4 kB at most. */
export async function readTail(path: string, from: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - 4096);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(Math.max(size - start, 1)), position: start });
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}
