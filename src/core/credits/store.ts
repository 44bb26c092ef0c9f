import type { Account, Needs } from '#core/credits/account';
import { accountFrom, type AccountJson } from '#core/credits/account-json';
import type { Books } from '#core/credits/books';
import type { KeyedBy } from '#core/credits/command';
import { rollupRows } from '#core/credits/rollups';
import type { Db, Tx } from '#core/db';
import type { CreditGrant, LedgerEntry } from '#generated/prisma/client';

const DAY_MS = 24 * 3_600_000;

/** What decisions about some workspaces need to know. */
export type Wanted = ReadonlyMap<string, readonly Needs[]>;

/** Reads accounts as of one moment; a workspace that does not exist has none. */
export async function readAccounts(db: Db | Tx, wanted: Wanted): Promise<Account[]> {
  const json = JSON.stringify(
    Array.from(wanted, ([workspaceId, needs]) => ({
      workspace_id: workspaceId,
      keys: distinct(needs.map(({ apiKeyId }) => apiKeyId)),
      operations: distinct(needs.flatMap(({ operations }) => operations)),
      holds: distinct(needs.map(({ holdId }) => holdId)),
      charges: distinct(needs.map(({ chargeSeq }) => chargeSeq?.toString())),
      grants: distinct(needs.map(({ grantId }) => grantId)),
    })),
  );
  const rows = await db.$queryRaw<{ workspace_id: string; account: AccountJson }[]>`
    SELECT workspace_id, account FROM read_accounts(${json}::json)`;
  return rows.map(({ workspace_id: workspaceId, account }) => accountFrom(workspaceId, account));
}

/** Waits for the lock of a workspace's balance row and keeps it until the transaction ends. */
export async function lockBalance(tx: Tx, workspaceId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 AS locked FROM balance WHERE workspace_id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
}

/** The entries already written under these idempotency keys, by `keyText`. */
export async function findReplays(
  db: Db | Tx,
  { workspaceId, at }: Account,
  { keys, rememberedDays }: { keys: readonly KeyedBy[]; rememberedDays: number },
): Promise<Map<string, LedgerEntry>> {
  const hashes = keys.map(({ idempotencyKeyHash }) => idempotencyKeyHash);
  const since = new Date(at.getTime() - rememberedDays * DAY_MS);
  const places = await db.$queryRaw<{ seq: bigint }[]>`
    SELECT seq FROM find_replays(${hashes}::bytea[], ${since}) WHERE workspace_id = ${workspaceId}::uuid`;
  if (places.length === 0) return new Map();
  const entries = await db.ledgerEntry.findMany({
    where: { workspaceId, seq: { in: places.map(({ seq }) => seq) }, createdAt: { gte: since } },
  });
  return new Map(
    entries.flatMap((entry) => (entry.idempotencyKeyHash ? [[keyText(entry.idempotencyKeyHash), entry]] : [])),
  );
}

/** An idempotency key's hash as the key of a map. */
export function keyText(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
}

/** DECIDED: written, with the time of its entries. BUSY, STALE, REPLAY: nothing was; see `commit_decisions`. */
export type Verdict =
  | { workspaceId: string; verdict: 'DECIDED'; at: Date }
  | { workspaceId: string; verdict: 'BUSY' | 'STALE' | 'REPLAY'; at: Date | null };

/** Decisions as texts of JSON rows. Several, since PostgreSQL reads a text from its beginning for every part that is taken of it. */
export interface Decisions {
  accounts: string;
  entries: string;
  splits: string;
  grants: string;
  grantChanges: string;
  spends: string;
  holds: string;
  holdDraws: string;
  rollups: string;
}

/** What was decided in these books, ready to be written. */
export function decisionsOf(books: readonly Books[]): Decisions {
  return {
    accounts: JSON.stringify(books.map(accountRow)),
    entries: JSON.stringify(books.flatMap(({ entries }) => entries.map(entryRow))),
    splits: JSON.stringify(books.flatMap(splitRows)),
    grants: JSON.stringify(books.flatMap(({ newGrants }) => newGrants.map(grantRow))),
    grantChanges: JSON.stringify(books.flatMap(grantChangeRows)),
    spends: JSON.stringify(books.flatMap(spendRows)),
    holds: JSON.stringify(books.flatMap(holdRows)),
    holdDraws: JSON.stringify(books.flatMap(holdDrawRows)),
    rollups: JSON.stringify(books.flatMap(rollupRows)),
  };
}

/**
 * Writes decisions, those of each workspace whole or not at all.
 * @param options.isPatient Whether to wait for a balance row that another transaction has locked.
 * @param options.rememberedDays For how long idempotency keys count.
 */
export async function commitDecisions(
  db: Db | Tx,
  { accounts, entries, splits, grants, grantChanges, spends, holds, holdDraws, rollups }: Decisions,
  { isPatient, rememberedDays }: { isPatient: boolean; rememberedDays: number },
): Promise<Verdict[]> {
  const rows = await db.$queryRaw<{ workspace_id: string; verdict: Verdict['verdict']; at: Date | null }[]>`
    SELECT workspace_id, verdict, at FROM commit_decisions(${accounts}::json, ${entries}::json, ${splits}::json,
      ${grants}::json, ${grantChanges}::json, ${spends}::json, ${holds}::json, ${holdDraws}::json,
      ${rollups}::json, ${rememberedDays}::int, ${isPatient})`;
  return rows.map(({ workspace_id: workspaceId, verdict, at }) => ({ workspaceId, verdict, at }) as Verdict);
}

