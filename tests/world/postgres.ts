import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres.ts';
import { applyMigrations } from '../../src/adapters/migrations.ts';
import { removeData } from './data-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The database that every test file's own is cloned from. */
    templateName: string;
  }
}

// Relative imports, unlike elsewhere: vitest loads this file without the condition that makes #adapters mean src.
// Tests need the server's answers, not its durability; what proves durability starts a server of its own.
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** One PostgreSQL for the whole run, ours or the one TEST_DATABASE_URL names, with one migrated template. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const dataDir = given ? null : await mkdtemp(join(tmpdir(), 'commonpurse-test-'));
  const embedded = dataDir ? await startEmbeddedPostgres({ dataDir, log: () => {}, settings: QUICK }) : null;
  const adminUrl = maintenanceUrl(given ?? embedded?.url ?? '');
  const templateName = `template_${process.pid}`;
  await administer(adminUrl, `CREATE DATABASE ${templateName}`);
  const url = new URL(adminUrl);
  url.pathname = templateName;
  await applyMigrations({ url: url.href, log: { info: () => {}, warn: () => {} } });
  project.provide('adminUrl', adminUrl);
  project.provide('templateName', templateName);
  return async () => {
    await administer(adminUrl, `DROP DATABASE ${templateName} WITH (FORCE)`);
    await embedded?.stop();
    if (dataDir) await removeData(dataDir);
  };
}

function maintenanceUrl(url: string): string {
  const address = new URL(url);
  address.pathname = 'postgres';
  return address.href;
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
