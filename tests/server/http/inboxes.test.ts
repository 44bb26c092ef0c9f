import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deactivateInbox } from '#core/inboxes/inboxes';
import { deleteWorkspace } from '#core/workspaces/deletion';
import type { InboxProvider } from '#generated/prisma/enums';
import { newSecret, signedHeaders } from '../../inboxes/senders.ts';
import { deliver, makeInbox, post, type TestInbox } from '../../inboxes/stage.ts';
import { openServer, type TestServer } from '../../world/server.ts';
import type { TestWorkspace } from '../../world/world.ts';

let server: TestServer;
let workspace: TestWorkspace;
let inbox: TestInbox;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ key: { scopes: ['inboxes:write'] } });
  inbox = await makeInbox(server, workspace);
});
afterAll(() => server.close());

const MEBIBYTE = 1_048_576;
const find = (id: string) => server.db.inboxDelivery.findUniqueOrThrow({ where: { id } });
const nowhere = (): string => inbox.url.replace(/\w{32}$/, randomBytes(16).toString('hex'));

test('an address says nothing of its inbox and cannot be guessed', async () => {
  expect(inbox.url).toMatch(new RegExp(`^${server.url}/inbox/[0-9A-Za-z]{32}$`));
  const stored = await server.db.inbox.findUniqueOrThrow({ where: { id: inbox.inboxId } });
  const token = inbox.url.slice(-32);
  // Whoever has the database alone cannot send anything.
  expect(Buffer.concat([stored.tokenHash, stored.sealedToken]).includes(token)).toBe(false);
});

test('what was posted is kept byte for byte, with its headers, and answered with an id and nothing else', async () => {
  const bytes = randomBytes(1_000);
  const response = await post(inbox, bytes, { 'content-type': 'application/x-thing', 'x-tag': 'Ünï'.normalize('NFC') });
  const answer = (await response.json()) as object;
  expect({ status: response.status, keys: Object.keys(answer) }).toEqual({ status: 200, keys: ['id'] });
  const kept = await server.db.inboxDelivery.findFirstOrThrow({ orderBy: { receivedAt: 'desc' } });
  expect(Buffer.from(kept.body).equals(bytes)).toBe(true);
  expect(kept).toMatchObject({
    contentType: 'application/x-thing',
    signature: 'UNCHECKED',
    sourceAddress: '127.0.0.1',
  });
  expect(kept.headers).toContainEqual({ name: 'x-tag', value: 'Ünï' });
});

test('of headers that carry secrets the name is kept and the value is not', async () => {
  const secret = randomBytes(12).toString('hex');
  const names = ['authorization', 'cookie', 'x-gitlab-token', 'x-api-key', 'proxy-authorization', 'x-shared-secret'];
  const id = await deliver(inbox, '{}', {
    ...Object.fromEntries(names.map((name) => [name, secret])),
    'stripe-signature': 't=1,v1=ab',
  });
  const { headers } = await find(id);
  expect(JSON.stringify(headers)).not.toContain(secret);
  for (const name of names) expect(headers).toContainEqual({ name, value: null });
  // A proof is no secret, and whoever reads the inbox may want to check it.
  expect(headers).toContainEqual({ name: 'stripe-signature', value: 't=1,v1=ab' });
  expect(server.logLines.join('')).not.toContain(secret);
});

test.each<[string, Uint8Array<ArrayBuffer>, Record<string, string>]>([
  ['nothing at all', new Uint8Array(), {}],
  ['no JSON', new Uint8Array(Buffer.from('{"half":')), {}],
  ['no UTF-8', new Uint8Array([0xff, 0xfe, 0x00, 0xd8]), { 'content-type': 'application/json; charset=utf-8' }],
  ['a compressed bomb', new Uint8Array(gzipSync(Buffer.alloc(200 * MEBIBYTE))), { 'content-encoding': 'gzip' }],
  ['a form', new Uint8Array(Buffer.from('payload=%7B%7D')), { 'content-type': 'application/x-www-form-urlencoded' }],
])('%s is kept as it came', { timeout: 20_000 }, async (_name, body, headers) => {
  const { rss } = process.memoryUsage();
  const { body: kept } = await find(await deliver(inbox, body, headers));
  expect(Buffer.from(kept).equals(Buffer.from(body))).toBe(true);
  expect(process.memoryUsage().rss - rss).toBeLessThan(150 * MEBIBYTE);
});

