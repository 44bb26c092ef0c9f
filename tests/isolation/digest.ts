import type { TestServer } from '../world/server.ts';
import type { Tenant } from './tenants.ts';

/** A hash for each table of the rows that name a tenant, its members or its keys. */
export async function digestOf(
  { db }: Pick<TestServer, 'db'>,
  { workspaceId, owner }: Tenant,
): Promise<Record<string, string>> {
  const where = { workspaceId };
  const rows = await Promise.all([
    db.member.findMany({ where, select: { id: true } }),
    db.apiKey.findMany({ where, select: { id: true } }),
    db.invitation.findMany({ where, select: { id: true } }),
  ]);
  const ids = [workspaceId, owner.userId, ...rows.flat().map(({ id }) => id)].join('|');
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`;
  const digests = await Promise.all(
    tables.map(async ({ name }): Promise<[string, string]> => {
      const [found] = await db.$queryRawUnsafe<{ digest: string }[]>(
        // When a credential was last used is noted some time after it was.
        `SELECT count(*) || ' ' || md5(coalesce(string_agg(row, '|' ORDER BY row), '')) AS digest
         FROM (SELECT (to_jsonb(r) - 'last_used_at')::text AS row FROM "${name}" r) AS rows WHERE row ~ $1`,
        ids,
      );
      return [name, found?.digest ?? ''];
    }),
  );
  return Object.fromEntries(digests);
}
