import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDashboard } from '#server/dashboard';

const SCRIPT = 'document.title = "before the first paint"';
const INDEX = `<!doctype html><script>${SCRIPT}</script><script type="module" src="/assets/a-1.js"></script>`;
const SOCKETS = 'wss://purse.example.com';

let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'commonpurse-dashboard-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), INDEX);
  writeFileSync(join(folder, '.stamp'), 'a note of the build');
  writeFileSync(join(folder, 'assets/a-1.js'), 'run()');
  writeFileSync(join(folder, 'assets/a-1.js.gz'), gzipSync('run()'));
  const dashboard = openDashboard(folder, { socketOrigin: SOCKETS });
  server = createServer((request, response) => {
    if (dashboard?.serve(request, response, request.url ?? '/') !== true) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
const navigate = (path: string) => get(path, { accept: 'text/html,*/*' });

test('every address of a person leads to the one page, which is never kept', async () => {
  for (const path of ['/', '/sign-in', '/w/acme/keys', '/index.html']) {
    const page = await navigate(path);
    expect([path, page.status, await page.text()]).toEqual([path, 200, INDEX]);
    expect(page.headers.get('cache-control')).toBe('no-store');
  }
});

test('a program that asks for what is not there, and a missing file, get no page', async () => {
  expect((await get('/nothing')).status).toBe(404);
  for (const path of [
    '/assets/gone-2.js',
    '/export/usage',
    '/inbox/x',
    '/api/x',
    '/logo.png',
    '/.stamp',
    '/..%2fpackage.json',
  ])
    expect([path, (await navigate(path)).status]).toEqual([path, 404]);
});

test('the policy of the page lets nothing run but its own files and its one inline script, by hash', async () => {
  const { headers } = await navigate('/');
  const policy = headers.get('content-security-policy') ?? '';
  const hash = createHash('sha256').update(SCRIPT).digest('base64');
  expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("style-src 'self';");
  expect(policy).toContain(`connect-src 'self' ${SOCKETS};`);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https:/);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('a file with a hash in its name is kept for ever, and sent compressed to whoever takes that', async () => {
  const plain = await get('/assets/a-1.js', { 'accept-encoding': 'identity' });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const packed = await get('/assets/a-1.js', { 'accept-encoding': 'gzip, br' });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect([await plain.text(), await packed.text()]).toEqual(['run()', 'run()']);
  const again = await get('/assets/a-1.js', { 'if-none-match': plain.headers.get('etag') ?? '' });
  expect(again.status).toBe(304);
});

test('a folder without a build is no dashboard', () => {
  expect(openDashboard(join(folder, 'assets'), { socketOrigin: SOCKETS })).toBeNull();
  expect(openDashboard(join(folder, 'gone'), { socketOrigin: SOCKETS })).toBeNull();
});
