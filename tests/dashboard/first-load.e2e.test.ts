import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath } from './browser.ts';
import { openStage, seeBalance, signIn, type Stage, type Visitor } from './stage.ts';

/** What opens from the header, by the name of the part of the program that comes later. */
const PARTS = /\/assets\/(workspace-popover|person-menu|balance-tip)-/;

// Skipped: without a browser on PATH, which is said loudly as the tests start.
describe.skipIf(chromiumPath === null)('the first load of the dashboard', { timeout: 120_000 }, () => {
  let stage: Stage;
  let visitor: Visitor;
  let page: Page;
  let release: () => void;
  beforeAll(async () => {
    stage = await openStage();
    visitor = await stage.enter();
    page = visitor.page;
    await signIn(visitor, stage, await stage.server.signUp());
  }, 120_000);
  afterAll(() => stage?.close());
  // Each begins with a page whose later parts are held back until they are released.
  beforeEach(async () => {
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.unrouteAll();
    await page.route(PARTS, async (route) => {
      await released;
      await route.continue();
    });
    await page.goto('/');
    await seeBalance(visitor, '0');
    await page.locator('main h1').waitFor();
  });

  it('has the buttons of the header before what they open, as they are after', async () => {
    const before = await buttonsOf(page);
    expect(before).toContainEqual(expect.stringMatching(/: switch dialog false/));
    expect(before).toContainEqual(expect.stringMatching(/: account and theme menu false/));
    release();
    await page.getByRole('button', { name: /: switch$/ }).click();
    await page.getByPlaceholder('Find a workspace').waitFor();
    await page.keyboard.press('Escape');
    await page.getByPlaceholder('Find a workspace').waitFor({ state: 'detached' });
    await expect.poll(() => buttonsOf(page)).toEqual(before);
  });

  it('opens what was pressed before it was there', async () => {
    await page.getByRole('button', { name: /: account and theme$/ }).click();
    release();
    await page.getByRole('menuitem', { name: 'Your account' }).waitFor();
    expect(await page.getByRole('menu').count()).toBe(1);
  });

  it('does so by keyboard, with the first entry at hand', async () => {
    await page.getByRole('button', { name: /: account and theme$/ }).focus();
    await page.keyboard.press('Enter');
    release();
    await page.getByRole('menuitem', { name: 'Your account' }).waitFor();
    await expect.poll(() => focusedText(page)).toContain('Your account');
    await page.keyboard.press('Escape');
    await expect.poll(() => focusedText(page)).toContain('account and theme');
  });

  it('leaves the focus where it is when a button gets what it opens', async () => {
    await page.locator('[data-slot=balance]').focus();
    release();
    await page.getByText('Can be spent now').waitFor();
    expect(await focusedText(page)).toContain('Balance: ');
  });

  it('breaks nothing of its own security policy', () => {
    expect(stage.complaints).toEqual([]);
  });
});

/** Name, role of what opens, whether it is open, place and size of each button in the header that is in sight. */
function buttonsOf(page: Page): Promise<string[]> {
  return page.locator('header button:visible').evaluateAll((all) =>
    all.map((button) => {
      const { x, y, width, height } = button.getBoundingClientRect();
      const texts = ['aria-label', 'aria-haspopup', 'aria-expanded'].map((name) => button.getAttribute(name) ?? '');
      return [...texts, ...[x, y, width, height].map(Math.round)].join(' ');
    }),
  );
}

function focusedText(page: Page): Promise<string> {
  return page.evaluate(
    'document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? ""',
  );
}
