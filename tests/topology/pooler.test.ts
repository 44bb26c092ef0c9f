import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { freePort } from '../world/redis.ts';
import { makeScratchDatabase, query, type ScratchDatabase } from '../world/scratch-database.ts';
import { makeRelease } from './release.ts';
import { launch, openTopology } from './topology.ts';

/** Who signs in with it came through the pooler. */
const pooled = `pooled_${randomBytes(4).toString('hex')}`;

let folder: string;
let database: ScratchDatabase;
let pooledUrl: string;
beforeAll(async () => {
  folder = makeRelease(mkdtempSync(join(tmpdir(), 'commonpurse-release-')));
  database = await makeScratchDatabase(inject('templateName'));
  await query(database.url, `CREATE ROLE ${pooled} LOGIN SUPERUSER PASSWORD 'pooled'`);
  const url = new URL(database.url);
  url.username = pooled;
  url.password = 'pooled';
  pooledUrl = url.href;
}, 120_000);
afterAll(async () => {
  await database.drop();
  await query(inject('adminUrl'), `DROP ROLE ${pooled}`);
  rmSync(folder, { recursive: true, force: true });
});

test('what needs a session of its own goes past the pooler, and all else through it', async () => {
  const topology = await openTopology({ env: { DATABASE_URL: pooledUrl, DATABASE_DIRECT_URL: database.url } });
  onTestFinished(topology.close);
  await topology.start(folder);
  const rows = await query<{ name: string; isPooled: boolean }>(
    database.url,
    `SELECT DISTINCT application_name AS name, usename = '${pooled}' AS "isPooled" FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  const names = (isPooled: boolean) => rows.filter((row) => row.isPooled === isPooled).map(({ name }) => name);
  expect(names(true)).toEqual(['commonpurse']);
  expect(names(false)).toContain('commonpurse bus');
  expect(names(false)).not.toContain('commonpurse');
});

test('a direct address where nothing answers ends the start with words that name its variable', async () => {
  const port = await freePort();
  const topology = await openTopology({
    env: { DATABASE_URL: pooledUrl, DATABASE_DIRECT_URL: `postgresql://someone:hidden@127.0.0.1:${port}/x` },
  });
  onTestFinished(topology.close);
  const node = launch(folder, { ...topology.env, PORT: '0' });
  expect(await node.ended).toBe(1);
  expect(node.output()).toContain(`127.0.0.1:${port}/x`);
  expect(node.output()).toContain('correct DATABASE_DIRECT_URL');
  expect(node.output()).not.toContain('hidden');
});
