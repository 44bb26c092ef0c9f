import type { Db } from '#core/db';

/** A database that notes how long each raw statement takes through Prisma, from the call to its answer. */
export function clockStatements(db: Db): { db: Db; timesMs: number[] } {
  const timesMs: number[] = [];
  const clocked = async (...args: Parameters<Db['$queryRaw']>): Promise<unknown> => {
    const from = performance.now();
    const rows: unknown = await db.$queryRaw(...args);
    timesMs.push(performance.now() - from);
    return rows;
  };
  const proxy = new Proxy(db, {
    get: (target, name): unknown => (name === '$queryRaw' ? clocked : Reflect.get(target, name)),
  });
  return { db: proxy, timesMs };
}
