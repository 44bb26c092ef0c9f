import { inject } from 'vitest';
import { makeScratchDatabase, query } from './scratch-database.ts';
import { openWorld, type World } from './world.ts';

/** A world whose database can be told what time it is. */
export interface ClockedWorld extends World {
  /** From now on the database's clock goes on from that moment. */
  setClock(at: Date): Promise<void>;
}

/**
 * Opens a world in which `clock_timestamp()`, which every decision takes its time from, is ours: a function of that name
 * is found before PostgreSQL's own. Everything else, Node.js included, keeps the real time.
 */
export async function openClockedWorld(): Promise<ClockedWorld> {
  const database = await makeScratchDatabase(inject('templateName'));
  await query(
    database.url,
    `CREATE TABLE shifted_clock (shift interval NOT NULL);
     INSERT INTO shifted_clock VALUES ('0');
     CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
       AS 'SELECT pg_catalog.clock_timestamp() + shift FROM public.shifted_clock';
     ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET search_path = public, pg_catalog`,
  );
  const world = await openWorld(database);
  return {
    ...world,
    async setClock(at) {
      await world.db.$executeRaw`UPDATE shifted_clock SET shift = ${at}::timestamptz - pg_catalog.clock_timestamp()`;
    },
  };
}
