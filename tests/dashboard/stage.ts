import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { Role } from '#core/access/policy';
import { type Answer, openServer, type Person, type TestServer } from '../world/server.ts';
import { buildDashboard, launchBrowser } from './browser.ts';

/** One server and one browser for a file of journeys. */
export interface Stage {
  server: TestServer;
  /** A person with a browser of their own. What they pass on to the console as an error ends up in `complaints`. */
  enter(options?: { width?: number; colorScheme?: 'light' | 'dark' }): Promise<Visitor>;
  /** Errors and refused loads of every page so far. */
  complaints: string[];
  close(): Promise<void>;
}

export interface Visitor {
  context: BrowserContext;
  page: Page;
}

export async function openStage(): Promise<Stage> {
  buildDashboard();
  const [server, browser] = await Promise.all([openServer(), launchBrowser()]);
  const complaints: string[] = [];
  return {
    server,
    complaints,
    enter: (options = {}) => enter(browser, { ...options, url: server.url, complaints }),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

interface Entrance {
  url: string;
  complaints: string[];
  width?: number;
  colorScheme?: 'light' | 'dark';
}

async function enter(browser: Browser, { url, complaints, width = 1280, colorScheme = 'light' }: Entrance) {
  const context = await browser.newContext({
    baseURL: url,
    colorScheme,
    viewport: { width, height: 860 },
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // Answers of sign-in that refuse are told by the browser too.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  return { context, page };
}

/** Signs in without the form, for journeys that are about something else. */
export async function signIn({ context }: Visitor, { server }: Stage, person: { email: string; password: string }) {
  const { email, password } = person;
  const answer = await context.request.post('/auth/sign-in/email', {
    data: { email, password },
    headers: { origin: server.url },
  });
  expect(answer.ok()).toBe(true);
}

export async function grant(server: TestServer, workspaceId: string, credits: string): Promise<void> {
  const input = { workspaceId, credits, idempotencyKey: randomUUID() };
  const document = 'mutation ($input: GrantCreditsInput!) { grantCredits(input: $input) { __typename } }';
  const { data } = await server.request(document, { variables: { input }, token: server.operator.token });
  expect(data.grantCredits.__typename).toBe('GrantCreditsPayload');
}

/** Spends as an integrator's program does. */
export async function spend(server: TestServer, secret: string, credits: string): Promise<void> {
  expect(await spendingOf(server, secret, credits)).toBe('RecordUsagePayload');
}

/** What a program is answered that spends: the payload's type, or the code of what refused it. */
export async function spendingOf(server: TestServer, secret: string, credits = '1'): Promise<string> {
  const input = { credits, idempotencyKey: randomUUID() };
  const document =
    'mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { __typename ... on UserError { code } } }';
  const { data, errors } = await server.request(document, { variables: { input }, token: secret });
  return String(errors?.[0]?.extensions['code'] ?? data.recordUsage.code ?? data.recordUsage.__typename);
}

/** Waits until the balance in the header is as expected. */
export async function seeBalance({ page }: Visitor, available: string): Promise<void> {
  await page.locator(`[data-slot=balance][data-available="${available}"]`).waitFor();
}

/** The workspace's id as its settings show it. */
export async function workspaceIdOf({ page }: Visitor, slug: string): Promise<string> {
  await page.goto(`/w/${slug}/settings`);
  return (await page.locator('code', { hasText: /^ws_/ }).innerText()).trim();
}

export const slugIn = (page: Page): string => new URL(page.url()).pathname.split('/')[2] ?? '';

/** The newest link mailed to an address; `part` tells it from those that came before. */
export async function linkMailedTo(server: TestServer, email: string, part = ''): Promise<string> {
  return vi.waitFor(() => {
    const links = server.mails
      .filter((text) => text.includes(email))
      .flatMap((text) => text.match(/https?:\/\/\S+/g) ?? []);
    const link = links.findLast((each) => each.includes(part));
    if (link === undefined) throw new Error(`no mail to ${email} yet`);
    return link;
  });
}

/** A workspace, as its id and its address. */
export interface Place {
  id: string;
  slug: string;
}

/** As a member does with the session of their browser. */
function ask(server: TestServer, { cookie }: Person, document: string, variables: object = {}): Promise<Answer> {
  return server.request(document, { variables: { ...variables }, headers: { cookie, origin: server.url } });
}

/** What a person makes beside what they had at sign-up. */
export async function makeWorkspace(server: TestServer, person: Person, name: string): Promise<Place> {
  const document = `mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { ... on CreateWorkspacePayload { workspace { id slug } } } }`;
  const { data } = await ask(server, person, document, { input: { name, idempotencyKey: randomUUID() } });
  return data.createWorkspace.workspace as Place;
}

/** Makes a member of somebody who has an account, by an invitation that they accept. */
export async function join(
  server: TestServer,
  place: Place,
  { by, member, role }: { by: Person; member: Person; role: Role },
): Promise<void> {
  const inviting = 'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { __typename } }';
  const input = { workspaceId: place.id, email: member.email, role, idempotencyKey: randomUUID() };
  await ask(server, by, inviting, { input });
  const token = new URL(await linkMailedTo(server, member.email, '/invitations/')).pathname.split('/').at(-1);
  const accepting = 'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename } }';
  const { data } = await ask(server, member, accepting, { input: { token } });
  expect(data.acceptInvitation.__typename).toBe('AcceptInvitationPayload');
}

/** A workspace of a person, their first if none is given, with a new key that may spend. */
export async function makeKey(
  server: TestServer,
  person: Person,
  given?: Place,
): Promise<{ place: Place; secret: string }> {
  const { data: found } = await ask(server, person, '{ viewer { workspaces { id slug } } }');
  const place = given ?? (found.viewer.workspaces[0] as Place);
  const document = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret } } }`;
  const input = { workspaceId: place.id, name: 'Production Server', idempotencyKey: randomUUID() };
  const { data } = await ask(server, person, document, { input });
  return { place, secret: data.createApiKey.secret as string };
}
