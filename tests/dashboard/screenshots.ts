// `npm run screenshots`: every page of the dashboard, seen in both themes and in two widths, in .tmp/screenshots. Pages are
// found through the navigation, so that a new one is not forgotten.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { applyMigrations } from '#adapters/migrations';
import { startApp } from '#main/app';
import { removeData } from '../world/data-folder.ts';
import { launchBrowser, waitUntilRead } from './browser.ts';
import { type Customer, PAST_DAYS, seedCustomer } from './customer.ts';
import { type Places, showTelling } from './exhibits.ts';
import { openPast } from './past.ts';
import { openTeller, openTestSealer, OUTBOUND_HERE } from './teller.ts';

const target = fileURLToPath(new URL('../../.tmp/screenshots/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'commonpurse-screenshots-'));
const only = process.argv[2] ?? '';
const quiet = { info: () => {}, warn: () => {} };

const WIDTHS = [1280, 360] as const;
const THEMES = ['light', 'dark'] as const;
const STRANGER_PAGES = [
  'sign-in',
  'sign-up',
  'forgot-password',
  'reset-password?token=x',
  'invitations/x',
  'no-such/page',
];

const database = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => {} });
await applyMigrations({ url: database.url, log: quiet });
const setClock = await openPast(database.url);
const present = Date.now();
await setClock(new Date(present - PAST_DAYS * 86_400_000));
const mails: string[] = [];
const app = await startApp({
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
    outbound: OUTBOUND_HERE,
  },
  databaseUrl: database.url,
  sharedThrough: null,
  authSecret: 'a-secret-for-screenshots-that-is-long-enough',
  sealer: openTestSealer(),
  signInAttemptsPerMinute: 1_000,
  log: pino({ level: 'error' }),
  printMail: (text) => mails.push(text),
});
const browser = await launchBrowser();
try {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const customer = await seedCustomer({ app, mails, setClock, present });
  const teller = await openTeller(app, database.url);
  const { places, close } = await showTelling({ url: app.url, user: customer.user, slug: customer.slugs.busy });
  for (const theme of THEMES) for (const width of WIDTHS) await photograph(browser, { theme, width, customer, places });
  await teller.close();
  await close();
  console.log(`The pictures are in ${target}`);
} finally {
  await browser.close();
  await app.close();
  await database.stop();
  await removeData(join(folder, 'data'));
  rmSync(folder, { recursive: true, force: true });
}

interface View {
  theme: (typeof THEMES)[number];
  width: (typeof WIDTHS)[number];
  customer: Customer;
  places: Places;
}

async function photograph(shared: Browser, { theme, width, places, customer: { user, slugs } }: View): Promise<void> {
  const context = await shared.newContext({
    colorScheme: theme,
    viewport: { width, height: width === 360 ? 740 : 860 },
    reducedMotion: 'reduce',
    baseURL: app.url,
  });
  const page = await context.newPage();
  const take = takerOf(page, `${theme}-${width}`);
  for (const path of STRANGER_PAGES) await take(path, `/${path}`);
  await context.request.post('/auth/sign-in/email', { data: user, headers: { origin: app.url } });
  await page.goto(`/w/${slugs.busy}/overview`);
  await page.locator('[data-slot=balance]').waitFor();
  for (const path of await pagePaths(page)) await take(path.split('/').at(-1) ?? path, path);
  await take('usage-month', `/w/${slugs.busy}/usage?range=30d&by=operation&compare=on`);
  for (const kind of ['low', 'empty'] as const) await take(`overview-${kind}`, `/w/${slugs[kind]}/overview`);
  await takeDrawers(page, take, slugs.busy);
  for (const [name, path] of places) await take(name, path);
  await takeOverlays(page, take, `/w/${slugs.busy}`);
  await context.close();
}

type Take = (name: string, path?: string) => Promise<void>;

function takerOf(page: Page, suffix: string): Take {
  return async (name, path) => {
    const file = `${name.replaceAll(/[^a-z0-9]+/g, '-')}-${suffix}.png`;
    if (!file.includes(only)) return;
    if (path !== undefined) await page.goto(path);
    await waitUntilRead(page);
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(target, file), fullPage: path !== undefined });
  };
}

/** What the navigation leads to, whether it is beside the page or behind its button. */
async function pagePaths(page: Page): Promise<string[]> {
  const links = page.locator('nav[aria-label=Pages] a');
  if (!(await links.first().isVisible())) await page.getByRole('button', { name: 'Pages' }).click();
  const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
  await page.keyboard.press('Escape');
  return [...new Set(paths)];
}

/** The details of the newest row of each list that has some. */
async function takeDrawers(page: Page, take: Take, slug: string): Promise<void> {
  for (const list of ['calls', 'ledger', 'audit-log']) {
    await page.goto(`/w/${slug}/${list}`);
    await page.locator('main tbody button').first().click();
    await page.getByRole('dialog').waitFor();
    await take(`drawer-${list}`);
  }
}

/** What lies over pages. */
async function takeOverlays(page: Page, take: Take, place: string): Promise<void> {
  await page.goto(`${place}/keys`);
  await page.locator('[data-slot=balance]').waitFor();
  await waitUntilRead(page);
  await page.keyboard.press('Control+K');
  await take('overlay-palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await take('overlay-shortcuts');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /: switch$/ }).click();
  await take('overlay-switcher');
  await page.keyboard.press('Escape');
  await page.goto(`${place}/members?invite=true`);
  await take('overlay-invite');
  await page.goto(`${place}/keys?create=true`);
  await take('overlay-create-key');
  await page.getByRole('textbox', { name: 'Name' }).fill('Data warehouse');
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.locator('[data-slot=secret]').waitFor();
  await take('overlay-secret');
}
