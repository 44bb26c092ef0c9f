import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAesSealer } from '#adapters/aes-sealer';
import { startApp } from '#main/app';
import { openWorld, type TestWorkspace, type World } from '../../world/world.ts';

/** A server whose way to the database can be cut and mended. */
let world: World;
let workspace: TestWorkspace;
let app: Awaited<ReturnType<typeof startApp>>;
let way: Way;
const logLines: string[] = [];

beforeAll(async () => {
  world = await openWorld();
  workspace = await world.makeWorkspace();
  way = await openWay(new URL(world.databaseUrl));
  const url = new URL(world.databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(way.port);
  app = await startApp({
    config: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: undefined,
      trustProxy: { kind: 'nobody' },
      corsOrigins: [],
      mail: { smtpUrl: undefined, from: 'Commonpurse <no-reply@localhost>' },
      signIn: { isVerifiedEmailRequired: false, github: undefined },
      metricsToken: undefined,
      redisUrl: undefined,
      idempotencyDays: 30,
      outbound: { allowedRanges: [], ports: [] },
    },
    databaseUrl: url.href,
    sharedThrough: null,
    authSecret: 'a-secret-for-tests-that-is-long-enough',
    sealer: openAesSealer({ current: Buffer.alloc(32) }),
    log: pino({ level: 'info' }, { write: (line: string) => logLines.push(line) }),
    printMail: () => {},
  });
});
afterAll(async () => {
  way.mend();
  await app.close();
  way.close();
  await world.close();
});

const ask = async () => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${workspace.key.secret}` },
    body: JSON.stringify({ query: '{ workspace { balance { available } } }' }),
  });
  return { status: response.status, text: await response.text() };
};
const ready = async () => (await fetch(`${app.url}/readyz`)).status;

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
    const signIn = await fetch(`${app.url}/auth/get-session`, { headers: { cookie: 'commonpurse.session_token=x.y' } });
    expect(await signIn.text()).not.toMatch(/ECONN|127\.0\.0\.1|prisma|SELECT/i);
    expect(await ready()).toBe(503);
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
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

interface Way {
  port: number;
  /** Refuses, and ends what was open. */
  cut: () => void;
  /** Takes everything and answers nothing. */
  silence: () => void;
  mend: () => void;
  close: () => void;
}

async function openWay({ hostname, port }: URL): Promise<Way> {
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
  return {
    port: (server.address() as AddressInfo).port,
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
