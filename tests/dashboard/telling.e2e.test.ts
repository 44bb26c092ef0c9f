import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSecret, signedHeaders } from '../inboxes/senders.ts';
import { faultsOf } from './axe.ts';
import { chromiumPath } from './browser.ts';
import { grant, spend } from './stage.ts';
import { openTellingStage, type TellingStage } from './telling-stage.ts';

// Skipped: without a browser on PATH, which is said loudly as the tests start.
describe.skipIf(chromiumPath === null)('webhooks, inboxes and alerts in a browser', { timeout: 60_000 }, () => {
  let opened: TellingStage;
  let { stage, place, secret, visitor, receiver } = {} as TellingStage;
  beforeAll(async () => {
    opened = await openTellingStage();
    ({ stage, place, secret, visitor, receiver } = opened);
    await grant(stage.server, place.id, '100');
  }, 120_000);
  afterAll(() => opened?.close());

  const main = () => visitor.page.locator('main');
  const dialog = () => visitor.page.getByRole('dialog');
  const row = (text: string | RegExp) => main().getByRole('row').filter({ hasText: text });
  const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click();

  it('tells a receiver what a key spends, and shows the delivery as it comes, with its answer', async () => {
    const { page } = visitor;
    await page.goto(`/w/${place.slug}/webhooks`);
    await main().getByText('Nobody is told yet').waitFor();
    await page.keyboard.press('c');
    await dialog().getByLabel('URL').fill('http://10.0.0.1/hook');
    await dialog().getByLabel('usage.recorded').check();
    await press('Add endpoint');
    await dialog().getByRole('alert').filter({ hasText: 'url' }).waitFor();
    await dialog().getByLabel('URL').fill(`${receiver.url}/hook`);
    await dialog().getByLabel('Description').fill('Our billing');
    await press('Add endpoint');
    await press('Show');
    receiver.secrets.set('/hook', await page.locator('[data-slot=secret]').innerText());
    await press('Copy the secret');
    await press('Done');
    await main().getByRole('heading', { name: 'Our billing' }).waitFor();
    receiver.answer = (_received, response) => response.writeHead(202).end('taken <b>gladly</b>');
    await spend(stage.server, secret, '4.5');
    await row('usage.recorded').getByText('Delivered').waitFor();
    expect(receiver.received.map(({ type, isVerified }) => [type, isVerified])).toEqual([['usage.recorded', true]]);
    await main().getByText('Live', { exact: true }).waitFor();

    await row('usage.recorded').getByRole('button').click();
    await dialog().getByText('HTTP 202').waitFor();
    const text = await dialog().innerText();
    expect(text).toContain('taken <b>gladly</b>');
    expect(text).toContain('"credits": "4.5"');
    await press('Send again');
    await dialog().locator('li').nth(1).waitFor();
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
    expect(receiver.received).toHaveLength(2);
  });

  it('says why an endpoint is disabled, and sends again what it missed', async () => {
    const { page } = visitor;
    await page.keyboard.press('Escape');
    receiver.answer = (_received, response) => response.writeHead(410).end();
    await main().getByRole('button', { name: 'Send a test' }).click();
    await dialog().getByLabel('Type of event').selectOption('balance.low');
    await press('Send the test');
    await main().getByText('Disabled: it answered 410').waitFor();
    await dialog().getByText('The endpoint is disabled').waitFor();
    await page.keyboard.press('Escape');
    receiver.answer = (_received, response) => response.writeHead(204).end();
    await main().getByRole('button', { name: 'Enable' }).click();
    await press('Enable the endpoint');
    await main().getByRole('button', { name: 'Actions for Our billing' }).click();
    await page.getByRole('menuitem', { name: 'Send again what was missed' }).click();
    await dialog().getByText('1 delivery since then failed or was parked.').waitFor();
    await press('Send again');
    await row('balance.low').getByText('Delivered').waitFor();
    expect(receiver.received.filter(({ type }) => type === 'balance.low')).toHaveLength(2);
  });

  it('shows what comes to an inbox without a reload, and what it was, byte for byte', async () => {
    const { page } = visitor;
    const signing = newSecret('GITHUB');
    await page.goto(`/w/${place.slug}/inboxes?create=true`);
    await dialog().getByLabel('Name').fill('github-main');
    await dialog().getByLabel('Who signs').selectOption('GitHub');
    await dialog().getByLabel('Signing secret').fill(signing);
    await press('Create inbox');
    await main().getByText('Waiting for the first event').waitFor();
    const url = await main().locator('[data-slot=address]').innerText();
    const body = '{"number":12345678901234567890,"twice":1,"twice":[]}';
    const post = (headers: Record<string, string>, sent: string | Uint8Array<ArrayBuffer> = body) =>
      fetch(url, { method: 'POST', body: sent, headers: { 'content-type': 'application/json', ...headers } });
    const eventId = randomUUID();
    const headers = signedHeaders('GITHUB', { secret: signing, body, eventId });
    await post(headers);
    await row('#1').getByText('Verified').waitFor({ timeout: 1_500 });
    await post(headers);
    await row('#2').getByText('Duplicate').waitFor({ timeout: 1_500 });
    await post({ 'x-hub-signature-256': 'sha256=00' }, new Uint8Array([0xff, 0, 0x41]));
    await row('#3').getByText('Failed').waitFor({ timeout: 1_500 });

    await row('#1').getByRole('button').click();
    await expect
      .poll(() => dialog().locator('[data-slot=payload]').innerText())
      .toBe('{\n  "number": 12345678901234567890,\n  "twice": 1,\n  "twice": []\n}');
    expect(await dialog().innerText()).toContain(eventId);
    await press('Acknowledge');
    await dialog().getByText('Acknowledged just now').waitFor();
    await page.keyboard.press('Escape');
    await row('#3').getByRole('button').click();
    await dialog().getByText('000000  ff 00 41').waitFor();
    await page.keyboard.press('Escape');
    await main().getByLabel('Choose all 2 that wait here').check();
    await main().getByRole('button', { name: 'Acknowledge 2' }).click();
    await main().getByRole('button', { name: 'To be dealt with' }).click();
    await main().getByText('No such deliveries').waitFor();
  });

  it('shows an alert that fires as a key spends, and which decision it was', async () => {
    const { page } = visitor;
    await page.goto(`/w/${place.slug}/alerts?create=true`);
    await dialog().getByLabel('Name').fill('Top up');
    await dialog().getByLabel('Below so many credits').fill('90');
    await press('Create alert');
    await row('What can be spent falls below 90 credits').getByText('Armed').waitFor();
    await spend(stage.server, secret, '7.5');
    await row('Top up').getByText('Firing').waitFor();
    expect(await row('Top up').getByText('Armed').count()).toBe(0);
    await row('Top up').getByRole('button').first().click();
    await dialog().getByText('It was 88 credits, with a threshold of 90 credits, by decision 3.').waitFor();
    await press('Test it');
    await dialog().getByText('Test', { exact: true }).waitFor();
  });

  it('has no serious fault of accessibility where all of it is shown, and fits 360 px', async () => {
    const { page } = visitor;
    const found: string[] = [];
    for (const path of await fullPages()) {
      found.push(...(await faultsOf(visitor, path)));
      await page.setViewportSize({ width: 360, height: 740 });
      const excess = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      if (Number(excess) > 0) found.push(`${path} is too wide by ${String(excess)}`);
      await page.setViewportSize({ width: 1_280, height: 860 });
    }
    expect(found).toEqual([]);
  });

  it('does it all without an error in the console', () => {
    expect(stage.complaints).toEqual([]);
  });

  /** Where each list, each page of one thing and each drawer is open. */
  async function fullPages(): Promise<string[]> {
    const { page } = visitor;
    const alert = page.url();
    const open = async (path: string, button: string | RegExp): Promise<string> => {
      await page.goto(path);
      await row(button).getByRole('button').first().click();
      await page.waitForURL((url) => url.href !== new URL(path, url.origin).href);
      return page.url();
    };
    const endpoint = await open(`/w/${place.slug}/webhooks`, 'Our billing');
    const inbox = await open(`/w/${place.slug}/inboxes`, 'github-main');
    return [endpoint, await open(endpoint, 'usage.recorded'), inbox, await open(inbox, '#3'), alert];
  }
});
