import { Client } from 'pg';
import { applyMigrations } from '#adapters/migrations';
import { makeScratchDatabase } from '../world/scratch-database.ts';

export type OpenDatabase = { client: Client; drop: () => Promise<void> };

/** A database as the migrations of this package leave it. */
export async function makeMigrated(): Promise<OpenDatabase> {
  const { url, drop } = await makeScratchDatabase();
  const silent = { info: () => {}, warn: () => {} };
  await applyMigrations({ url, log: silent });
  return open(url, drop);
}

/** A database made by one script. */
export async function makeFrom(sql: string): Promise<OpenDatabase> {
  const { url, drop } = await makeScratchDatabase();
  const database = await open(url, drop);
  await database.client.query(sql);
  return database;
}

/** What `read` sees after `sql`, of which nothing stays. */
export async function readAfter<T>(
  { client }: OpenDatabase,
  sql: string,
  read: (client: Client) => Promise<T>,
): Promise<T> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    return await read(client);
  } finally {
    await client.query('ROLLBACK');
  }
}

async function open(url: string, drop: () => Promise<void>): Promise<OpenDatabase> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    client,
    drop: async () => {
      await client.end();
      await drop();
    },
  };
}
