import { Client } from 'pg';

type Query = (this: Client, ...args: unknown[]) => unknown;

/** Counts the SQL statements that this process sends while `work` runs, whoever sends them. */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const { count, stop } = watchStatements();
  try {
    await work();
    return count();
  } finally {
    stop();
  }
}

/** Counts the SQL statements that this process sends from now on. */
export function watchStatements(): { count: () => number; stop: () => void } {
  const prototype = Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  let count = 0;
  prototype.query = function counted(...args) {
    count++;
    return query.apply(this, args);
  };
  return { count: () => count, stop: () => void (prototype.query = query) };
}
