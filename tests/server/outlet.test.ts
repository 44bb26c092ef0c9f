import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { Outlet } from '#server/outlet';

test('a frame is of the protocol, whatever its size, and what is sent in one turn is written at once', async () => {
  const stream = new PassThrough({ highWaterMark: 1_000_000 });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const outlet = new Outlet({ readyState: 1, OPEN: 1 } as WebSocket, stream);
  const sizes = [10, 80, 81, 90, 300, 65_400, 65_500, 70_000];
  for (const size of sizes) outlet.write('ü', Buffer.from(JSON.stringify('x'.repeat(size))));
  expect(chunks).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve));
  outlet.writeAlone('ü', Buffer.from('"alone"'));
  expect(chunks.pop()?.toString('utf8', 2)).toBe('{"id":"ü","type":"next","payload":"alone"}');
  let bytes = Buffer.concat(chunks);
  for (const size of sizes) {
    const [type, short = 0] = bytes;
    expect(type).toBe(0x81);
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length = start === 2 ? short : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    // The shortest form that holds the length is the only one allowed.
    expect(start).toBe(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    expect(JSON.parse(bytes.toString('utf8', start, start + length))).toEqual({
      id: 'ü',
      type: 'next',
      payload: 'x'.repeat(size),
    });
    bytes = bytes.subarray(start + length);
  }
  expect(bytes.length).toBe(0);
});