function splitRows({ account: { workspaceId }, splits }: Books) {
  return splits.map(({ seq, grantId, credits }) => ({
    workspace_id: workspaceId,
    seq: String(seq),
    grant_id: grantId,
    credits: String(credits),
  }));
}

function grantChangeRows({ account: { workspaceId }, grantChanges }: Books) {
  return Array.from(grantChanges, ([id, { isVoided, ...moved }]) => ({
    id,
    workspace_id: workspaceId,
    is_voided: isVoided,
    ...textOf(moved),
  }));
}

function spendRows({ account: { workspaceId }, spends, earlierSpends }: Books) {
  const today = Array.from(spends, ([apiKeyId, credits]) => ({ apiKeyId, day: null, credits }));
  return [...today, ...earlierSpends].map(({ apiKeyId, day, credits }) => ({
    workspace_id: workspaceId,
    api_key_id: apiKeyId,
    day,
    credits: String(credits),
  }));
}

function holdRows({ account: { workspaceId }, holdChanges }: Books) {
  return Array.from(holdChanges.values(), ({ hold, isNew, lifetimeS }) => ({
    id: hold.id,
    workspace_id: workspaceId,
    api_key_id: hold.apiKeyId,
    member_id: hold.memberId,
    environment: hold.environment,
    operation: hold.operation,
    base_price: textOrNothing(hold.basePrice),
    discount_percent: hold.discountPercent,
    overage: hold.overage,
    amount: String(hold.amount),
    captured: String(hold.captured),
    released: String(hold.released),
    state: hold.state,
    lifetime_s: lifetimeS,
    tag: hold.tag,
    seq: String(hold.seq),
    is_new: isNew,
  }));
}

function holdDrawRows({ account: { workspaceId }, holdChanges }: Books) {
  return Array.from(holdChanges.values()).flatMap(({ hold }) =>
    Array.from(hold.draws, ([grantId, credits]) => ({
      workspace_id: workspaceId,
      hold_id: hold.id,
      grant_id: grantId,
      credits: String(credits),
    })),
  );
}

function accountRow(books: Books) {
  const { account, seqBefore, until, moved, keyVersions, operationVersions, hasGivenAllowance } = books;
  const allowance = hasGivenAllowance ? account.allowance : null;
  return {
    workspace_id: account.workspaceId,
    seq: String(seqBefore),
    valid_from: account.at,
    valid_until: until,
    tenant: account.tenant.version,
    keys: Object.fromEntries(keyVersions),
    operations: Object.fromEntries(operationVersions),
    last_seq: String(account.seq),
    due_at: books.dueAt,
    ...textOf(moved),
    ...(allowance && {
      allowance_anchor: allowance.anchor,
      allowance_since: allowance.givenSince,
      allowance_until: allowance.givenUntil,
      allowance_credits: String(allowance.given),
    }),
  };
}

/** Columns that say nothing are left out: most of the work is in their number. */
function entryRow(entry: LedgerEntry) {
  return {
    workspace_id: entry.workspaceId,
    seq: String(entry.seq),
    kind: entry.kind,
    outcome: entry.outcome,
    decline_reason: entry.declineReason ?? undefined,
    operation: entry.operation ?? undefined,
    units: textOrNothing(entry.units),
    base_price: textOrNothing(entry.basePrice),
    discount_percent: entry.discountPercent,
    price: String(entry.price),
    credits: String(entry.credits),
    available_change: textOrNothing(entry.availableChange),
    available_after: String(entry.availableAfter),
    held_after: String(entry.heldAfter),
    tag: entry.tag ?? undefined,
    metadata: entry.metadata ?? undefined,
    environment: entry.environment,
    api_key_id: entry.apiKeyId ?? undefined,
    member_id: entry.memberId ?? undefined,
    actor_kind: entry.actorKind,
    actor_id: entry.actorId ?? undefined,
    latency_ms: entry.latencyMs ?? undefined,
    reason: entry.reason ?? undefined,
    grant_id: entry.grantId ?? undefined,
    is_split: entry.isSplit,
    cap_api_key_id: entry.capApiKeyId ?? undefined,
    cap_period: entry.capPeriod ?? undefined,
    cap_credits: textOrNothing(entry.capCredits),
    cap_spent: textOrNothing(entry.capSpent),
    hold_id: entry.holdId ?? undefined,
    ref_seq: textOrNothing(entry.refSeq),
    request_hash: bytesText(entry.requestHash),
    idempotency_key_hash: bytesText(entry.idempotencyKeyHash),
  };
}

function grantRow(grant: CreditGrant) {
  return {
    id: grant.id,
    workspace_id: grant.workspaceId,
    source: grant.source,
    priority: grant.priority,
    amount: String(grant.amount),
    expires_at: grant.expiresAt,
    seq: String(grant.seq),
    reason: grant.reason,
    actor_kind: grant.actorKind,
    actor_id: grant.actorId,
  };
}

function textOf<K extends string>(amounts: Record<K, bigint>): Record<K, string> {
  return Object.fromEntries(Object.entries<bigint>(amounts).map(([name, amount]) => [name, String(amount)])) as Record<
    K,
    string
  >;
}

function textOrNothing(amount: bigint | null): string | undefined {
  return amount === null ? undefined : String(amount);
}

/** PostgreSQL's text form of bytes. */
function bytesText(bytes: Uint8Array | null): string | undefined {
  return bytes === null ? undefined : `\\x${Buffer.from(bytes).toString('hex')}`;
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
