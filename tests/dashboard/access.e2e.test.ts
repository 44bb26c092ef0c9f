import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../world/server.ts';
import { faultsOf } from './axe.ts';
import { chromiumPath } from './browser.ts';
import { openStage, seeBalance, signIn, slugIn, type Stage, type Visitor } from './stage.ts';

const STRANGER_PAGES = [
  '/sign-in',
  '/sign-up',
  '/forgot-password',
  '/reset-password?token=x',
  '/invitations/x',
  '/no/such',
];

// Skipped: without a browser on PATH, which is said loudly as the tests start.
describe.skipIf(chromiumPath === null)('the dashboard for everybody', { timeout: 120_000 }, () => {
  let stage: Stage;
  let grace: Person;
  let visitor: Visitor;
  beforeAll(async () => {
    stage = await openStage();
    grace = await stage.server.signUp();
    visitor = await stage.enter();
  }, 120_000);
  afterAll(() => stage?.close());

  it('has no serious fault of accessibility on a page of strangers, in either theme', async () => {
    const found: string[] = [];
    for (const path of STRANGER_PAGES) found.push(...(await faultsOf(visitor, path)));
    expect(found).toEqual([]);
  });

  it('has none on a page of a workspace either', async () => {
    await signIn(visitor, stage, grace);
    const { page } = visitor;
    await page.goto('/');
    await seeBalance(visitor, '0');
    const links = page.locator('nav[aria-label=Pages] a');
    const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(paths.length).toBeGreaterThanOrEqual(4);
    const found: string[] = [];
    const creating = paths.filter((path) => /(keys|webhooks|inboxes|alerts)$/.test(path));
    expect(creating).toHaveLength(4);
    for (const path of [...paths, ...creating.map((each) => `${each}?create=true`)]) {
      found.push(...(await faultsOf(visitor, path)));
    }
    expect(found).toEqual([]);
  });

  it('switches workspace, creates a key and finds its way by keyboard alone', async () => {
    const { page } = visitor;
    await page.goto('/');
    await seeBalance(visitor, '0');
    const first = slugIn(page);
    await page.keyboard.press('Control+K');
    await page.locator('[role=dialog] input:focus').waitFor();
    await page.keyboard.type('create workspace');
    await page.keyboard.press('Enter');
    await page.locator('[role=dialog] input:not([cmdk-input]):focus').waitFor();
    await page.keyboard.type('Zebra Works');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/w/zebra-works/*');
    await page.getByRole('button', { name: 'Workspace Zebra Works: switch' }).waitFor();

    await page.keyboard.press('Control+Shift+O');
    await page.locator('[placeholder="Find a workspace"]:focus').waitFor();
    await page.keyboard.type('grace');
    await page.getByRole('option', { name: /Grace/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/w/${first}/*`);
    await page.getByRole('button', { name: /^Workspace Grace.*: switch$/ }).waitFor();

    await page.keyboard.press('g');
    await page.keyboard.press('k');
    await page.waitForURL(`**/w/${first}/keys`);
    await page.getByRole('button', { name: 'Create API key' }).first().waitFor();
    await page.keyboard.press('c');
    await page.locator('[role=dialog] input:focus').waitFor();
    await page.keyboard.type('Typed');
    await page.keyboard.press('Enter');
    await page.locator('[data-slot=secret]').waitFor();
    await pressOn(page, 'Copy the secret');
    await page.getByText('Copied').first().waitFor();
    await pressOn(page, 'Done');
    await page.getByRole('table', { name: 'API keys' }).getByText('Typed').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe(`/w/${first}/keys`);
  });

  it('fits 360 px without scrolling sideways, and leads everywhere from there', async () => {
    const narrow = await stage.enter({ width: 360 });
    await signIn(narrow, stage, grace);
    const { page } = narrow;
    await page.goto('/');
    await seeBalance(narrow, '0');
    await page.getByRole('button', { name: 'Pages' }).click();
    const links = page.locator('nav[aria-label=Pages] a:visible');
    const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(paths.length).toBeGreaterThanOrEqual(4);
    const tooWide: string[] = [];
    for (const path of paths) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await page.waitForLoadState('networkidle');
      const excess = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      if (Number(excess) > 0) tooWide.push(`${path} by ${String(excess)}`);
    }
    expect(tooWide).toEqual([]);

    await page.goto(`/w/${slugIn(page)}/keys?create=true`);
    await page.getByRole('textbox', { name: 'Name' }).fill('Narrow');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.locator('[data-slot=secret]').waitFor();
    const inDialog =
      '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector("[role=dialog]"))';
    expect(await page.evaluate(inDialog)).toBe(0);
    await narrow.context.close();
  });

  it('breaks nothing of its own security policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});

/** Goes on with Tab until the button that is called so has the focus, then presses it. */
async function pressOn(page: Visitor['page'], name: string): Promise<void> {
  for (let steps = 0; steps < 30; steps++) {
    const focused = await page.evaluate(
      'document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent',
    );
    if (focused === name) return page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never led to ${name}`);
}
