import { expect, onTestFinished, test } from 'vitest';
import { openServer, type TestServer } from '../world/server.ts';

async function open(...options: Parameters<typeof openServer>): Promise<TestServer> {
  const server = await openServer(...options);
  onTestFinished(() => server.close());
  return server;
}

const ELSEWHERE = { kind: 'addresses', ranges: [{ address: '10.0.0.0', prefix: 8, family: 'ipv4' }] } as const;
const guess = { email: 'nobody@example.com', password: 'not the password' };

test('guesses are limited by the address they come from, whatever the request claims', async () => {
  const server = await open({ trustProxy: ELSEWHERE }, { signInAttemptsPerMinute: 5 });
  const statuses: number[] = [];
  for (let tries = 1; tries <= 8; tries++) {
    const claimed = `198.51.100.${tries}`;
    const { status } = await server.auth('sign-in/email', guess, {
      'x-forwarded-for': claimed,
      'x-real-ip': claimed,
      'x-client-ip': claimed,
      'cf-connecting-ip': claimed,
      forwarded: `for=${claimed}`,
      'x-commonpurse-address': claimed,
    });
    statuses.push(status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
});

test('behind a trusted proxy each client has its own limit, and cannot take another address', async () => {
  const server = await open({ trustProxy: { kind: 'hops', hops: 1 } }, { signInAttemptsPerMinute: 2 });
  const from = async (forwarded: string) =>
    (await server.auth('sign-in/email', guess, { 'x-forwarded-for': forwarded })).status;
  expect([await from('203.0.113.1'), await from('203.0.113.1'), await from('203.0.113.1')]).toEqual([401, 401, 429]);
  expect(await from('203.0.113.2')).toBe(401);
  expect(await from('198.51.100.9, 203.0.113.1')).toBe(429);
});

test.each(['sign-up/email', 'request-password-reset', 'send-verification-email', 'two-factor/verify-totp'])(
  '%s is limited too',
  async (path) => {
    const server = await open({}, { signInAttemptsPerMinute: 2 });
    const statuses: number[] = [];
    for (let tries = 0; tries < 3; tries++) statuses.push((await server.auth(path, { email: 'x' })).status);
    expect(statuses.map((status) => status === 429)).toEqual([false, false, true]);
  },
);

test('a foreign page reaches no route of sign-in, with or without a cookie', async () => {
  const server = await open();
  const { cookie, email, password } = await server.signUp();
  const forms: [path: string, body: object][] = [
    ['change-password', { currentPassword: password, newPassword: 'another good password' }],
    ['two-factor/enable', { password }],
    ['update-user', { name: 'Eve' }],
    ['sign-in/email', { email, password }],
    ['request-password-reset', { email, redirectTo: 'https://evil.example' }],
    ['sign-out', {}],
  ];
  for (const [path, body] of forms) {
    const { status } = await server.auth(path, body, { cookie, origin: 'https://evil.example' });
    expect([path, status]).toEqual([path, 403]);
  }
  // A form of HTML cannot send JSON.
  const form = await fetch(`${server.url}/auth/change-password`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'text/plain' },
    body: JSON.stringify(forms[0]?.[1]),
  });
  expect(form.ok).toBe(false);
  const read = await fetch(`${server.url}/auth/change-password`, { headers: { cookie } });
  expect(read.status).toBe(404);
  expect((await server.request('{ viewer { name } }', { headers: { cookie } })).data.viewer.name).toBe('Grace');
});

test('a mutation by GET is refused, cookie or not', async () => {
  const server = await open();
  const { cookie } = await server.signUp();
  const query = encodeURIComponent('mutation { revokeSession(input: { sessionId: "x" }) { __typename } }');
  const response = await fetch(`${server.url}/graphql?query=${query}`, {
    headers: { cookie, accept: 'application/json' },
  });
  expect(response.status).toBe(405);
});

test('asking for a reset or another confirmation tells nobody whether an address is known', async () => {
  const server = await open();
  const { email } = await server.signUp();
  for (const path of ['request-password-reset', 'send-verification-email']) {
    const known = await server.auth(path, { email });
    const unknown = await server.auth(path, { email: 'nobody@example.com' });
    expect([known.status, await known.text()]).toEqual([unknown.status, await unknown.text()]);
    expect(known.status).toBe(200);
  }
  expect(server.mails).toHaveLength(2);
});

/** What a stranger can tell two answers apart by. */
const shapeOf = async (response: Response) => {
  const { user, token } = (await response.json()) as { user: Record<string, unknown>; token: unknown };
  return [response.status, token, Object.keys(user).toSorted(), response.headers.getSetCookie()];
};

test('where addresses must be confirmed, signing up tells nobody either, and the link opens the door', async () => {
  const server = await open({ signIn: { isVerifiedEmailRequired: true, github: undefined } });
  const form = { name: 'Grace', email: 'grace@example.com', password: 'correct horse battery' };
  const first = await shapeOf(await server.auth('sign-up/email', form));
  const again = await shapeOf(await server.auth('sign-up/email', { ...form, password: 'another good password' }));
  expect(again).toEqual(first);
  expect((await server.auth('sign-in/email', form)).status).toBe(403);
  const link = /http\S+verify-email\S+/.exec(server.mails.join('\n'))?.[0] ?? '';
  expect((await fetch(link.replace(/token=.{20}/, 'token=AAAAAAAAAAAAAAAAAAAA'), { redirect: 'manual' })).ok).toBe(
    false,
  );
  expect((await server.auth('sign-in/email', form)).status).toBe(403);
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(302);
  expect((await server.auth('sign-in/email', form)).status).toBe(200);
});

test('whatever people call themselves, others see one short line that is not blank', async () => {
  const server = await open();
  const names = ['x'.repeat(10_000), ' ', 'a\u202eb\u0000c', 'Ada'];
  const people = await Promise.all(names.map((name) => server.signUp({ name })));
  const stored = async () =>
    Promise.all(people.map(async ({ userId: id }) => (await server.db.user.findUniqueOrThrow({ where: { id } })).name));
  const shown = ['x'.repeat(80), 'Somebody', 'a b c', 'Ada'];
  expect(await stored()).toEqual(shown);
  for (const [index, { cookie }] of people.entries()) {
    const { status } = await server.auth('update-user', { name: names.at(index - 1) }, { cookie });
    expect(status).toBe(200);
  }
  expect(await stored()).toEqual(shown.map((_, index) => shown.at(index - 1)));
});
