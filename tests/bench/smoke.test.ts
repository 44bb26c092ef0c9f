import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

// Figures depend on the machine and its neighbours: what holds everywhere is that the bench runs and how it reports.
test('a quick run of the debit bench ends with one JSON object of the agreed shape', { timeout: 120_000 }, () => {
  const args = ['--conditions=source', '--import', 'tsx', 'bench/main.ts', 'debit', '--quick', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, Record<string, unknown>>;
  expect(Object.keys(report)).toEqual(['bench', 'machine', 'ratios', 'figures', 'facts', 'bars']);
  expect(report['figures']).toMatchObject({ 'product, 64 callers': { perSecond: expect.any(Number) } });
  expect(report['bars']).toContainEqual({
    name: expect.any(String),
    bar: expect.any(Number),
    figure: expect.any(Number),
    met: expect.any(Boolean),
  });
});

test(
  'a quick run of the live bench measures each of its parts beside what it is compared with',
  { timeout: 120_000 },
  () => {
    const args = ['--conditions=source', '--import', 'tsx', 'bench/main.ts', 'live', '--quick', '--json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, Record<string, unknown>>;
    const cpu = { cpuMicros: expect.any(Number) };
    expect(report['figures']).toMatchObject({
      'one event to all, product': cpu,
      'one event to all, yoga + graphql-ws': cpu,
      'commit to client, one node': { p99Ms: expect.any(Number) },
      'commit to client, the other node': { p99Ms: expect.any(Number) },
      'a debit that nobody follows': cpu,
      'a debit with followers': cpu,
      'all back and caught up, product': cpu,
    });
    // Ten workspaces, one lookup and one row each at most, whatever the sockets.
    const facts = report['facts'] as Record<string, number>;
    expect(facts['SQL statements of a storm, many sockets a workspace']).toBeLessThan(150);
    expect(facts['balance states left out, percent']).toBeLessThan(50);
  },
);

test('a quick run of the webhooks bench measures delay, speed and what a debit costs', { timeout: 120_000 }, () => {
  const args = ['--conditions=source', '--import', 'tsx', 'bench/main.ts', 'webhooks', '--quick', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, Record<string, unknown>>;
  expect(report['figures']).toMatchObject({
    'commit to first byte, idle': { p99Ms: expect.any(Number) },
    'commit to first byte, beside endpoints that hang': { p99Ms: expect.any(Number) },
    'deliveries of a backlog': { perSecond: expect.any(Number) },
    'a debit that is announced': { cpuMicros: expect.any(Number) },
  });
});

test('a bench that does not exist is answered with those that do', () => {
  const args = ['--conditions=source', '--import', 'tsx', 'bench/main.ts', 'nothing'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('debit | http');
});

test('a quick run of the usage bench makes its entries, reads pages, sums and an export', { timeout: 240_000 }, () => {
  const args = ['--conditions=source', '--import', 'tsx', 'bench/main.ts', 'usage', '--quick', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, Record<string, unknown>>;
  const times = { p50Ms: expect.any(Number), p99Ms: expect.any(Number) };
  expect(report['figures']).toEqual({
    'page of 100 at any depth, 20000': expect.objectContaining(times),
    'page of 100 of one key, at any depth, 20000': expect.objectContaining(times),
    '90 days by key, UTC, 20000': expect.objectContaining(times),
    '90 days by key, Kathmandu, 20000': expect.objectContaining(times),
  });
  const facts = report['facts'] as Record<string, number>;
  expect(facts['export, rows a second, 20000']).toBeGreaterThan(100);
});
