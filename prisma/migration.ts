import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { diffModels } from '#adapters/migrations/engine';
import { listUncommitted, readCommittedModels, readModels } from './models.ts';

const usage = `Writes a migration: the SQL that leads from the committed models to those in the working tree. Needs no database.

  npm run db:migration -- <name>                  lower-case words joined by underscores, as in add_key_limits
  npm run db:migration -- <name> --empty          an empty file, for functions, triggers and whatever else Prisma cannot say
  npm run db:migration -- <name> --from <commit>  start from an older commit, when models were committed without a migration
  npm run db:migration -- --print-initial         print the SQL for a database made from nothing; writes no file

Read what it wrote before you commit it. Each file is applied as one transaction. What PostgreSQL refuses in one, such
as CREATE INDEX CONCURRENTLY, is the only statement of a file whose first line is "-- no-transaction".`;

const migrationsDir = fileURLToPath(new URL('migrations', import.meta.url));

/** What the person at the keyboard did wrong, without a stack. */
class Refusal extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      empty: { type: 'boolean', default: false },
      from: { type: 'string', default: 'HEAD' },
      'print-initial': { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(usage);
  else if (values['print-initial']) console.log(await diffModels([], await readModels()));
  else await writeMigration(nameOf(positionals), values);
}

async function writeMigration(name: string, { empty, from }: { empty: boolean; from: string }): Promise<void> {
  const folders = await listMigrations();
  await refuseUncommitted(folders);
  const sql = empty ? '' : await diffModels(await committedModels(from), await readModels());
  if (!empty && sql === '') {
    console.log(`The models are those of ${from}: there is no migration to write. Use --empty to write SQL by hand.`);
    return;
  }

  const folder = `${timestamp(new Date())}_${name}`;
  const last = folders.at(-1);
  if (last !== undefined && last >= folder) {
    throw new Refusal(`${last} is not older than ${folder}, so the order would break. Is this machine's clock right?`);
  }
  await mkdir(join(migrationsDir, folder), { recursive: true });
  await writeFile(join(migrationsDir, folder, 'migration.sql'), sql, { flag: 'wx' });
  console.log(`Wrote prisma/migrations/${folder}/migration.sql`);
}

function nameOf(positionals: readonly string[]): string {
  const [name, ...rest] = positionals;
  if (name === undefined) throw new Refusal(`A migration needs a name.\n\n${usage}`);
  if (rest.length > 0) throw new Refusal('A migration has one name: join its words with underscores.');
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) || name.length > 60) {
    throw new Refusal('A name is lower-case words joined by underscores, at most 60 characters: add_key_limits.');
  }
  return name;
}

const listMigrations = async (): Promise<string[]> =>
  (await readdir(migrationsDir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();

// The committed models know nothing of an uncommitted migration: what it holds would be written a second time.
async function refuseUncommitted(folders: readonly string[]): Promise<void> {
  const paths = await listUncommitted('prisma/migrations');
  const folder = folders.find((candidate) => paths.some((path) => path.includes(`/${candidate}/`)));
  if (folder === undefined) return;
  throw new Refusal(`${folder} is not committed yet. Commit it, or delete it and let one migration hold both changes.`);
}

async function committedModels(from: string): ReturnType<typeof readCommittedModels> {
  try {
    return await readCommittedModels(from);
  } catch {
    throw new Refusal(
      `git shows no models at "${from}". Name a commit that has prisma/schema, or use --print-initial.`,
    );
  }
}

/** 20260131235959, in UTC so that the order of two people's migrations is that of their writing. */
const timestamp = (date: Date): string => date.toISOString().replace(/\D/g, '').slice(0, 14);

try {
  await main();
} catch (error) {
  const isTheirs = error instanceof Refusal || (error instanceof Error && 'code' in error);
  console.error(isTheirs ? error.message.trim() : error);
  process.exitCode = 1;
}
