import { query } from '../world/scratch-database.ts';

/** Sets what time it is, for the database and for this process; null: what it really is. */
export type SetClock = (at: Date | null) => Promise<void>;

/**
 * Puts a clock of ours before those that the server asks, so that a past can be lived through by the public API: decisions
 * take their time from the database's clock, everything else from `Date`. To be called before the server starts.
 */
export async function openPast(databaseUrl: string): Promise<SetClock> {
  await query(
    databaseUrl,
    `CREATE TABLE shifted_clock (shift interval NOT NULL);
     INSERT INTO shifted_clock VALUES ('0');
     CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
       AS 'SELECT pg_catalog.clock_timestamp() + shift FROM public.shifted_clock';
     CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql STABLE
       AS 'SELECT pg_catalog.now() + shift FROM public.shifted_clock';
     ALTER DATABASE ${new URL(databaseUrl).pathname.slice(1)} SET search_path = public, pg_catalog`,
  );
  const RealDate = Date;
  // Kept as it is now: whoever sets the clock of `Date` and puts it back puts ours there.
  const realNow = RealDate.now;
  let shiftMs = 0;
  const moment = (): number => realNow() + shiftMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: []) => (given.length === 0 ? new target(moment()) : new target(...given)),
    get: (target, name, receiver) => (name === 'now' ? moment : (Reflect.get(target, name, receiver) as unknown)),
  });
  return async (at) => {
    shiftMs = at === null ? 0 : at.getTime() - realNow();
    await query(databaseUrl, `UPDATE shifted_clock SET shift = make_interval(secs => ${shiftMs / 1_000})`);
  };
}
