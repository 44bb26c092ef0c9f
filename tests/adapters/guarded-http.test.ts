import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type GuardedHttpOptions, openGuardedHttp } from '#adapters/guarded-http';
import type { Outbound } from '#core/outbound';
import { parseAddressRange } from '#lib/cidr';

const ANY_PORT = [{ first: 1, last: 65_535 }];
const LOOPBACK = [parseAddressRange('127.0.0.0/8')!, parseAddressRange('::1')!];

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let seen: string[] = [];
const server = createServer((request, response) => {
  seen.push(`${request.method} ${request.url} ${request.headers.host}`);
  answer(request, response);
});
// Speaks no HTTP of its own accord.
let speak: (socket: Socket) => void;
const raw = createTcpServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => speak(socket));
});
let [port, rawPort] = [0, 0];
beforeAll(async () => {
  for (const one of [server, raw]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  [port, rawPort] = [server, raw].map((one) => (one.address() as AddressInfo).port) as [number, number];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  raw.close();
});

const opened: Outbound[] = [];
function open(options: Partial<GuardedHttpOptions> = {}): Outbound {
  const outbound = openGuardedHttp({ allowedRanges: LOOPBACK, ports: ANY_PORT, timeoutMs: 1_500, ...options });
  opened.push(outbound);
  return outbound;
}
afterEach(async () => {
  seen = [];
  for (const outbound of opened.splice(0)) await outbound.close();
});

const post = (outbound: Outbound, url: string) =>
  outbound.send({ url, headers: { 'content-type': 'text/plain' }, body: 'hello' });

test('sends the body and brings back status, headers and the beginning of the answer', async () => {
  let body = '';
  answer = (request, response) => {
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => response.writeHead(202, { 'Retry-After': '7' }).end('thanks'));
  };
  const got = await post(open(), `http://127.0.0.1:${port}/hook?x=1`);
  expect(body).toBe('hello');
  expect(got).toMatchObject({ status: 202, headers: { 'retry-after': '7' }, isCut: false });
  expect(Buffer.from(got.head).toString()).toMatch(/^HTTP 202\r\nretry-after: 7\r\n[^]*\r\n\r\nthanks$/i);
});

test('a redirect is brought back and not followed', async () => {
  answer = (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end();
  expect(await post(open(), `http://127.0.0.1:${port}/`)).toMatchObject({ status: 302 });
  expect(seen).toEqual([`POST / 127.0.0.1:${port}`]);
});

test('an address in the URL is refused without a connection', async () => {
  const outbound = open({ allowedRanges: [] });
  for (const host of ['127.0.0.1', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', '169.254.169.254'])
    await expect(post(outbound, `http://${host}:${port}/`)).rejects.toMatchObject({ failure: 'REFUSED' });
  expect(seen).toEqual([]);
});

test('a name that leads to private addresses is refused without a connection', async () => {
  for (const address of ['127.0.0.1', '10.0.0.1', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', '169.254.169.254']) {
    const outbound = open({ allowedRanges: [], resolve: async () => [address] });
    await expect(post(outbound, `http://rebound.example.com:${port}/`)).rejects.toMatchObject({ failure: 'REFUSED' });
  }
  expect(seen).toEqual([]);
});

test('a name that says something else each time is asked once: what was checked is what is connected to', async () => {
  answer = (_request, response) => response.end('ok');
  const answers = [['127.0.0.1'], ['127.0.0.2']];
  let asked = 0;
  const outbound = open({
    allowedRanges: [parseAddressRange('127.0.0.1')!],
    resolve: async () => answers[Math.min(asked++, 1)]!,
  });
  expect(await post(outbound, `http://rebinding.example.com:${port}/`)).toMatchObject({ status: 200 });
  expect(asked).toBe(1);
  expect(seen).toEqual([`POST / rebinding.example.com:${port}`]);
  // A later connection asks anew, and what the name says by then is judged again.
  server.closeAllConnections();
  await expect
    .poll(() => post(outbound, `http://rebinding.example.com:${port}/`).catch((error: unknown) => error))
    .toMatchObject({ failure: 'REFUSED' });
});

test('of several addresses of a name only those that may be reached are tried', async () => {
  answer = (_request, response) => response.end('ok');
  const got = await post(
    open({ resolve: async () => ['10.255.255.1', '127.0.0.1'] }),
    `http://two.example.com:${port}/`,
  );
  expect(got.status).toBe(200);
  expect(got.durationMs).toBeLessThan(1_000);
});

test('a name that nobody knows is told apart', async () => {
  await expect(
    post(open({ resolve: () => Promise.reject(new Error('ENOTFOUND')) }), 'http://nowhere.example.com/'),
  ).rejects.toMatchObject({
    failure: 'NAME_NOT_FOUND',
  });
});

test('an endpoint that hangs ends with the time-out', async () => {
  answer = () => undefined;
  await expect(post(open({ timeoutMs: 300 }), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    failure: 'TIMED_OUT',
    message: 'No answer came within 0.3 seconds.',
  });
});

test('headers that drip end with the time-out', async () => {
  speak = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const drip = setInterval(() => socket.write('x: y\r\n'), 50);
    socket.on('close', () => clearInterval(drip));
  };
  await expect(post(open({ timeoutMs: 400 }), `http://127.0.0.1:${rawPort}/`)).rejects.toMatchObject({
    failure: 'TIMED_OUT',
  });
});

test('of an answer without end the beginning is kept and the connection is dropped', async () => {
  let sent = 0;
  answer = (_request, response) => {
    const chunk = Buffer.alloc(65_536, 'x');
    const pump = (): void => {
      while (!response.destroyed && sent < 1_000_000_000) {
        sent += chunk.length;
        if (!response.write(chunk)) break;
      }
    };
    response.on('drain', pump).on('error', () => undefined);
    pump();
  };
  const got = await post(open(), `http://127.0.0.1:${port}/`);
  expect(got).toMatchObject({ status: 200, isCut: true });
  expect(got.head).toHaveLength(16_384);
  expect(sent).toBeLessThan(20_000_000);
});

test('a body that drips or hangs does not hold the status back for long', async () => {
  answer = (_request, response) => {
    response.writeHead(200).write('begun');
  };
  const got = await post(open({ timeoutMs: 10_000 }), `http://127.0.0.1:${port}/`);
  expect(got).toMatchObject({ status: 200, isCut: true });
  expect(Buffer.from(got.head).toString()).toContain('begun');
  expect(got.durationMs).toBeLessThan(4_000);
});

test('a connection that is reset, refused or no HTTP is a failed one', async () => {
  const ways: ((socket: Socket) => void)[] = [
    (socket) => socket.resetAndDestroy(),
    (socket) => socket.end('SSH-2.0-OpenSSH\r\n'),
    (socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
  ];
  for (speak of ways)
    await expect(post(open(), `http://127.0.0.1:${rawPort}/`)).rejects.toMatchObject({ failure: 'CONNECTION_FAILED' });
  await expect(post(open(), 'http://127.0.0.1:1/')).rejects.toMatchObject({ failure: 'CONNECTION_FAILED' });
});
