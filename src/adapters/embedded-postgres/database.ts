import { Client } from 'pg';
import type { DatabaseError } from 'pg';
import { databaseName, urlOf } from './cluster.ts';

/** Connects once, which proves that this is our PostgreSQL (it knows the password), and makes the database if missing. */
export async function ensureDatabase(password: string, port: number): Promise<void> {
  if (await hasDatabase(password, port)) return;
  // Also a cluster whose first start was killed between initdb and here comes this way.
  await query(urlOf(password, port, 'postgres'), `CREATE DATABASE ${databaseName}`);
}

export async function hasDatabase(password: string, port: number): Promise<boolean> {
  try {
    await query(urlOf(password, port, databaseName), 'SELECT 1');
    return true;
  } catch (error) {
    const invalidCatalogName = '3D000';
    if ((error as DatabaseError).code === invalidCatalogName) return false;
    throw error;
  }
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  // A connection that breaks while idle emits this; unheard, it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
