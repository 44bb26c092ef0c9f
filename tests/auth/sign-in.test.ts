import { afterAll, beforeAll, expect, test } from 'vitest';
import { cookieOf, openServer, type TestServer } from '../world/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const PASSWORD = 'correct horse battery';
const post: TestServer['auth'] = (...form) => server.auth(...form);
const signUp: TestServer['signUp'] = (person) => server.signUp(person);

const VIEWER = '{ viewer { email workspaces { name balance { available } members { edges { node { role } } } } } }';
const ask = (cookie: string, headers: Record<string, string> = {}) =>
  server.request(VIEWER, { headers: { cookie, ...headers } });

test('signing up makes one default workspace with an OWNER and an empty balance', async () => {
  const { email, cookie } = await signUp();
  const workspaces = [
    { name: "Grace's workspace", balance: { available: '0' }, members: { edges: [{ node: { role: 'OWNER' } }] } },
  ];
  expect((await ask(cookie)).data).toEqual({ viewer: { email, workspaces } });
});

test('a session cookie is hidden from scripts and from foreign pages', async () => {
  const { email } = await signUp();
  const cookies = (await post('sign-in/email', { email, password: PASSWORD })).headers.getSetCookie();
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatch(/; HttpOnly/);
  expect(cookies[0]).toMatch(/; SameSite=Lax/);
});

test('refuses a wrong password and an unknown address alike', async () => {
  const { email } = await signUp();
  const wrong = await post('sign-in/email', { email, password: 'not the password' });
  const unknown = await post('sign-in/email', { email: 'nobody@example.com', password: PASSWORD });
  expect(wrong.status).toBe(401);
  expect([unknown.status, await unknown.text()]).toEqual([wrong.status, await wrong.text()]);
});

test('refuses an address that is taken, a short password and a body that is too large', async () => {
  const { email } = await signUp();
  expect((await post('sign-up/email', { name: 'Eve', email, password: PASSWORD })).status).toBe(422);
  expect((await post('sign-up/email', { name: 'Eve', email: 'eve@example.com', password: 'short' })).status).toBe(400);
  expect((await post('sign-up/email', { name: 'x'.repeat(100_000) })).status).toBe(413);
});

test('signing out ends the session', async () => {
  const { cookie } = await signUp();
  expect((await post('sign-out', {}, { cookie })).status).toBe(200);
  expect((await ask(cookie)).data).toEqual({ viewer: null });
});

test('a session that was deleted, expired or forged means nobody', async () => {
  const { cookie } = await signUp();
  expect((await ask(cookie.replace(/.{6}$/, 'AAAAA='))).data).toEqual({ viewer: null });
  await server.db.session.updateMany({ data: { expiresAt: new Date(0) } });
  expect((await ask(cookie)).data).toEqual({ viewer: null });
  await server.db.session.deleteMany();
  expect((await ask(cookie)).data).toEqual({ viewer: null });
});

test('foreign pages may neither sign in nor use the session of their visitor', async () => {
  const { email, cookie } = await signUp();
  const foreign = { origin: 'https://evil.example' };
  expect((await post('sign-in/email', { email, password: PASSWORD }, foreign)).status).toBe(403);
  expect((await post('sign-out', {}, { ...foreign, cookie })).status).toBe(403);
  const { data, errors } = await ask(cookie, foreign);
  expect(data).toBeUndefined();
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

test('a user whose workspace was never made gets it at the next sign-in, and only one', async () => {
  const { email } = await signUp();
  const user = await server.db.user.findUniqueOrThrow({ where: { email } });
  // As if the process had died between the user's commit and the workspace's.
  await server.db.workspace.updateMany({
    where: { defaultOfId: user.id },
    data: { defaultOfId: null, deletedAt: new Date() },
  });
  const signIns = await Promise.all([1, 2, 3].map(() => post('sign-in/email', { email, password: PASSWORD })));
  expect(signIns.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await server.db.workspace.count({ where: { defaultOfId: user.id } })).toBe(1);
  expect((await ask(cookieOf(signIns[0] as Response))).data.viewer.workspaces).toHaveLength(1);
});

test('an address gets a link that sets a new password once and ends older sessions', async () => {
  const { email, cookie } = await signUp();
  expect((await post('request-password-reset', { email, redirectTo: server.url })).status).toBe(200);
  expect((await post('request-password-reset', { email: 'nobody@example.com', redirectTo: server.url })).status).toBe(
    200,
  );
  const mail = server.mails.find((text) => text.includes(email)) ?? '';
  const token = /reset-password\/([\w-]+)/.exec(mail)?.[1];
  expect(server.mails.filter((text) => text.includes('nobody@'))).toEqual([]);
  const reset = { newPassword: 'another good password', token };
  expect((await post('reset-password', reset)).status).toBe(200);
  expect((await post('reset-password', reset)).status).toBe(400);
  expect((await ask(cookie)).data).toEqual({ viewer: null });
  expect((await post('sign-in/email', { email, password: PASSWORD })).status).toBe(401);
  expect((await post('sign-in/email', { email, password: reset.newPassword })).status).toBe(200);
});

test('neither passwords nor session tokens reach the log', async () => {
  const { cookie } = await signUp();
  const log = server.logLines.join('');
  expect(log).not.toContain(PASSWORD);
  expect(log).not.toContain(cookie.split('=')[1]);
});
