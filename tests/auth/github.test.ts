import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cookieOf, openServer, type TestServer } from '../world/server.ts';

const TOKEN = 'gho_a-token-of-github';

/** A GitHub Enterprise server with one person, whom each test describes. */
const github = {
  url: '',
  profile: { id: 1, login: 'grace', name: 'Grace', avatar_url: 'https://example.com/grace.png' },
  emails: [] as { email: string; primary: boolean; verified: boolean }[],
  /** What came to the token address. */
  exchange: new URLSearchParams(),
};

const standIn = createServer((request, response) => {
  const answer = (body: unknown): void => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
  if (request.url === '/login/oauth/access_token') {
    let form = '';
    request.on('data', (chunk: Buffer) => (form += chunk.toString()));
    request.on('end', () => {
      github.exchange = new URLSearchParams(form);
      answer({ access_token: TOKEN, token_type: 'bearer', scope: 'read:user,user:email' });
    });
    return;
  }
  const isKnown = request.headers.authorization === `Bearer ${TOKEN}`;
  if (isKnown && request.url === '/api/v3/user') answer(github.profile);
  else if (isKnown && request.url === '/api/v3/user/emails') answer(github.emails);
  else response.writeHead(404).end();
});

let server: TestServer;
beforeAll(async () => {
  await new Promise<void>((resolve) => void standIn.listen(0, '127.0.0.1', resolve));
  github.url = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;
  const app = { clientId: 'an-app', clientSecret: 'a-secret-of-the-app', url: github.url };
  server = await openServer({ signIn: { isVerifiedEmailRequired: false, github: app } });
});
afterAll(async () => {
  await server.close();
  await new Promise((resolve) => standIn.close(resolve));
});

let people = 100;
/** Somebody new at GitHub. */
function arrive(email: string, { isVerified = true } = {}): void {
  github.profile = { ...github.profile, id: ++people };
  github.emails = [
    { email: 'other@example.com', primary: false, verified: true },
    { email, primary: true, verified: isVerified },
  ];
}

async function begin(): Promise<{ authorize: URL; cookie: string }> {
  const response = await server.auth('sign-in/social', { provider: 'github', callbackURL: `${server.url}/graphql` });
  expect(response.status).toBe(200);
  const { url } = (await response.json()) as { url: string };
  return { authorize: new URL(url), cookie: cookieOf(response) };
}

/** Goes to GitHub and comes back; answers with where the browser is sent and the session it got. */
async function signIn(change: { cookie?: string; state?: string } = {}) {
  const { authorize, cookie } = await begin();
  const state = change.state ?? authorize.searchParams.get('state') ?? '';
  const back = await fetch(`${server.url}/auth/callback/github?code=a-code&state=${encodeURIComponent(state)}`, {
    headers: { cookie: change.cookie ?? cookie },
    redirect: 'manual',
  });
  const session = back.headers.getSetCookie().find((text) => text.startsWith('commonpurse.session_token='));
  return { back, authorize, location: back.headers.get('location') ?? '', cookie: session?.split(';')[0] ?? '' };
}

const viewerOf = async (cookie: string) =>
  (await server.request('{ viewer { email emailVerified workspaces { name } } }', { headers: { cookie } })).data
    .viewer as unknown;

test('the browser is sent to GitHub with a state, a challenge and the way back', async () => {
  const { authorize } = await begin();
  expect(authorize.origin + authorize.pathname).toBe(`${github.url}/login/oauth/authorize`);
  const query = Object.fromEntries(authorize.searchParams);
  expect(query).toMatchObject({
    client_id: 'an-app',
    response_type: 'code',
    redirect_uri: `${server.url}/auth/callback/github`,
    code_challenge_method: 'S256',
  });
  expect(query['scope']?.split(' ')).toEqual(['read:user', 'user:email']);
  expect(query['state']?.length).toBeGreaterThan(20);
  expect(authorize.href).not.toContain('a-secret-of-the-app');
});

test('a page can ask whether this server offers it, without a session', async () => {
  const response = await fetch(`${server.url}/auth/offers`);
  expect([response.status, await response.json()]).toEqual([200, { github: true }]);
});

test('coming back signs up with a confirmed address and a default workspace, and signs in the second time', async () => {
  arrive('linus@example.com');
  const { cookie, location, authorize } = await signIn();
  expect(location).toBe(`${server.url}/graphql`);
  const viewer = { email: 'linus@example.com', emailVerified: true, workspaces: [{ name: "Grace's workspace" }] };
  expect(await viewerOf(cookie)).toEqual(viewer);
  const verifier = github.exchange.get('code_verifier') ?? '';
  expect(createHash('sha256').update(verifier).digest('base64url')).toBe(authorize.searchParams.get('code_challenge'));
  expect(await viewerOf((await signIn()).cookie)).toEqual(viewer);
  expect(await server.db.user.count({ where: { email: 'linus@example.com' } })).toBe(1);
  expect(JSON.stringify(await server.db.account.findMany())).not.toContain(TOKEN);
});

test('an address that GitHub has not confirmed opens nothing', async () => {
  arrive('margaret@example.com', { isVerified: false });
  const { cookie, location } = await signIn();
  expect([cookie, new URL(location).searchParams.get('error')]).toEqual(['', 'unable_to_get_user_info']);
  expect(await server.db.user.count({ where: { email: 'margaret@example.com' } })).toBe(0);
});

test('an account here is joined when both sides have confirmed the address, and else left alone', async () => {
  const { email, userId } = await server.signUp();
  arrive(email, { isVerified: false });
  expect((await signIn()).cookie).toBe('');
  // Whoever signed up here without confirming may be waiting for the owner of the address to come by GitHub.
  arrive(email);
  const early = await signIn();
  expect([early.cookie, new URL(early.location).searchParams.get('error')]).toEqual(['', 'account_not_linked']);
  expect(await server.db.account.count({ where: { userId } })).toBe(1);
  await server.db.user.update({ where: { id: userId }, data: { emailVerified: true } });
  expect(await viewerOf((await signIn()).cookie)).toMatchObject({ email });
  expect(await server.db.account.count({ where: { userId } })).toBe(2);
});

test('a way back that this browser did not begin is refused', async () => {
  arrive('mallory@example.com');
  const { cookie } = await begin();
  expect((await signIn({ cookie: '' })).cookie).toBe('');
  expect((await signIn({ cookie })).cookie).toBe('');
  expect((await signIn({ state: 'made-up' })).cookie).toBe('');
  expect(await server.db.user.count({ where: { email: 'mallory@example.com' } })).toBe(0);
});

test('a foreign page to come back to is refused', async () => {
  const form = { provider: 'github', callbackURL: 'https://evil.example/' };
  expect((await server.auth('sign-in/social', form)).status).toBe(403);
});
