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

test('a bench that does not exist is answered with those that do', () => {
  const args = ['--conditions=source', '--import', 'tsx', 'bench/main.ts', 'nothing'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('debit | http');
});
