import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../../world/server.ts';
import type { Way } from '../../world/way.ts';
import type { TestWorkspace } from '../../world/world.ts';

/** A server whose way to the database can be cut and mended. */
let server: TestServer;
let way: Way;
let workspace: TestWorkspace;

beforeAll(async () => {
  server = await openServer({}, { hasWay: true });
  way = server.way!;
  workspace = await server.makeWorkspace();
});
afterAll(() => server.close());

const ask = async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${workspace.key.secret}` },
    body: JSON.stringify({ query: '{ workspace { balance { available } } }' }),
  });
  return { status: response.status, text: await response.text() };
};
const ready = async () => (await fetch(`${server.url}/readyz`)).status;

test(
  'a database that is away is UNAVAILABLE, says nothing of itself, and is found again',
  { timeout: 40_000 },
  async () => {
    expect([(await ask()).status, await ready()]).toEqual([200, 200]);
    way.cut();
    const { status, text } = await ask();
    expect(status).toBe(503);
    expect(JSON.parse(text).errors[0].extensions.code).toBe('UNAVAILABLE');
    expect(text).not.toMatch(/ECONN|127\.0\.0\.1|prisma|SELECT/i);
    const signIn = await fetch(`${server.url}/auth/get-session`, {
      headers: { cookie: 'commonpurse.session_token=x.y' },
    });
    expect(await signIn.text()).not.toMatch(/ECONN|127\.0\.0\.1|prisma|SELECT/i);
    expect(await ready()).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    way.mend();
    await expect.poll(ready, { timeout: 10_000, interval: 200 }).toBe(200);
    expect((await ask()).status).toBe(200);
  },
);

test('a database that goes silent is UNAVAILABLE too, and nobody waits for ever', { timeout: 60_000 }, async () => {
  expect((await ask()).status).toBe(200);
  way.silence();
  const { status, text } = await ask();
  expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([503, 'UNAVAILABLE']);
  way.mend();
  await expect.poll(ready, { timeout: 20_000, interval: 200 }).toBe(200);
  await expect.poll(async () => (await ask()).status, { timeout: 20_000, interval: 200 }).toBe(200);
});
