import { announce, type Announced } from '#core/announcements/announced';
import type { AnnouncedCall, AnnouncementType } from '#core/announcements/catalogue';
import { encodeEntryId, encodeId, type IdType } from '#core/ids';
import type { LedgerEntry, Prisma } from '#generated/prisma/client';
import { formatMicro } from '#lib/micro';

/** At most so many calls in a batch, and so many bytes of them: names and tags may be long, and a body is 64 KiB at most. */
const BATCH_MAX = { calls: 100, bytes: 60_000 };

const LEDGER_TYPES: ReadonlySet<AnnouncementType> = new Set([
  'balance.depleted',
  'credits.granted',
  'credits.expired',
  'usage.recorded',
  'hold.expired',
]);

/** Which entries have to be read for these types; null for none. Without usage.recorded those are few of many. */
export function entriesNeededFor(types: ReadonlySet<AnnouncementType>): Prisma.LedgerEntryWhereInput | null {
  if (types.has('usage.recorded')) return {};
  if (![...LEDGER_TYPES].some((type) => types.has(type))) return null;
  return {
    OR: [{ kind: { not: 'USAGE' } }, { declineReason: 'INSUFFICIENT_CREDITS' }, { availableAfter: 0n }],
  };
}

/**
 * What is told of entries, in the order of their seqs. `isDepleted` says whether balance.depleted was told since credits
 * last came in, before these entries and, in the answer, after them.
 */
export function announceEntries(
  entries: readonly LedgerEntry[],
  isDepletedBefore: boolean,
): { announced: Announced[]; isDepleted: boolean } {
  const announced: Announced[] = [];
  let isDepleted = isDepletedBefore;
  for (const entry of entries) {
    const depletes = entry.availableAfter === 0n || entry.declineReason === 'INSUFFICIENT_CREDITS';
    if (bringsIn(entry)) isDepleted = false;
    else if (depletes && !isDepleted) {
      isDepleted = true;
      announced.push(depletion(entry));
    }
    announced.push(...(TELLERS[entry.kind]?.(entry) ?? []));
  }
  return { announced: [...announced, ...batchesOf(entries)], isDepleted };
}

const TELLERS: { readonly [Kind in LedgerEntry['kind']]?: (entry: LedgerEntry) => Announced[] } = {
  GRANT: (entry) => [announce({ ...sourceOf(entry), type: 'credits.granted' }, movedCredits(entry))],
  EXPIRY: (entry) => [announce({ ...sourceOf(entry), type: 'credits.expired' }, movedCredits(entry))],
  RELEASE: (entry) => {
    // Only the clock releases a hold without an actor.
    if (entry.actorKind !== 'SYSTEM' || entry.holdId === null) return [];
    const holdId = encodeId('Hold', entry.holdId);
    const key = { apiKeyId: publicId('ApiKey', entry.apiKeyId), released: formatMicro(entry.credits) };
    return [announce({ ...sourceOf(entry), type: 'hold.expired' }, { holdId, ...key, ...standing(entry) })];
  },
};

/** Whether an entry makes more available than before. */
function bringsIn({ kind, outcome, credits, availableChange }: LedgerEntry): boolean {
  if (outcome !== 'SUCCEEDED') return false;
  if (kind === 'GRANT' || kind === 'REFUND' || kind === 'RELEASE') return credits > 0n;
  return (kind === 'ADJUSTMENT' || kind === 'CAPTURE') && (availableChange ?? 0n) > 0n;
}

function depletion(entry: LedgerEntry): Announced {
  const required = entry.outcome === 'DECLINED' ? formatMicro(entry.price) : null;
  return announce({ ...sourceOf(entry), type: 'balance.depleted' }, { required, ...standing(entry) });
}

/** A batch is named by the last seq in it, which no later batch can have. */
function batchesOf(entries: readonly LedgerEntry[]): Announced[] {
  const batches: { calls: AnnouncedCall[]; bytes: number; last: LedgerEntry }[] = [];
  for (const entry of entries.filter(({ kind }) => kind === 'USAGE' || kind === 'CAPTURE')) {
    const call = callOf(entry);
    const bytes = Buffer.byteLength(JSON.stringify(call)) + 1;
    const batch = batches.at(-1);
    if (batch && batch.calls.length < BATCH_MAX.calls && batch.bytes + bytes <= BATCH_MAX.bytes) {
      batch.calls.push(call);
      batch.bytes += bytes;
      batch.last = entry;
    } else batches.push({ calls: [call], bytes, last: entry });
  }
  return batches.map(({ calls, last }) =>
    announce({ ...sourceOf(last), type: 'usage.recorded' }, { entries: calls, ...standing(last) }),
  );
}

function callOf(entry: LedgerEntry): AnnouncedCall {
  const { seq, operation, units, credits, outcome, declineReason, environment, apiKeyId, tag, createdAt } = entry;
  return {
    id: encodeEntryId(entry),
    seq: seq.toString(),
    operation,
    units: units === null ? null : formatMicro(units),
    credits: formatMicro(credits),
    outcome,
    declineReason,
    environment,
    apiKeyId: publicId('ApiKey', apiKeyId),
    tag,
    createdAt: createdAt.toISOString(),
  };
}

function movedCredits(entry: LedgerEntry) {
  return {
    grantId: publicId('CreditGrant', entry.grantId),
    credits: formatMicro(entry.credits),
    ...standing(entry),
  };
}

function standing({ availableAfter, seq }: LedgerEntry): { available: string; seq: string } {
  return { available: formatMicro(availableAfter), seq: seq.toString() };
}

function sourceOf({ workspaceId, seq, createdAt }: LedgerEntry) {
  return { workspaceId, number: seq, occurredAt: createdAt };
}

function publicId(type: IdType, id: string | null): string | null {
  return id === null ? null : encodeId(type, id);
}
