import type { Permit } from '#core/access/permit';
import { isPlaceKey, placeKey, placeOf, readByMonths, readMonths } from '#core/credits/ledger-pages';
import type { Db } from '#core/db';
import type { EntryKey } from '#core/ids';
import { keyIn, type Page, type PageRequest, pageOf } from '#core/paging';
import { findCalls } from '#core/usage/calls';
import { checkFilter, type UsageFilter } from '#core/usage/filter';
import type { LedgerEntry } from '#generated/prisma/client';

/** Ledger rows that are metered calls. */
const USAGE_KINDS: LedgerEntry['kind'][] = ['USAGE', 'CAPTURE'];

/** The metered calls of a workspace, newest first. @throws ValidationFailed for a filter that no call could match. */
export function listUsage(
  db: Db,
  { workspaceId }: Permit<'usage:read'>,
  { filter: given, ...request }: PageRequest & { filter?: UsageFilter | null | undefined },
): Promise<Page<LedgerEntry>> {
  const filter = checkFilter(given);
  const isFiltered = Object.values(filter).some(Boolean);
  return pageOf(request, {
    isKey: isPlaceKey,
    async rows({ beyond, take, newestFirst }) {
      const reading = { workspaceId, beyond: beyond ? placeOf(keyIn(beyond)) : null, take, newestFirst };
      if (isFiltered) return findCalls(db, { ...reading, filter });
      return readByMonths(db, reading, (time) =>
        readMonths(db, { ...reading, ...time, where: { kind: { in: USAGE_KINDS } } }),
      );
    },
    key: placeKey,
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
