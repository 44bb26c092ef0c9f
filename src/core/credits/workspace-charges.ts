import type { Books } from '#core/credits/books';
import { chargeOf, priceFor } from '#core/credits/charge';
import { type Command, onlyEntry } from '#core/credits/command';
import { type RecordedUsage, writeUsage } from '#core/credits/debits';
import { NotFound } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import type { Prisma } from '#generated/prisma/client';
import { hashOf } from '#lib/canonical-json';

/** What the service did for a workspace by itself. */
export interface WorkspaceCharge {
  workspaceId: string;
  /** A priced operation. */
  operation: string;
  tag: string;
  metadata: Prisma.JsonObject;
  /** Where the idempotency key is unique: an id of ours, and not the workspace's, whose keys are its callers' to choose. */
  scopeId: string;
  idempotencyKey: string;
}

const ONE_UNIT = 1_000_000n;
/** Nobody as they are stored: no key, no member, no address. */
const THE_SERVICE = { kind: 'NOBODY', address: null } as const;

/**
 * Logs a call that no API key made and charges the workspace for it. No cap is asked, since caps are of keys. Too little
 * credit is an answer (outcome DECLINED), kept under the idempotency key.
 * Deciding throws NotFound for a workspace that is deleted, or an operation without a price.
 */
export function chargeWorkspace(charge: WorkspaceCharge): Command<RecordedUsage> {
  const { workspaceId, operation, tag, metadata, scopeId, idempotencyKey } = charge;
  const keyedBy = {
    idempotencyKeyHash: hashIdempotencyKey(scopeId, idempotencyKey),
    requestHash: hashOf({ mutation: 'chargeWorkspace', operation, scopeId, idempotencyKey }),
  };
  return {
    workspaceId,
    line: 'the service',
    keyedBy: [keyedBy],
    needs: { operations: [operation] },
    decide(books: Books) {
      if (books.account.tenant.isDeleted) throw new NotFound('No such workspace.');
      const priceable = { operation, units: ONE_UNIT, credits: null };
      const price = priceFor(books, priceable);
      const usage = { ...priceable, outcome: 'SUCCEEDED', latencyMs: null, tag, metadata, idempotencyKey } as const;
      const decided = chargeOf(books, { apiKey: null, due: price.price });
      const entry = writeUsage(books, { usage, apiKey: null, actor: THE_SERVICE, keyedBy, charge: decided, price });
      return { entry, replayed: false };
    },
    replay: async (entries) => ({ entry: onlyEntry(entries), replayed: true }),
  };
}
