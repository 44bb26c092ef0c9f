import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow, openClient } from '../live/clients.ts';
import { cookieOf, openServer, type Person, type TestServer } from '../world/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const SESSIONS = '{ viewer { sessions { id current address userAgent createdAt expiresAt } } }';

async function signIn({ email, password }: Person): Promise<string> {
  const response = await server.auth('sign-in/email', { email, password }, { 'user-agent': 'Second browser' });
  expect(response.status).toBe(200);
  return cookieOf(response);
}

async function sessionsOf(cookie: string) {
  const { data } = await server.request(SESSIONS, { headers: { cookie } });
  return data.viewer?.sessions as { id: string; current: boolean; address: string; userAgent: string }[] | undefined;
}

/** A stream and a socket of one session. */
async function watch(cookie: string) {
  const { data } = await server.request('{ viewer { workspaces { id } } }', { headers: { cookie } });
  const client = openClient(server.socketUrl, { headers: { cookie, origin: server.url } });
  const stream = follow(client, 'subscription ($id: ID) { balanceChanged(workspaceId: $id) { __typename } }', {
    id: data.viewer.workspaces[0].id,
  });
  await stream.until(({ events }) => events.length > 0);
  return { stream, client };
}

interface Shown {
  emailVerified: boolean | null;
  twoFactorEnabled: boolean | null;
  sessions: object[] | null;
}
interface Listed {
  members: { edges: { node: { user: Shown } }[] };
}

const revoke = (sessionId: string, cookie: string) =>
  server.request(
    `mutation { revokeSession(input: { sessionId: "${sessionId}" }) {
      ... on UserError { code message } ... on RevokeSessionPayload { sessionId } } }`,
    { headers: cookie ? { cookie } : {} },
  );

test('a user sees the browsers they are signed in with, and which one asks', async () => {
  const person = await server.signUp();
  const second = await signIn(person);
  const list = await sessionsOf(second);
  expect(list?.map(({ current, address }) => [current, address])).toEqual([
    [true, '127.0.0.1'],
    [false, '127.0.0.1'],
  ]);
  expect(list?.[0]?.userAgent).toBe('Second browser');
});

test('a session that is revoked from another browser ends at once, with its streams and its socket', async () => {
  const person = await server.signUp();
  const second = await signIn(person);
  const { stream, client } = await watch(person.cookie);
  const old = (await sessionsOf(second))?.find(({ current }) => !current)?.id ?? '';
  const startedAt = performance.now();
  expect((await revoke(old, second)).data.revokeSession).toEqual({ sessionId: old });
  await stream.until(({ events }) => events.at(-1)?.errors?.[0]?.extensions['code'] === 'UNAUTHENTICATED');
  await expect.poll(() => client.closeCodes).toEqual([4401]);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(await sessionsOf(person.cookie)).toBeUndefined();
  expect(await sessionsOf(second)).toHaveLength(1);
});

test('revoking the others leaves the one that asks', async () => {
  const person = await server.signUp();
  const [second, third] = [await signIn(person), await signIn(person)];
  const keep = (id: string) =>
    server.request(
      `mutation { revokeOtherSessions(input: { keepSessionId: "${id}" }) {
        ... on UserError { code } ... on RevokeOtherSessionsPayload { sessionIds } } }`,
      { headers: { cookie: third } },
    );
  const stranger = await server.signUp();
  const foreign = (await sessionsOf(stranger.cookie))?.[0]?.id ?? '';
  expect((await keep(foreign)).data.revokeOtherSessions).toEqual({ code: 'NOT_FOUND' });
  const { data } = await keep((await sessionsOf(third))?.find(({ current }) => current)?.id ?? '');
  expect(data.revokeOtherSessions.sessionIds).toHaveLength(2);
  expect(await sessionsOf(second)).toBeUndefined();
  expect(await sessionsOf(third)).toHaveLength(1);
});

