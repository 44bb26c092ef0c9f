import { Client } from 'pg';

type Query = (this: Client, ...args: unknown[]) => unknown;

/** Counts what every connection of this process asks the database, its server's among them. */
export function countStatements(): { count: () => number; stop: () => void } {
  const prototype = Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  let count = 0;
  prototype.query = function counted(...args) {
    count++;
    return query.apply(this, args);
  };
  return {
    count: () => count,
    stop: () => {
      prototype.query = query;
    },
  };
}
