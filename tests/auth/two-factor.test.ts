import { afterAll, beforeAll, expect, test } from 'vitest';
import { cookieOf, openServer, type Person, type TestServer } from '../world/server.ts';
import { bytesOfSecret, codeNow } from '../world/totp.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

interface Protected extends Person {
  /** As it is shown to them. */
  secret: string;
  backupCodes: string[];
}

/** Somebody who scanned the code and typed what the app showed. */
async function protectedPerson(): Promise<Protected> {
  const person = await server.signUp();
  const { cookie, password } = person;
  const enabled = await server.auth('two-factor/enable', { password }, { cookie });
  const { totpURI, backupCodes } = (await enabled.json()) as { totpURI: string; backupCodes: string[] };
  const secret = new URL(totpURI).searchParams.get('secret') ?? '';
  const verified = await server.auth('two-factor/verify-totp', { code: codeNow(secret) }, { cookie });
  expect(verified.status).toBe(200);
  return { ...person, cookie: cookieOf(verified), secret, backupCodes };
}

/** The password alone: the cookie that lets one try a second factor. */
async function halfWay({ email, password }: Person): Promise<string> {
  const response = await server.auth('sign-in/email', { email, password });
  expect(await response.json()).toMatchObject({ twoFactorRedirect: true });
  return cookieOf(response);
}

const viewerOf = async (cookie: string) =>
  (await server.request('{ viewer { email twoFactorEnabled } }', { headers: { cookie } })).data.viewer as unknown;

test('the second factor is on once the app has shown a right code, and needs the password', async () => {
  const person = await server.signUp();
  const { cookie, email, password } = person;
  expect((await server.auth('two-factor/enable', { password: 'not the password' }, { cookie })).status).toBe(400);
  await server.auth('two-factor/enable', { password }, { cookie });
  expect((await server.auth('two-factor/verify-totp', { code: '000000' }, { cookie })).status).toBe(401);
  expect(await viewerOf(cookie)).toEqual({ email, twoFactorEnabled: false });
  expect((await server.auth('sign-in/email', { email, password })).headers.getSetCookie()).toHaveLength(1);
});

test('signing in then takes the password and a code', async () => {
  const person = await protectedPerson();
  expect(await viewerOf(person.cookie)).toEqual({ email: person.email, twoFactorEnabled: true });
  const cookie = await halfWay(person);
  expect(await viewerOf(cookie)).toBeNull();
  expect((await server.auth('two-factor/verify-totp', { code: '000000' }, { cookie })).status).toBe(401);
  const done = await server.auth('two-factor/verify-totp', { code: codeNow(person.secret) }, { cookie });
  expect(done.status).toBe(200);
  expect(await viewerOf(cookieOf(done))).toEqual({ email: person.email, twoFactorEnabled: true });
});

const guess = (cookie: string, code: string) => server.auth('two-factor/verify-totp', { code }, { cookie });

test('five wrong codes end the attempt, ten in all lock the second factor for a while', async () => {
  const person = await protectedPerson();
  const first = await halfWay(person);
  for (let tries = 0; tries < 5; tries++) expect((await guess(first, '000000')).status).toBe(401);
  expect((await guess(first, codeNow(person.secret))).ok).toBe(false);
  const second = await halfWay(person);
  for (let tries = 0; tries < 5; tries++) expect((await guess(second, '000000')).status).toBe(401);
  const third = await halfWay(person);
  expect((await guess(third, codeNow(person.secret))).ok).toBe(false);
});

test('a backup code signs in once', async () => {
  const person = await protectedPerson();
  const [code] = person.backupCodes;
  const spend = async () => server.auth('two-factor/verify-backup-code', { code }, { cookie: await halfWay(person) });
  const spent = await spend();
  expect(await viewerOf(cookieOf(spent))).toMatchObject({ email: person.email });
  expect((await spend()).status).toBe(401);
});

test('switching it off needs the password', async () => {
  const { cookie, email, password } = await protectedPerson();
  expect((await server.auth('two-factor/disable', { password: 'not the password' }, { cookie })).status).toBe(400);
  const off = await server.auth('two-factor/disable', { password }, { cookie });
  expect(await viewerOf(cookieOf(off))).toEqual({ email, twoFactorEnabled: false });
});

test('the database holds neither the secret nor the backup codes', async () => {
  const { userId, secret, backupCodes } = await protectedPerson();
  const row = JSON.stringify(await server.db.twoFactor.findUniqueOrThrow({ where: { userId } }));
  for (const leak of [secret, bytesOfSecret(secret).toString(), ...backupCodes]) expect(row).not.toContain(leak);
});
