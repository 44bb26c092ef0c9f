import { stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { lockAccount } from '#core/credits/account';
import { findReplay, writeEntry } from '#core/credits/ledger';
import { type Db, inTransaction } from '#core/db';
import { ValidationFailed } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import { newId } from '#core/ids';
import { isStorable } from '#core/names';
import { CREDITS_MAX } from '#core/plans/pricing';
import type { CreditGrant, LedgerEntry } from '#generated/prisma/client';
import { hashOf } from '#lib/canonical-json';

export type GrantSource = CreditGrant['source'];

/** Smaller burns first: what would lapse goes before what was paid for. */
const DEFAULT_PRIORITIES: Record<GrantSource, number> = {
  TRIAL: 10,
  PROMOTION: 10,
  ALLOWANCE: 20,
  PURCHASE: 30,
  ADJUSTMENT: 30,
};

const PRIORITY_MAX = 1_000;
const REASON_LENGTH_MAX = 200;
/** The balance stays far below 2^63 micro-credits even if every grant is the largest one. */
const BALANCE_MAX = 4n * CREDITS_MAX;

export interface GrantCreditsInput {
  /** Micro-credits. */
  credits: bigint;
  source: GrantSource;
  priority?: number | null;
  reason?: string | null;
  idempotencyKey: string;
}

export interface GrantedCredits {
  grant: CreditGrant;
  entry: LedgerEntry;
  replayed: boolean;
}

/**
 * Adds credits to the workspace, once per idempotency key.
 * @throws ValidationFailed, IdempotencyConflict, NotFound (no such workspace), Unavailable (outcome unknown: retry with the same key).
 */
export async function grantCredits(
  db: Db,
  permit: Permit<'credits:grant'>,
  input: GrantCreditsInput,
): Promise<GrantedCredits> {
  const { workspaceId, actor } = permit;
  const { credits, source, priority, reason, idempotencyKey } = checkGrant(input);
  const keyedBy = {
    idempotencyKeyHash: hashIdempotencyKey(idempotencyKey),
    requestHash: hashOf({ mutation: 'grantCredits', credits, source, priority, reason }),
  };
  return inTransaction(db, async (tx) => {
    const account = await lockAccount(tx, workspaceId);
    const replay = await findReplay(tx, account, keyedBy);
    if (replay?.grantId) {
      const grant = await tx.creditGrant.findUniqueOrThrow({ where: { id: replay.grantId } });
      return { grant, entry: replay, replayed: true };
    }
    if (account.available + account.held + credits > BALANCE_MAX) {
      throw new ValidationFailed('credits would take the balance above its maximum.', ['input', 'credits']);
    }
    const grantId = newId();
    const grant = await tx.creditGrant.create({
      data: {
        id: grantId,
        workspaceId,
        source,
        priority,
        amount: credits,
        remaining: credits,
        createdAt: account.at,
        seq: account.seq + 1n,
        reason,
        ...stampOf(actor),
      },
    });
    const facts = { kind: 'GRANT', outcome: 'SUCCEEDED', credits, reason, ...stampOf(actor), ...keyedBy } as const;
    const entry = await writeEntry(tx, account, {
      facts,
      movement: { available: credits, granted: credits, spent: 0n },
      draws: [{ grantId, credits }],
    });
    return { grant, entry, replayed: false };
  });
}

function checkGrant({ credits, source, priority, reason = null, idempotencyKey }: GrantCreditsInput) {
  if (credits <= 0n || credits > CREDITS_MAX) {
    throw new ValidationFailed('credits must be above 0 and at most 1000000000000.', ['input', 'credits']);
  }
  const rank = priority ?? DEFAULT_PRIORITIES[source];
  if (!Number.isInteger(rank) || rank < 0 || rank > PRIORITY_MAX) {
    throw new ValidationFailed(`priority must be a whole number between 0 and ${PRIORITY_MAX}.`, ['input', 'priority']);
  }
  if (reason !== null && (reason.length > REASON_LENGTH_MAX || !isStorable(reason))) {
    throw new ValidationFailed(`reason is too long: at most ${REASON_LENGTH_MAX} characters of text.`, [
      'input',
      'reason',
    ]);
  }
  return { credits, source, priority: rank, reason, idempotencyKey };
}
