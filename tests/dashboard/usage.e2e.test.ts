import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../world/server.ts';
import { chromiumPath } from './browser.ts';
import { grant, openStage, signIn, type Stage, type Visitor } from './stage.ts';

interface Place {
  id: string;
  slug: string;
}

const RECORD = `mutation ($input: RecordUsageInput!) {
  recordUsage(input: $input) { ... on RecordUsagePayload { seq } ... on InsufficientCredits { seq } }
}`;

// Skipped: without a browser on PATH, which is said loudly as the tests start.
describe.skipIf(chromiumPath === null)('usage in a browser', { timeout: 60_000 }, () => {
  let stage: Stage;
  let grace: Person;
  let visitor: Visitor;
  let place: Place;
  let secret: string;
  beforeAll(async () => {
    stage = await openStage();
    grace = await stage.server.signUp();
    place = await placeOf(grace);
    await setPrice('enrich.company', '0.333333');
    visitor = await stage.enter();
    await signIn(visitor, stage, grace);
  }, 120_000);
  afterAll(() => stage?.close());

  const main = () => visitor.page.locator('main');
  const asGrace = (document: string, variables: object = {}) =>
    stage.server.request(document, {
      variables: { ...variables },
      headers: { cookie: grace.cookie, origin: stage.server.url },
    });

  async function placeOf(person: Person): Promise<Place> {
    const headers = { cookie: person.cookie, origin: stage.server.url };
    const { data } = await stage.server.request('{ viewer { workspaces { id slug } } }', { headers });
    return data.viewer.workspaces[0] as Place;
  }

  async function setPrice(name: string, price: string): Promise<void> {
    const document = 'mutation ($input: SetOperationInput!) { setOperation(input: $input) { __typename } }';
    const { data } = await stage.server.request(document, {
      variables: { input: { name, price, description: 'Everything public about one company.' } },
      token: stage.server.operator.token,
    });
    expect(data.setOperation.__typename).toBe('SetOperationPayload');
  }

  /** As an integrator's program does; gives the number of the decision. */
  async function record(input: object): Promise<string> {
    const { data } = await stage.server.request(RECORD, {
      variables: { input: { idempotencyKey: randomUUID(), ...input } },
      token: secret,
    });
    return data.recordUsage.seq as string;
  }

  it('waits for the first request on the overview, and ticks it off as it comes, within a second', async () => {
    const { page } = visitor;
    await page.goto(`/w/${place.slug}/overview`);
    await main().locator('[data-step=key][data-done=false]').waitFor();
    const document = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret } } }`;
    const input = { workspaceId: place.id, name: 'Production Server', idempotencyKey: randomUUID() };
    const { data } = await asGrace(document, { input });
    secret = data.createApiKey.secret as string;
    await grant(stage.server, place.id, '100');
    await page.reload();
    await main().getByText('Waiting for the first request').waitFor();
    await main().getByRole('tab', { name: 'Python' }).click();
    await main().getByText('import json').waitFor();
    await main().getByText('Calls appear here').waitFor();
    await record({ operation: 'enrich.company', latencyMs: 840 });
    await main().locator('[data-step=request][data-done=true]').waitFor({ timeout: 1_000 });
    await main().locator('[data-slot=recent-calls]').getByText('enrich.company').waitFor({ timeout: 1_000 });
    expect(await main().locator('[data-step=request]').innerText()).toContain('0.333333 credits, 840 ms');
  });

  it('puts each call on top of the open list within a second, and of a filtered one only what it is about', async () => {
    const { page } = visitor;
    await page.goto(`/w/${place.slug}/calls?operation=enrich.company`);
    const table = main().getByRole('table', { name: 'Calls' });
    await table.getByText('enrich.company').waitFor();
    await record({ credits: '7', tag: 'nightly' });
    await record({ operation: 'enrich.company', tag: 'nightly', units: '2.5' });
    await table.getByText('× 2.5').waitFor({ timeout: 1_000 });
    expect(await table.locator('tbody tr').count()).toBe(2);
    await page.getByRole('button', { name: 'Take off: Operation enrich.company' }).click();
    await expect.poll(() => table.locator('tbody tr').count(), { timeout: 8_000 }).toBe(3);
  });

  it('explains the price of a call, in a link that can be shared', async () => {
    const { page } = visitor;
    const seq = await record({ operation: 'enrich.company', units: '2.5' });
    await page.goto(`/w/${place.slug}/calls?entry=${seq}`);
    const drawer = page.getByRole('dialog');
    await drawer.getByText('2.5 units at').waitFor();
    const text = await drawer.innerText();
    // 0.333333 x 2.5 = 0.8333325, half up to six places.
    expect(text).toContain('0.8333325');
    expect(text).toContain('0.833333');
    expect(text).toMatch(/Purchase[^]*0\.833333/);
    await page.keyboard.press('Escape');
    await expect.poll(() => new URL(page.url()).search, { timeout: 8_000 }).toBe('');
    await page.goto(`/w/${place.slug}/ledger?entry=999999`);
    await page.getByText('There is no decision of this number').waitFor();
  });

  it('sums usage up to what the calls come to, and follows what comes', async () => {
    const { page } = visitor;
    await page.goto(`/w/${place.slug}/usage`);
    const charged = () => main().locator('[data-figure=Charged] [data-value]').getAttribute('data-value');
    await expect.poll(charged, { timeout: 8_000 }).toBe(await sumOfCalls());
    await record({ credits: '0.000001' });
    const sum = await sumOfCalls();
    await expect.poll(charged, { timeout: 4_000 }).toBe(sum);
    await page.getByRole('button', { name: 'Operation', exact: true }).click();
    await main().getByRole('table', { name: 'Usage by operation' }).getByText('Without an operation').waitFor();
  });

  it('keeps what is shown in the address: a reload and another person see the same', async () => {
    const { page } = visitor;
    await page.goto(`/w/${place.slug}/usage?range=30d&by=tag&measure=calls&shape=lines&compare=on`);
    const chosen = () =>
      main()
        .locator('[role=group] button[aria-pressed=true]')
        .evaluateAll((all) => all.map((button) => button.textContent));
    const expected = ['30d', 'Tag', 'Calls', 'Lines'];
    await expect.poll(chosen, { timeout: 8_000 }).toEqual(expected);
    await main().getByRole('table', { name: 'Usage by tag' }).getByText('nightly').click();
    await expect.poll(() => page.url(), { timeout: 8_000 }).toContain('tag=nightly');
    const before = page.url();
    await page.reload();
    await page.getByRole('button', { name: 'Take off: Tag nightly' }).waitFor();
    expect(page.url()).toBe(before);
  });

  it('can be read without seeing the chart: bucket by bucket, and as a table', async () => {
    const { page } = visitor;
    await page.goto(`/w/${place.slug}/usage`);
    const chart = main().getByRole('group', { name: /^Credits by API key/ });
    await chart.locator('canvas').waitFor();
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await main()
      .getByText(/so far: [\d.]+ credits/)
      .waitFor();
    await page.getByRole('button', { name: 'As a table' }).click();
    const rows = main().locator('[data-slot=chart-table] tbody tr');
    expect(await rows.count()).toBe(168);
    expect(await rows.last().locator('td').last().innerText()).toBe(await sumOfCalls());
  });

  it('shows nothing of one workspace in another', async () => {
    const { page } = visitor;
    const document = `mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { ... on CreateWorkspacePayload { workspace { slug } } } }`;
    const input = { name: 'Client Northwind', idempotencyKey: randomUUID() };
    const { data } = await asGrace(document, { input });
    const { slug } = data.createWorkspace.workspace as Place;
    await page.goto(`/w/${place.slug}/calls`);
    await main().getByText('enrich.company').first().waitFor();
    await page.keyboard.press('Control+Shift+O');
    await page.getByPlaceholder('Find a workspace').fill('Northwind');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/w/${slug}/calls`);
    await main().getByText('No calls yet').waitFor();
    for (const path of ['overview', 'usage', 'ledger', 'billing', 'audit-log']) {
      await page.goto(`/w/${slug}/${path}`);
      await main().locator('h1').waitFor();
      await page.waitForLoadState('networkidle');
      expect(await main().innerText()).not.toMatch(/enrich\.company|Production Server/);
    }
  });

  it('does it all without an error in the console', () => {
    expect(stage.complaints).toEqual([]);
  });

  /** What the API says that all calls were charged, added up without a float. */
  async function sumOfCalls(): Promise<string> {
    const document = 'query ($id: ID!) { workspace(id: $id) { usage(first: 100) { edges { node { credits } } } } }';
    const { data } = await asGrace(document, { id: place.id });
    const edges: { node: { credits: string } }[] = data.workspace.usage.edges;
    const micro = edges.reduce((sum, { node }) => sum + BigInt(Math.round(Number(node.credits) * 1_000_000)), 0n);
    return `${micro / 1_000_000n}.${String(micro % 1_000_000n).padStart(6, '0')}`.replace(/\.?0+$/, '');
  }
});