test('a mebibyte is taken and a byte more is not, with its length or without', async () => {
  const most = new Uint8Array(MEBIBYTE).fill(120);
  const chunked = (bytes: Uint8Array<ArrayBuffer>) =>
    fetch(inbox.url, { method: 'POST', body: new Blob([bytes]).stream(), duplex: 'half' } as RequestInit);
  expect((await post(inbox, most)).status).toBe(200);
  expect((await chunked(most)).status).toBe(200);
  const { lastNumber } = await server.db.inbox.findUniqueOrThrow({ where: { id: inbox.inboxId } });
  expect((await post(inbox, Buffer.alloc(MEBIBYTE + 1))).status).toBe(413);
  expect(await endlessPost(inbox.url)).toBe(413);
  const after = await server.db.inbox.findUniqueOrThrow({ where: { id: inbox.inboxId } });
  expect(after.lastNumber).toBe(lastNumber);
});

/** Sends a byte more than a mebibyte in chunks without a length, and never an end. @returns the status. */
async function endlessPost(url: string): Promise<number> {
  const request = httpRequest(url, { method: 'POST' });
  // No more than that: what is still on its way when the server hangs up would take the answer with it.
  for (const size of [MEBIBYTE, 1]) request.write(Buffer.alloc(size));
  const [response] = (await once(request, 'response')) as [{ statusCode: number }];
  request.on('error', () => undefined);
  request.destroy();
  return response.statusCode;
}

test('a sender that goes away in the middle leaves nothing', async () => {
  const before = await server.db.inboxDelivery.count();
  const { hostname, port, pathname } = new URL(inbox.url);
  const socket = connect(Number(port), hostname);
  socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  await deliver(inbox);
  expect(await server.db.inboxDelivery.count()).toBe(before + 1);
});

