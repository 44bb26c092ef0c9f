import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { chromiumPath } from '../dashboard/browser.ts';

const TIMES = { timeout: 240_000 };

type Report = Record<'figures' | 'facts' | 'bars', Record<string, unknown>>;

const bench = (...args: string[]) =>
  spawnSync(process.execPath, ['--conditions=source', '--import', 'tsx', 'bench/main.ts', ...args], {
    encoding: 'utf8',
  });

/** Figures depend on the machine and its neighbours: what holds everywhere is that a bench runs and how it reports. */
function quickRun(name: string): Report {
  const { status, stdout, stderr } = bench(name, '--quick', '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
}

test('a quick run of the debit bench ends with one JSON object of the agreed shape', TIMES, () => {
  const report = quickRun('debit');
  expect(Object.keys(report)).toEqual(['bench', 'machine', 'ratios', 'figures', 'facts', 'bars']);
  expect(report.figures).toMatchObject({ 'product, 64 callers': { perSecond: expect.any(Number) } });
  expect(report.bars).toContainEqual({
    name: expect.any(String),
    bar: expect.any(Number),
    figure: expect.any(Number),
    met: expect.any(Boolean),
  });
});

test('a quick run of the live bench measures each of its parts beside what it is compared with', TIMES, () => {
  const { figures, facts } = quickRun('live');
  const cpu = { cpuMicros: expect.any(Number) };
  expect(figures).toMatchObject({
    'one event to all, product': cpu,
    'one event to all, yoga + graphql-ws': cpu,
    'commit to client, one node': { p99Ms: expect.any(Number) },
    'commit to client, the other node': { p99Ms: expect.any(Number) },
    'a debit that nobody follows': cpu,
    'a debit with followers': cpu,
    'all back and caught up, product': cpu,
  });
  // Ten workspaces, one lookup and one row each at most, whatever the sockets.
  expect(facts['SQL statements of a storm, many sockets a workspace']).toBeLessThan(150);
  expect(facts['balance states left out, percent']).toBeLessThan(50);
});

test('a quick run of the webhooks bench measures delay, speed and what a debit costs', TIMES, () => {
  expect(quickRun('webhooks').figures).toMatchObject({
    'commit to first byte, idle': { p99Ms: expect.any(Number) },
    'commit to first byte, beside endpoints that hang': { p99Ms: expect.any(Number) },
    'deliveries of a backlog': { perSecond: expect.any(Number) },
    'a debit that is announced': { cpuMicros: expect.any(Number) },
  });
});

test('a quick run of the usage bench makes its entries, reads pages, sums and an export', TIMES, () => {
  const { figures, facts } = quickRun('usage');
  const times = { p50Ms: expect.any(Number), p99Ms: expect.any(Number) };
  expect(figures).toEqual({
    'page of 100 at any depth, 20000': expect.objectContaining(times),
    'page of 100 of one key, at any depth, 20000': expect.objectContaining(times),
    '90 days by key, UTC, 20000': expect.objectContaining(times),
    '90 days by key, Kathmandu, 20000': expect.objectContaining(times),
  });
  expect(facts['export, rows a second, 20000']).toBeGreaterThan(100);
});

// Skipped: without a browser on PATH, which is said loudly as the tests start.
test.skipIf(chromiumPath === null)('a quick run of the dashboard bench loads a page and draws a call', TIMES, () => {
  const { figures, facts } = quickRun('dashboard');
  expect(figures).toMatchObject({ 'first load until usable, CPU throttled 4 times': { p50Ms: expect.any(Number) } });
  const all = facts['scripting of all the page for it, ms'] as number;
  expect(facts['scripting of the chart, 168 x 8 stacked, for a live update, ms']).toBeLessThan(all);
});

test('a bench that does not exist is answered with those that do', () => {
  const { status, stderr } = bench('nothing');
  expect(status).toBe(1);
  expect(stderr).toContain('debit | http');
});
