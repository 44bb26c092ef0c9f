import { type Actor, stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { SpendingKey } from '#core/credits/account';
import type { Books } from '#core/credits/books';
import type { EntryFacts } from '#core/credits/changes';
import { type Charge, chargeOf, priceFor, takeFrom } from '#core/credits/charge';
import { type Command, type Decided, type KeyedBy, onlyEntry } from '#core/credits/command';
import { checkPayingKey, spendingKey } from '#core/credits/paying-key';
import { checkUsage, type CheckedUsage, type RecordUsageInput } from '#core/credits/usage-input';
import { hashIdempotencyKey } from '#core/idempotency';
import { isOperationName } from '#core/plans/operations';
import type { LedgerEntry } from '#generated/prisma/client';
import { hashOf } from '#lib/canonical-json';

export type { RecordUsageInput } from '#core/credits/usage-input';

/** The logged call; a DECLINED one took nothing and says why. */
export type RecordedUsage = Decided;

/**
 * Logs one metered call and charges it. Too little credit, or a cap of the key, is an answer (outcome DECLINED), kept
 * under the idempotency key like any other.
 * @throws ValidationFailed, Forbidden (a session, or somebody else's key). Deciding throws NotFound (operation, or the
 *   customer's key), Unauthenticated (the calling key died), ValidationFailed (price out of range).
 */
export function recordUsage(permit: Permit<'usage:write'>, input: RecordUsageInput): Command<RecordedUsage> {
  const { workspaceId, actor } = permit;
  const { apiKeyId, secretId } = checkPayingKey(permit, input);
  const usage = checkUsage(input);
  const keyedBy = keyedUsage(workspaceId, { apiKeyId, usage, mutation: 'recordUsage' });
  const { operation } = usage;
  return {
    workspaceId,
    line: apiKeyId,
    keyedBy: [keyedBy],
    needs: { apiKeyId, ...(operation !== null && isOperationName(operation) && { operations: [operation] }) },
    decide(books) {
      const apiKey = spendingKey(books, { apiKeyId, secretId, actor, spending: 'usage:write' });
      const price = priceFor(books, usage);
      const charge = chargeOf(books, { apiKey, due: usage.outcome === 'FAILED' ? 0n : price.price });
      const entry = writeUsage(books, { usage, apiKey, actor, keyedBy, charge, price });
      return { entry, replayed: false };
    },
    replay: async (entries) => ({ entry: onlyEntry(entries), replayed: true }),
  };
}

/** What an idempotency key of a call stands for. A retry measures another latency and is the same call all the same. */
export function keyedUsage(
  workspaceId: string,
  { apiKeyId, usage, mutation, batch }: { apiKeyId: string; usage: CheckedUsage; mutation: string; batch?: string },
): KeyedBy {
  const { operation, credits, units, outcome, tag, metadata } = usage;
  const asked = { mutation, operation, credits, units, outcome, tag, metadata, apiKeyId };
  return {
    idempotencyKeyHash: hashIdempotencyKey(workspaceId, usage.idempotencyKey),
    requestHash: hashOf(batch === undefined ? asked : { ...asked, batch }),
  };
}

/** Writes a call as it was decided, and takes what it costs. */
export function writeUsage(
  books: Books,
  {
    usage,
    apiKey,
    actor,
    keyedBy,
    charge,
    price,
  }: {
    usage: CheckedUsage;
    /** Null for what the service did by itself. */
    apiKey: SpendingKey | null;
    actor: Actor;
    keyedBy: KeyedBy;
    charge: Charge;
    price: Pick<LedgerEntry, 'basePrice' | 'discountPercent' | 'price'>;
  },
): LedgerEntry {
  const { credits, decline } = charge;
  const draws = books.draw(credits);
  const { actorKind, actorId } = stampOf(actor);
  const facts: EntryFacts = {
    kind: 'USAGE',
    outcome: decline ? 'DECLINED' : usage.outcome,
    operation: usage.operation,
    units: usage.units,
    basePrice: price.basePrice,
    discountPercent: price.discountPercent,
    price: price.price,
    credits,
    tag: usage.tag,
    metadata: usage.metadata,
    environment: apiKey?.environment ?? 'LIVE',
    apiKeyId: apiKey?.id ?? null,
    memberId: apiKey?.memberId ?? null,
    actorKind,
    actorId,
    latencyMs: usage.latencyMs,
    requestHash: keyedBy.requestHash,
    idempotencyKeyHash: keyedBy.idempotencyKeyHash,
  };
  const entry = books.write(decline ? { ...facts, ...decline } : facts, { available: -credits, spent: credits }, draws);
  takeFrom(books, draws);
  const payer = { apiKeyId: apiKey?.id ?? null, parentKeyId: apiKey?.parent?.id ?? null };
  if (credits > 0n) books.countSpend(payer, credits);
  return entry;
}
