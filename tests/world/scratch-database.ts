import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's address of the maintenance database. */
    adminUrl: string;
  }
}

export type ScratchDatabase = { url: string; drop: () => Promise<void> };

/** A database of its own, empty or like a template; `drop` ends whatever is still connected to it. */
export async function makeScratchDatabase(template?: string): Promise<ScratchDatabase> {
  const adminUrl = inject('adminUrl');
  const name = `scratch_${randomBytes(6).toString('hex')}`;
  await query(adminUrl, `CREATE DATABASE ${name} ${template ? `TEMPLATE ${template}` : ''}`);
  const url = new URL(adminUrl);
  url.pathname = name;
  return {
    url: url.href,
    drop: async () => {
      await query(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Runs SQL on a connection of its own; several statements answer with the rows of the last. */
export async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result: unknown = await client.query(sql);
    const last = (Array.isArray(result) ? result.at(-1) : result) as { rows: Row[] };
    return last.rows;
  } finally {
    await client.end();
  }
}
