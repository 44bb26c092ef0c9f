import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, waitUntilRead } from './browser.ts';
import { type Places, showTelling } from './exhibits.ts';
import { grant, join, signIn, type Visitor } from './stage.ts';
import { openTellingStage, type TellingStage } from './telling-stage.ts';

const SECRET = 'Bearer nobody-reads-this-again';

/** What the names of buttons and boxes begin with that change something. */
const CHANGING =
  /^(Acknowledge|Actions|Add|Choose|Connect|Create|Deactivate|Delete|Disable|Edit|Enable|Mute|Pause|Resume|Rotate|Send|Test|Unmute)\b/;

/** What tells that a page shows what is there, by its name or the beginning of it. */
const SHOWN: Record<string, string> = {
  webhooks: 'Our billing',
  'webhooks-delivery': '"type": "usage.recorded"',
  inboxes: 'github-main',
  'inboxes-delivery': '"ref": "refs/heads/main"',
  alerts: 'Top up',
  integrations: 'Our pager',
};

// Skipped: without a browser on PATH, which is said loudly as the tests start.
describe.skipIf(chromiumPath === null)('integrations in a browser', { timeout: 120_000 }, () => {
  let opened: TellingStage;
  let { stage, grace, place, visitor, receiver } = {} as TellingStage;
  beforeAll(async () => {
    opened = await openTellingStage();
    ({ stage, grace, place, visitor, receiver } = opened);
  }, 120_000);
  afterAll(() => opened?.close());

  it('connects a service, tests it, holds back and hands over, and never shows its secret again', async () => {
    const { page } = visitor;
    const main = page.locator('main');
    const dialog = page.getByRole('dialog');
    const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click();
    const leaks = watchForLeaks(visitor);
    await page.goto(`/w/${place.slug}/integrations`);
    await main.getByText('Nothing is connected yet').waitFor();
    await main.getByRole('button', { name: 'Connect HTTP' }).click();
    await dialog.getByLabel('URL').fill('http://10.0.0.1/hook');
    await dialog.getByLabel('Header value').fill(SECRET);
    await dialog.getByLabel('Description').fill('Our pager');
    await dialog.getByLabel('credits.granted').check();
    await press('Connect');
    await dialog.getByRole('alert').filter({ hasText: 'url' }).waitFor();
    await dialog.getByLabel('URL').fill(`${receiver.url}/ours`);
    await press('Connect');
    const card = main.getByRole('list', { name: 'Connected' }).getByRole('listitem');
    await card.getByText('Nothing told yet').waitFor();
    const start = async (item: string): Promise<void> => {
      await card.getByRole('button', { name: 'Actions for Our pager' }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await start('Send a test');
    await card.getByText('Connected', { exact: true }).waitFor();
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]?.headers['authorization']).toBe(SECRET);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ isTest: true });

    await start('Edit');
    expect(await dialog.getByLabel('URL').inputValue()).toBe(`${receiver.url}/ours`);
    expect(await dialog.getByLabel('Header value').inputValue()).toBe('');
    await press('Cancel');
    await start('Pause');
    await press('Pause the integration');
    await card.getByText('Paused: by a member').waitFor();
    await grant(stage.server, place.id, '5');
    await card.getByText('Waiting').waitFor();
    expect(receiver.received).toHaveLength(1);
    await start('Resume');
    await dialog.getByLabel('Also what it missed: 1 message').check();
    await press('Resume the integration');
    await expect
      .poll(() => receiver.received.map(({ type }) => type).slice(1), { timeout: 10_000 })
      .toEqual(['credits.granted']);
    expect(receiver.received[1]?.headers['authorization']).toBe(SECRET);

    await start('Disconnect');
    await dialog.getByText('Its credentials are deleted here.').waitFor();
    await press('Disconnect');
    await main.getByText('Nothing is connected yet').waitFor();
    expect(leaks).toEqual([]);
  });

  it('shows a VIEWER all of it, and nothing that changes any of it', async () => {
    const { places, close } = await showTelling({ url: stage.server.url, user: grace, slug: place.slug });
    const vic = await stage.server.signUp({ name: 'Vic' });
    await join(stage.server, place, { by: grace, member: vic, role: 'VIEWER' });
    const looking = await stage.enter();
    await signIn(looking, stage, vic);
    for (const [name, path] of pagesOf(places)) {
      const shown = SHOWN[name] ?? SHOWN[name.split('-')[0] ?? ''] ?? name;
      const [offered, open] = await Promise.all([offersOf(visitor, path, shown), offersOf(looking, path, shown)]);
      expect(offered, `${name} to its owner`).not.toEqual([]);
      expect(open, `${name} to a VIEWER`).toEqual([]);
    }
    await looking.context.close();
    await close();
  });

  it('does it all without an error in the console', () => {
    expect(stage.complaints).toEqual([]);
  });

  function pagesOf(places: Places): Places {
    const lists = ['webhooks', 'inboxes', 'alerts', 'integrations'];
    const connecting: Places = [['integrations-create', `/w/${place.slug}/integrations?connect=HTTP`]];
    return [...lists.map((path): Places[number] => [path, `/w/${place.slug}/${path}`]), ...places, ...connecting];
  }
});

/** Which answers of the server held the secret. */
function watchForLeaks({ page }: Visitor): string[] {
  const leaks: string[] = [];
  page.on('response', (response) => {
    void response.text().then(
      (text) => text.includes(SECRET) && leaks.push(response.url()),
      // A page that was left takes its answers with it.
      () => undefined,
    );
  });
  return leaks;
}

/** What a page and the dialog over it offer to change, once it shows what is there. */
async function offersOf({ page }: Visitor, path: string, shown: string): Promise<string[]> {
  await page.goto(path);
  await page.locator('[data-slot=balance]').waitFor();
  await expect.poll(() => page.locator('body').innerText(), { timeout: 10_000 }).toContain(shown);
  await waitUntilRead(page);
  const controls = page.locator('main, [role=dialog]').locator('button:visible, input[type=checkbox]:visible');
  const names = await controls.evaluateAll((all) =>
    all.map((each) => each.getAttribute('aria-label') ?? each.textContent?.trim() ?? ''),
  );
  return names.filter((name) => CHANGING.test(name));
}
