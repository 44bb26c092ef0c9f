import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { claimInstance, DataFolderInUse, readInstance } from '#adapters/embedded-postgres/instance';
import { boundLog } from '#adapters/embedded-postgres/log-file';
import { readProcessIdentity } from '#adapters/embedded-postgres/processes';

const folder = mkdtempSync(join(tmpdir(), 'commonpurse-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the claim on a data folder', () => {
  it('goes to exactly one of many that find a dead owner', async () => {
    writeFileSync(
      join(folder, 'instance.json'),
      JSON.stringify({ pid: 2 ** 22 + 1, identity: 'gone', role: 'server' }),
    );
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => claimInstance(folder, 'server')));
    const losers = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(losers).toHaveLength(19);
    expect(losers.every((loser) => loser instanceof DataFolderInUse)).toBe(true);
    expect(readInstance(folder)?.pid).toBe(process.pid);
  });

  it('ends with its process, even one that nobody has reaped', async () => {
    // The shell becomes `sleep`, which never waits for the child that it inherited.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    expect(readProcessIdentity(pid)).toBeDefined();
    await vi.waitFor(() => expect(readProcessIdentity(pid)).toBeUndefined());
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill();
  });
});

it('a log above its bound becomes the one older copy', async () => {
  const path = join(folder, 'postgres.log');
  writeFileSync(path, Buffer.alloc(10_000_001, 'x'));
  await boundLog(path);
  expect(statSync(path).size).toBe(0);
  expect(statSync(`${path}.1`).size).toBe(10_000_001);
});
