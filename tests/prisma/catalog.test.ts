import { readFile, writeFile } from 'node:fs/promises';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareLines, listUnmodelled } from './catalog.ts';
import { makeMigrated, readAfter } from './databases.ts';
import type { OpenDatabase } from './databases.ts';

const goldenFile = new URL('catalog.golden.txt', import.meta.url);

let migrated: OpenDatabase;
beforeAll(async () => {
  migrated = await makeMigrated();
});
afterAll(() => migrated.drop());

it('what the models cannot say is as the golden listing has it', async () => {
  const listing = await printListing(migrated.client);
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(goldenFile, listing);
  expect(
    listing,
    'If the change is meant: UPDATE_GOLDEN=1 npx vitest run --config tests/vitest.config.ts tests/prisma, then read what changed',
  ).toBe(await readFile(goldenFile, 'utf8'));
});

it('partitions of later months change nothing in it', async () => {
  expect(await readAfter(migrated, 'SELECT create_ledger_partitions(30)', printListing)).toBe(
    await printListing(migrated.client),
  );
});

describe('a change is seen in', () => {
  it.each([
    [
      'a check',
      'ALTER TABLE balance DROP CONSTRAINT balance_conserves_credits',
      /^- balance: CONSTRAINT balance_conserves/,
    ],
    ['a trigger', 'DROP TRIGGER event_append_only ON event', /^- CREATE TRIGGER event_append_only /],
    [
      'a function',
      'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
      /^- CREATE OR REPLACE FUNCTION public.refuse_change/,
    ],
    ['storage', 'ALTER TABLE balance RESET (fillfactor)', /^- balance stores with fillfactor/],
    ['a partial index', 'DROP INDEX credit_grant_open', /^- CREATE INDEX credit_grant_open .* WHERE/],
    [
      'a default partition',
      'CREATE TABLE rest PARTITION OF ledger_entry DEFAULT',
      /^\+ rest is a partition of ledger_entry/,
    ],
    ['a view', 'CREATE VIEW planted AS SELECT 1', /^\+ CREATE VIEW planted AS/],
  ])('%s', async (_, planted, seen) => {
    const before = await listUnmodelled(migrated.client);
    const [difference] = compareLines(before, await readAfter(migrated, planted, listUnmodelled));
    expect(difference).toMatch(seen);
  });
});

const printListing = async (client: Client): Promise<string> => `${(await listUnmodelled(client)).join('\n\n')}\n`;
