import type { IncomingMessage } from 'node:http';

/** The whole body as text, or null as soon as it is longer than allowed. Rejects when the client goes away halfway. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | null> {
  return (await readBytes(request, bytesMax))?.toString('utf8') ?? null;
}

/**
 * The whole body as it came, or null as soon as it is longer than allowed. Rejects when the client goes away halfway.
 * By events: an iterator over the stream costs as much as reading the headers does.
 */
export function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer<ArrayBuffer> | null> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) chunks.push(chunk);
      // What is on its way is let pass, unread; the answer closes the connection.
      else resolve(null);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
