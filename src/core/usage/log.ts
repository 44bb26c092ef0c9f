import type { Permit } from '#core/access/permit';
import type { Db } from '#core/db';
import type { EntryKey } from '#core/ids';
import { isNumberKey, numbersBeyond, type Page, type PageRequest, pageOf } from '#core/paging';
import { checkFilter, type UsageFilter } from '#core/usage/filter';
import type { LedgerEntry, Prisma } from '#generated/prisma/client';

/** Ledger rows that are metered calls. */
const USAGE_KINDS: LedgerEntry['kind'][] = ['USAGE', 'CAPTURE'];

/** The metered calls of a workspace, newest first. @throws ValidationFailed for a filter that no call could match. */
export function listUsage(
  db: Db,
  { workspaceId }: Permit<'usage:read'>,
  { filter, ...request }: PageRequest & { filter?: UsageFilter | null | undefined },
): Promise<Page<LedgerEntry>> {
  return pageOf(request, {
    isKey: isNumberKey,
    rows: ({ beyond, take, newestFirst }) =>
      db.ledgerEntry.findMany({
        where: {
          workspaceId,
          kind: { in: USAGE_KINDS },
          ...conditionsOf(filter),
          ...(beyond && { seq: numbersBeyond(beyond) }),
        },
        orderBy: { seq: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: (entry) => entry.seq.toString(),
  });
}

/** Metered calls by workspace and seq, in the order asked; null where there is none. Rights are the caller's business. */
export async function findUsage(db: Db, keys: readonly EntryKey[]): Promise<(LedgerEntry | null)[]> {
  const rows = await db.ledgerEntry.findMany({
    where: { kind: { in: USAGE_KINDS }, OR: keys.map(({ workspaceId, seq }) => ({ workspaceId, seq })) },
  });
  return keys.map(
    ({ workspaceId, seq }) => rows.find((row) => row.workspaceId === workspaceId && row.seq === seq) ?? null,
  );
}

/** Whether a call is among those that a filter lets through. @throws ValidationFailed as `listUsage` does. */
export function usageMatcher(given: UsageFilter | null | undefined): (entry: LedgerEntry) => boolean {
  const { since, until, ...texts } = checkFilter(given);
  const wanted = Object.entries(texts).filter(([, value]) => value) as [keyof LedgerEntry, unknown][];
  return (entry) =>
    USAGE_KINDS.includes(entry.kind) &&
    wanted.every(([name, value]) => entry[name] === value) &&
    (!since || entry.createdAt >= since) &&
    (!until || entry.createdAt < until);
}

function conditionsOf(given: UsageFilter | null | undefined): Prisma.LedgerEntryWhereInput {
  const { since, until, apiKeyId, memberId, operation, outcome, tag } = checkFilter(given);
  return {
    ...(apiKeyId && { apiKeyId }),
    ...(memberId && { memberId }),
    ...(operation && { operation }),
    ...(outcome && { outcome }),
    ...(tag && { tag }),
    ...((since || until) && { createdAt: { ...(since && { gte: since }), ...(until && { lt: until }) } }),
  };
}