test("somebody else's session, one that never was and no id at all answer alike", async () => {
  const [person, stranger] = [await server.signUp(), await server.signUp()];
  const own = (await sessionsOf(person.cookie))?.[0]?.id ?? '';
  const answers = await Promise.all([own, own.replace(/.{4}$/, '0000'), 'x'].map((id) => revoke(id, stranger.cookie)));
  for (const { data } of answers) {
    expect(data.revokeSession).toEqual({ code: 'NOT_FOUND', message: 'No such session.' });
  }
  expect((await revoke(own, '')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect(await sessionsOf(person.cookie)).toHaveLength(1);
});

test('a fellow member sees neither sessions nor how somebody signs in', async () => {
  const [owner, fellow] = [await server.signUp(), await server.signUp()];
  const workspace = await server.db.workspace.findFirstOrThrow({ where: { defaultOfId: owner.userId } });
  const { db } = server;
  await db.member.updateMany({ where: { userId: fellow.userId }, data: { workspaceId: workspace.id } });
  const { data } = await server.request(
    '{ viewer { workspaces { members { edges { node { user { id emailVerified twoFactorEnabled sessions { id } } } } } } } }',
    { headers: { cookie: fellow.cookie } },
  );
  const shown: Shown[] = (data.viewer.workspaces as Listed[]).flatMap(({ members }) =>
    members.edges.map(({ node }) => node.user),
  );
  expect(shown.filter(({ emailVerified }) => emailVerified === null)).toHaveLength(1);
  expect(shown.filter(({ twoFactorEnabled }) => twoFactorEnabled === null)).toHaveLength(1);
  expect(shown.filter(({ sessions }) => sessions !== null)).toHaveLength(1);
});

test('the routes that would hand session tokens to scripts do not exist, however they are written', async () => {
  const { cookie } = await server.signUp();
  for (const path of ['list-sessions', 'get-session', 'list-sessions/', '/list-sessions', '%6cist-sessions']) {
    const response = await fetch(`${server.url}/auth/${path}`, { headers: { cookie } });
    expect([path, response.status]).toEqual([path, 404]);
  }
  expect((await server.auth('revoke-session', { token: 'x' }, { cookie })).status).toBe(404);
});

test('changing the password needs the old one, and ends the other sessions with their sockets', async () => {
  const person = await server.signUp();
  const second = await signIn(person);
  const { stream, client } = await watch(person.cookie);
  const change = { currentPassword: 'not the password', newPassword: 'another good password' };
  expect((await server.auth('change-password', change, { cookie: second })).status).toBe(400);
  expect(await sessionsOf(person.cookie)).toHaveLength(2);
  const changed = await server.auth(
    'change-password',
    { ...change, currentPassword: person.password, revokeOtherSessions: false },
    { cookie: second },
  );
  expect(changed.status).toBe(200);
  await stream.until(({ isComplete }) => isComplete);
  await expect.poll(() => client.closeCodes).toEqual([4401]);
  expect(await sessionsOf(person.cookie)).toBeUndefined();
  expect(await sessionsOf(second)).toBeUndefined();
  expect(await sessionsOf(cookieOf(changed))).toHaveLength(1);
  expect((await server.auth('sign-in/email', { email: person.email, password: person.password })).status).toBe(401);
});

test('what a dump of the database holds opens nothing', async () => {
  const person = await server.signUp();
  const { token } = await server.db.session.findFirstOrThrow({ where: { userId: person.userId } });
  const name = person.cookie.split('=')[0];
  for (const forged of [token, `${token}.${token}`, `${token}.`]) {
    expect(await sessionsOf(`${name}=${encodeURIComponent(forged)}`)).toBeUndefined();
  }
  const bearer = await server.request('{ viewer { id } }', { token });
  expect(bearer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');

  await server.auth('request-password-reset', { email: person.email, redirectTo: server.url });
  const rows = await server.db.verification.findMany({ where: { value: person.userId } });
  expect(rows).toHaveLength(1);
  const sent = /reset-password\/([\w-]+)/.exec(server.mails.join('\n'))?.[1] ?? '';
  expect(JSON.stringify(rows)).not.toContain(sent);
  for (const stolen of [rows[0]?.identifier, rows[0]?.id, rows[0]?.value]) {
    const reset = await server.auth('reset-password', { newPassword: 'a thief was here', token: stolen });
    expect(reset.status).toBe(400);
  }
  expect((await server.auth('reset-password', { newPassword: 'the owner was here', token: sent })).status).toBe(200);
});
