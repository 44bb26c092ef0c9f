import type { IncomingMessage } from 'node:http';

/**
 * The whole body as text, or null as soon as it is longer than allowed. Rejects when the client goes away halfway.
 * By events: an iterator over the stream costs as much as reading the headers does.
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<string | null> {
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
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}
