import type { Permit } from '#core/access/permit';
import { findSeqAt } from '#core/credits/history';
import type { Db } from '#core/db';
import { type ExportFormat, headLine, ledgerColumns, rowLine, usageColumns, type Value } from '#core/usage/export-rows';
import { checkFilter, type UsageFilter } from '#core/usage/filter';
import type { LedgerEntry } from '#generated/prisma/client';
import { EntryKind, Outcome } from '#generated/prisma/enums';

/** What filters may name. */
export const ENTRY_KINDS = Object.values(EntryKind);
export const OUTCOMES = Object.values(Outcome);

/** Numbers that are read at once: what a filter leaves of them is a chunk, so each costs about the same. */
const ENTRIES_PER_READ = 5_000n;

export type { ExportFormat } from '#core/usage/export-rows';

/** What is written, and up to which entry it was read for. */
export interface Chunk {
  text: string;
  seq: bigint;
}

/** Everything from the first of these numbers to the last that was there when it began, oldest first. */
export interface Export {
  workspaceId: string;
  firstSeq: bigint;
  lastSeq: bigint;
  chunks: AsyncGenerator<Chunk, void>;
}

/** The metered calls of a workspace as text, in flat memory. @throws ValidationFailed */
export async function exportUsage(
  db: Db,
  { workspaceId }: Permit<'usage:read'>,
  { filter: given, format }: { filter: UsageFilter; format: ExportFormat },
): Promise<Export> {
  const filter = checkFilter(given);
  const [apiKeyId, memberId] = [filter.apiKeyId ?? null, filter.memberId ?? null];
  const [operation, outcome, tag] = [filter.operation || null, filter.outcome ?? null, filter.tag || null];
  const range = await findRange(db, workspaceId, filter);
  const read = ({ after, upTo }: Stretch) => db.$queryRaw<Rows>`
    SELECT json_agg(json_build_array(e.seq::text, extract(epoch FROM e.created_at) * 1000, e.outcome, e.credits::text,
        e.available_after::text, e.operation, e.tag, e.environment, e.units::text, e.base_price::text, e.discount_percent,
        e.price::text, e.decline_reason, e.latency_ms, e.api_key_id, e.member_id, e.metadata) ORDER BY e.seq) AS rows
    FROM ledger_entry e
    WHERE e.workspace_id = ${workspaceId}::uuid AND e.seq > ${after} AND e.seq <= ${upTo} AND e.kind IN ('USAGE', 'CAPTURE')
      AND (${apiKeyId}::uuid IS NULL OR e.api_key_id = ${apiKeyId}::uuid)
      AND (${memberId}::uuid IS NULL OR e.member_id = ${memberId}::uuid)
      AND (${operation}::text IS NULL OR e.operation = ${operation}::text)
      AND (${outcome}::outcome IS NULL OR e.outcome = ${outcome}::outcome)
      AND (${tag}::text IS NULL OR e.tag = ${tag}::text)`;
  return { workspaceId, ...range, chunks: chunksOf(range, { columns: usageColumns(), format, read }) };
}

/** Everything that was decided about a workspace's credits as text, in flat memory. @throws ValidationFailed */
export async function exportLedger(
  db: Db,
  { workspaceId }: Permit<'ledger:read'>,
  {
    kinds,
    format,
    ...times
  }: Pick<UsageFilter, 'since' | 'until'> & { kinds: readonly LedgerEntry['kind'][] | null; format: ExportFormat },
): Promise<Export> {
  const range = await findRange(db, workspaceId, checkFilter(times));
  const read = ({ after, upTo }: Stretch) => db.$queryRaw<Rows>`
    SELECT json_agg(json_build_array(e.seq::text, extract(epoch FROM e.created_at) * 1000, e.outcome, e.credits::text,
        e.available_after::text, e.operation, e.tag, e.environment, e.kind, e.held_after::text, e.api_key_id, e.grant_id,
        e.hold_id, e.ref_seq::text, e.actor_kind, CASE WHEN e.actor_kind = 'USER' THEN e.actor_id END,
        CASE WHEN e.actor_kind = 'API_KEY' THEN e.actor_id END, CASE WHEN e.actor_kind = 'OPERATOR' THEN e.actor_id END,
        e.reason) ORDER BY e.seq) AS rows
    FROM ledger_entry e
    WHERE e.workspace_id = ${workspaceId}::uuid AND e.seq > ${after} AND e.seq <= ${upTo}
      AND (${kinds}::entry_kind[] IS NULL OR e.kind = ANY (${kinds}::entry_kind[]))`;
  return { workspaceId, ...range, chunks: chunksOf(range, { columns: ledgerColumns(), format, read }) };
}

type Rows = { rows: readonly (readonly Value[])[] | null }[];

/** Entries after the one number, up to the other. */
interface Stretch {
  after: bigint;
  upTo: bigint;
}

const justBefore = (at: Date): Date => new Date(at.getTime() - 1);

/** The numbers of the entries in a time. Times never run backwards along seq, so that a time is a range of numbers. */
async function findRange(
  db: Db,
  workspaceId: string,
  { since, until }: Pick<UsageFilter, 'since' | 'until'>,
): Promise<{ firstSeq: bigint; lastSeq: bigint }> {
  const balance = await db.balance.findUnique({ where: { workspaceId }, select: { seq: true } });
  return {
    firstSeq: (await findSeqAt(db, workspaceId, since ? justBefore(since) : new Date(0))) + 1n,
    lastSeq: until ? await findSeqAt(db, workspaceId, justBefore(until)) : (balance?.seq ?? 0n),
  };
}

async function* chunksOf(
  { firstSeq, lastSeq }: Pick<Export, 'firstSeq' | 'lastSeq'>,
  {
    columns,
    format,
    read,
  }: {
    columns: ReturnType<typeof usageColumns>;
    format: ExportFormat;
    read: (stretch: Stretch) => Promise<Rows>;
  },
): AsyncGenerator<Chunk, void> {
  yield { text: headLine(columns, format), seq: firstSeq - 1n };
  const readAfter = (after: bigint) => {
    const upTo = after + ENTRIES_PER_READ < lastSeq ? after + ENTRIES_PER_READ : lastSeq;
    const rows = read({ after, upTo });
    // It may fail while nobody waits for it yet.
    rows.catch(() => undefined);
    return { upTo, rows };
  };
  // The database reads the next chunk while this one is put in text and sent.
  let next = firstSeq <= lastSeq ? readAfter(firstSeq - 1n) : null;
  while (next) {
    const { upTo, rows } = next;
    const [row] = await rows;
    next = upTo < lastSeq ? readAfter(upTo) : null;
    yield { text: (row?.rows ?? []).map((cells) => rowLine(columns, cells, format)).join(''), seq: upTo };
  }
}