test('senders that drip to one workspace keep nobody out of another', async () => {
  const other = await makeInbox(server, await server.makeWorkspace({ key: { scopes: ['inboxes:write'] } }));
  const { hostname, port, pathname } = new URL(inbox.url);
  const sockets = Array.from({ length: 70 }, () => {
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`);
    return socket;
  });
  await expect.poll(async () => (await post(inbox)).status, { timeout: 10_000 }).toBe(503);
  const { status } = await post(other);
  for (const socket of sockets) socket.destroy();
  expect(status).toBe(200);
  await expect.poll(async () => (await post(inbox)).status, { timeout: 10_000 }).toBe(200);
});

test('unknown, deactivated and malformed addresses answer the very same, whatever the method', async () => {
  const ended = await makeInbox(server, workspace);
  await deliver(ended);
  await deactivateInbox(server.db, ended.write, ended);
  const lost = await server.makeWorkspace({ key: { scopes: ['inboxes:write'] } });
  const deleted = await makeInbox(server, lost);
  const remove = await server.permit(lost.owner, 'workspace:delete', lost.workspaceId);
  await deleteWorkspace(server.db, remove, { name: 'Acme' });
  const answers = await Promise.all(
    [
      nowhere(),
      ended.url,
      deleted.url,
      `${inbox.url}/`,
      inbox.url.slice(0, -1),
      `${inbox.url}x`,
      `${server.url}/inbox/`,
    ]
      .flatMap((url) => [url, url])
      .map(async (url) => {
        const response = await post({ url }, Buffer.alloc(100));
        const { date: _date, ...headers } = Object.fromEntries(response.headers);
        return JSON.stringify({ status: response.status, headers, body: await response.text() });
      }),
  );
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toContain('"status":404');
  const got = await Promise.all([inbox.url, nowhere()].map((url) => fetch(url)));
  expect(got.map(({ status }) => status)).toEqual([404, 404]);
  // What came before it was deactivated stays, and so does its name.
  expect(await server.db.inboxDelivery.count({ where: { inboxId: ended.inboxId } })).toBe(1);
});

test('no page of any origin may read an answer', async () => {
  const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  const preflight = await fetch(inbox.url, { method: 'OPTIONS', headers });
  const posted = await post(inbox, '{}', { origin: 'https://evil.example' });
  expect([preflight.status, posted.status]).toEqual([404, 200]);
  for (const response of [preflight, posted]) {
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test.each<InboxProvider>(['STRIPE', 'GITHUB', 'SHOPIFY', 'SLACK', 'STANDARD_WEBHOOKS'])(
  'what %s signed is VERIFIED and what it did not FAILED, and the sender is not told which',
  async (provider) => {
    const secret = newSecret(provider);
    const checked = await makeInbox(server, workspace, { provider, signingSecret: secret });
    const body = JSON.stringify({ id: 'evt_1', event_id: 'evt_1', text: 'größer' });
    const send = async (signing: string, text = body) => {
      const headers = signedHeaders(provider, { secret: signing, body, eventId: 'evt_1' });
      return find(await deliver(checked, text, headers));
    };
    const forged = await send(newSecret(provider));
    const first = await send(secret);
    const again = await send(secret);
    const changed = await send(secret, body.replace('größer', 'kleiner'));
    expect([forged, first, again, changed].map(({ signature }) => signature)).toEqual([
      'FAILED',
      'VERIFIED',
      'VERIFIED',
      'FAILED',
    ]);
    // A forgery with the event's name must not make the event itself look like its duplicate.
    expect([forged, first, again, changed].map(({ eventId }) => eventId)).toEqual([null, 'evt_1', 'evt_1', null]);
    expect([forged, first, again].map(({ duplicateOfId }) => duplicateOfId)).toEqual([null, null, first.id]);
  },
);

test('Slack is answered what it asks before it sends anything, and only when it is Slack that asks', async () => {
  const secret = newSecret('SLACK');
  const slack = await makeInbox(server, workspace, { provider: 'SLACK', signingSecret: secret });
  const body = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aB' });
  const ask = (signing: string) => post(slack, body, signedHeaders('SLACK', { secret: signing, body, eventId: '' }));
  expect(await (await ask(secret)).json()).toEqual({ challenge: '3eZbrw1aB' });
  expect(await (await ask(newSecret('SLACK'))).json()).toEqual({ id: expect.stringMatching(/^indel_/) });
  expect(await server.db.inboxDelivery.count({ where: { inboxId: slack.inboxId } })).toBe(1);
});

test('equal events that come at once are stored all, and one of them is the first', async () => {
  const secret = newSecret('GITHUB');
  const busy = await makeInbox(server, workspace, { provider: 'GITHUB', signingSecret: secret });
  const headers = signedHeaders('GITHUB', { secret, body: '{}', eventId: 'one' });
  await Promise.all(Array.from({ length: 20 }, () => deliver(busy, '{}', headers)));
  const kept = await server.db.inboxDelivery.findMany({
    where: { inboxId: busy.inboxId },
    orderBy: { number: 'asc' },
  });
  expect(kept.map(({ number }) => Number(number))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(kept.map(({ duplicateOfId }) => duplicateOfId)).toEqual([
    null,
    ...Array.from({ length: 19 }, () => kept[0]?.id),
  ]);
});

test('who tries hundreds of addresses that nobody has within a minute is told to come back, whatever they try next', async () => {
  const statuses: number[] = [];
  const guess = async () => {
    for (let time = 0; time < 52; time++) statuses.push((await post({ url: nowhere() })).status);
  };
  await Promise.all(Array.from({ length: 6 }, guess));
  const unknown = statuses.filter((status) => status === 404).length;
  expect(unknown).toBeGreaterThan(200);
  expect(unknown).toBeLessThan(310);
  expect(statuses.length - unknown).toBe(statuses.filter((status) => status === 429).length);
  expect((await post(inbox)).headers.get('retry-after')).toMatch(/^\d+$/);
});
