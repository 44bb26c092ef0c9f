import { Agent } from 'node:http';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { chromiumPath, launchBrowser, waitUntilRead } from '../tests/dashboard/browser.ts';
import { type Ground, openGround, type Spender } from './ground.ts';
import { median } from './measure.ts';
import { atMost, type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';
import { recordUsage, type Server, startServer, stopServer } from './servers.ts';
import { makeEntries } from './usage-entries.ts';

const LOAD = 'first load until usable, CPU throttled 4 times';
const WHOLE_LOAD = 'first load until all of it is drawn';
const RELOAD = 'load with a warm cache until usable';
const WHOLE_RELOAD = 'load with a warm cache until all of it is drawn';
const UPDATE = 'scripting of the chart, 168 x 8 stacked, for a live update, ms';
const PAGE_UPDATE = 'scripting of all the page for it, ms';
const ENTRIES = 40_000;
/** Pages of usage are read again at most that often. */
const BETWEEN_UPDATES_MS = 2_500;
const UPDATES = 8;

/** What a visitor waits for and what a live page costs them, in the browser of the distribution over the built product. */
export async function benchDashboard({ rounds, seconds }: BenchOptions): Promise<Report> {
  if (chromiumPath === null) throw new Error('There is no chromium on PATH');
  const ground = await openGround();
  const figures = new Rounds();
  try {
    const machine = describeMachine(ground);
    const spender = await ground.makeSpender();
    await makeEntries(ground, [spender], ENTRIES);
    const server = await startServer('product', ground.databaseUrl);
    const browser = await launchBrowser();
    try {
      const stage: Stage = { browser, server, spender, ...(await visitorOf(ground, server, spender)) };
      for (let round = 0; round < rounds; round++) {
        await timeLoads(stage, figures);
        const scripting = await scriptingOfUpdates(stage, seconds < 1 ? 1 : UPDATES);
        figures.note(UPDATE, scripting.chart);
        figures.note(PAGE_UPDATE, scripting.page);
      }
    } finally {
      await browser.close();
      await stopServer(server);
    }
    const facts = figures.facts();
    return {
      bench: 'dashboard',
      machine,
      ratios: {},
      figures: figures.figures(),
      facts,
      bars: [
        atMost(`${LOAD}, ms`, 1_500, figures.figures()[LOAD]?.p50Ms ?? Number.NaN),
        atMost(UPDATE, 5, facts[UPDATE] ?? Number.NaN),
      ],
    };
  } finally {
    await ground.close();
  }
}

interface Stage {
  browser: Browser;
  server: Server;
  spender: Spender;
  slug: string;
  /** Of the session, as a browser keeps it. */
  cookies: { name: string; value: string; url: string }[];
}

/** Somebody who signed up, as an OWNER of the workspace in which the calls are. */
async function visitorOf(ground: Ground, { url }: Server, { workspaceId }: Spender) {
  const email = 'visitor@example.com';
  const response = await fetch(`${url}/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, name: 'Visitor', password: 'correct horse battery' }),
  });
  if (!response.ok) throw new Error(`Nobody could sign up: ${await response.text()}`);
  const { id } = await ground.db.user.findUniqueOrThrow({ where: { email } });
  const { slug, members } = await ground.db.workspace.findUniqueOrThrow({
    where: { id: workspaceId },
    include: { members: true },
  });
  await ground.db.member.update({ where: { id: members[0]?.id ?? '' }, data: { userId: id } });
  const cookies = response.headers.getSetCookie().map((cookie) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    return { name, value, url };
  });
  return { slug, cookies };
}

async function timeLoads(stage: Stage, figures: Rounds): Promise<void> {
  const { page, session, close } = await enter(stage);
  try {
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    for (const [usable, whole] of [
      [LOAD, WHOLE_LOAD],
      [RELOAD, WHOLE_RELOAD],
    ] as const) {
      const startedAt = performance.now();
      const note = (name: string): void => {
        const tookMs = performance.now() - startedAt;
        figures.add(name, { p50Ms: tookMs, p99Ms: tookMs, maxMs: tookMs });
      };
      await page.goto(`${stage.server.url}/w/${stage.slug}/overview`);
      // The balance is in sight, every page can be gone to, and this one has begun.
      await page.locator('[data-slot=balance][data-available]').first().waitFor();
      await page.locator('main h1').waitFor();
      note(usable);
      await waitUntilRead(page);
      note(whole);
    }
  } finally {
    await close();
  }
}

/**
 * What a call that comes in costs the page, in milliseconds: all that it computes, from the answer that is read and put in
 * the cache on, and of that what the chart takes to be drawn anew.
 */
async function scriptingOfUpdates(stage: Stage, updates: number): Promise<{ page: number; chart: number }> {
  const { page, session, close } = await enter(stage);
  try {
    await page.goto(`${stage.server.url}/w/${stage.slug}/usage?range=7d&bucket=hour&by=key`);
    await page.locator('[data-slot=chart] canvas').waitFor();
    // Of the page's own processor time: what others take meanwhile is not counted.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await session.send('Profiler.enable');
    await session.send('Profiler.setSamplingInterval', { interval: 100 });
    const costs: { page: number; chart: number }[] = [];
    for (let update = -1; update < updates; update++) {
      const before = await scriptingMs(session);
      await session.send('Profiler.start');
      const drawn = page.waitForResponse((response) => (response.request().postData() ?? '').includes('usageSummary'));
      await callOnce(stage);
      await drawn;
      await page.waitForTimeout(BETWEEN_UPDATES_MS);
      const profile = await stopProfiling(session);
      const cost = (await scriptingMs(session)) - before;
      // The first still compiles what it runs.
      if (update >= 0) costs.push({ page: cost, chart: cost * shareOfChart(profile) });
    }
    return { page: median(costs.map((cost) => cost.page)), chart: median(costs.map((cost) => cost.chart)) };
  } finally {
    await close();
  }
}

type Profile = Awaited<ReturnType<typeof stopProfiling>>;
const stopProfiling = async (session: CDPSession) => (await session.send('Profiler.stop')).profile;

/** Which part of what was computed was computed by the chart's own part of the program, or for it. */
function shareOfChart({ nodes, samples = [] }: Profile): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const isOfChart = (id: number | undefined): boolean =>
    id !== undefined && (/\/plot-[^/]*$/.test(byId.get(id)?.callFrame.url ?? '') || isOfChart(parents.get(id)));
  const busy = samples.filter((id) => !/^\((idle|program|root)\)$/.test(byId.get(id)?.callFrame.functionName ?? ''));
  return busy.filter(isOfChart).length / Math.max(busy.length, 1);
}

async function callOnce({ server, spender }: Stage): Promise<void> {
  const agent = new Agent();
  await recordUsage(server.url, { agent, secret: spender.secret });
  agent.destroy();
}

async function scriptingMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN);
}

async function enter({
  browser,
  cookies,
}: Stage): Promise<{ page: Page; session: CDPSession; close: () => Promise<void> }> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 860 } });
  await context.addCookies(cookies);
  const page = await context.newPage();
  return { page, session: await context.newCDPSession(page), close: () => context.close() };
}
