import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diffModels } from '#adapters/migrations/engine';
import { readModels } from '../../prisma/models.ts';
import { compareLines, listModelled } from './catalog.ts';
import { makeFrom, makeMigrated, readAfter } from './databases.ts';
import type { OpenDatabase } from './databases.ts';

let migrated: OpenDatabase;
let modelled: OpenDatabase;

beforeAll(async () => {
  migrated = await makeMigrated();
  modelled = await makeFrom(await diffModels([], await readModels()));
});

afterAll(async () => {
  await migrated.drop();
  await modelled.drop();
});

it('migrations end where the models stand', async () => {
  const [fromMigrations, fromModels] = [await listModelled(migrated.client), await listModelled(modelled.client)];
  expect(fromModels.length).toBeGreaterThan(150);
  expect(
    compareLines(fromMigrations, fromModels),
    'Models (+) and migrations (-) differ: npm run db:migration -- <name> writes the missing step',
  ).toEqual([]);
});

describe('drift is seen in', () => {
  it.each([
    ['a table', 'CREATE TABLE planted (id int)', ['+ table planted', '+ column planted.id integer']],
    ['a column', 'ALTER TABLE workspace ADD planted text', ['+ column workspace.planted text']],
    [
      'a type',
      'ALTER TABLE workspace ALTER name TYPE varchar(9)',
      ['- column workspace.name text not null', '+ column workspace.name character varying(9) not null'],
    ],
    [
      'a default',
      'ALTER TABLE balance ALTER held SET DEFAULT 1',
      ['- column balance.held bigint not null default 0', '+ column balance.held bigint not null default 1'],
    ],
    [
      'nullability',
      'ALTER TABLE workspace ALTER name DROP NOT NULL',
      ['- column workspace.name text not null', '+ column workspace.name text'],
    ],
    [
      'an index',
      'DROP INDEX member_user_id_idx',
      ['- index CREATE INDEX member_user_id_idx ON public.member USING btree (user_id)'],
    ],
    [
      'uniqueness',
      'DROP INDEX workspace_slug_key; CREATE INDEX workspace_slug_key ON workspace (slug)',
      [
        '- index CREATE UNIQUE INDEX workspace_slug_key ON public.workspace USING btree (slug)',
        '+ index CREATE INDEX workspace_slug_key ON public.workspace USING btree (slug)',
      ],
    ],
    [
      'a primary key',
      'ALTER TABLE event_head DROP CONSTRAINT event_head_pkey',
      ['- index CREATE UNIQUE INDEX event_head_pkey ON public.event_head USING btree (workspace_id) (primary key)'],
    ],
    [
      'a foreign key',
      'ALTER TABLE balance DROP CONSTRAINT balance_workspace_id_fkey',
      [
        '- foreign key balance.balance_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON UPDATE CASCADE ON DELETE CASCADE',
      ],
    ],
    [
      'an enum',
      `ALTER TYPE environment ADD VALUE 'PLANTED'`,
      ['- enum environment: LIVE, TEST', '+ enum environment: LIVE, PLANTED, TEST'],
    ],
  ])('%s', async (_, planted, seen) => {
    const before = await listModelled(modelled.client);
    expect(compareLines(before, await readAfter(modelled, planted, listModelled))).toEqual(seen);
  });
});
