import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const here = fileURLToPath(new URL('../..', import.meta.url));
const planted = '\nmodel Planted {\n  id Int @id\n  name String?\n  @@map("planted")\n}\n';

let copy: string;

// The command compares with git's HEAD, so it is judged in a repository where the tests may commit.
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'commonpurse-models-'));
  for (const path of ['package.json', 'prisma', 'src/adapters/migrations']) {
    await cp(join(here, path), join(copy, path), { recursive: true });
  }
  await symlink(join(here, 'node_modules'), join(copy, 'node_modules'));
  git('init', '--quiet');
  commit();
});
afterAll(() => rm(copy, { recursive: true }));

beforeEach(() => {
  git('checkout', '--quiet', '--', 'prisma');
  git('clean', '--quiet', '--force', '-d', '--', 'prisma');
});

describe('npm run db:migration', () => {
  it('writes the step from the committed models to those in the working tree', async () => {
    await changeModels();
    const { stdout, status } = migration('add_planted');
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^Wrote prisma\/migrations\/\d{14}_add_planted\/migration\.sql\n$/),
    ]);
    const sql = await readFile(join(copy, stdout.replace('Wrote ', '').trim()), 'utf8');
    expect(sql.replaceAll(/\s+/g, ' ')).toBe(
      '-- CreateTable CREATE TABLE "planted" ( "id" INTEGER NOT NULL, "name" TEXT, CONSTRAINT "planted_pkey" PRIMARY KEY ("id") ); ',
    );
  });

  it('says so and writes nothing when the models have not changed', async () => {
    const before = await readdir(join(copy, 'prisma/migrations'));
    const { stdout, status } = migration('nothing_new');
    expect([status, stdout]).toEqual([0, expect.stringContaining('there is no migration to write')]);
    expect(await readdir(join(copy, 'prisma/migrations'))).toEqual(before);
  });

  it('writes an empty file on demand, and no second migration before the first is committed', async () => {
    expect(migration('a_trigger', '--empty').status).toBe(0);
    await changeModels();
    expect(migration('add_planted')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/_a_trigger is not committed yet/),
    });
    commit();
  });

  it.each([['Add-Planted'], ['../up'], ['x'.repeat(61)]])('refuses the name %s', (name) => {
    expect(migration(name)).toMatchObject({ status: 1, stderr: expect.stringContaining('lower-case words') });
  });

  it('shows where a model is wrong, without a stack', async () => {
    await changeModels('\nmodel Broken {\n  id Nothing @id\n}\n');
    const { status, stderr } = migration('broken');
    expect([status, stderr]).toEqual([1, expect.stringContaining('Type "Nothing" is neither')]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

const changeModels = (text = planted): Promise<void> => appendFile(join(copy, 'prisma/schema/plans.prisma'), text);

const migration = (...args: string[]) =>
  run(process.execPath, '--conditions=source', '--import', 'tsx', 'prisma/migration.ts', ...args);

const git = (...args: string[]) => run('git', '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args);

function commit(): void {
  git('add', 'prisma');
  git('commit', '--quiet', '--message', 'Change');
}

// Inside a git hook, GIT_DIR would lead these commands out of the copy.
const run = (command: string, ...args: string[]) =>
  spawnSync(command, args, { cwd: copy, encoding: 'utf8', env: { PATH: process.env['PATH'] } });
