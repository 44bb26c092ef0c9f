import { stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Command, Decided } from '#core/credits/command';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import { newId } from '#core/ids';
import { isStorable } from '#core/names';
import { CREDITS_MAX } from '#core/plans/pricing';
import type { CreditGrant } from '#generated/prisma/client';
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

/** Every decision looks at all of them. */
const GRANTS_OPEN_MAX = 1_000;

/** Operators' changes take turns with the calls of API keys. */
const OPERATORS_LINE = 'operators';

export interface GrantCreditsInput {
  /** Micro-credits. */
  credits: bigint;
  source: GrantSource;
  priority?: number | null;
  /** Left out or null: never. */
  expiresAt?: Date | null;
  reason?: string | null;
  idempotencyKey: string;
}

export interface GrantedCredits extends Decided {
  grant: CreditGrant;
}

/**
 * Adds credits to the workspace.
 * @throws ValidationFailed. Deciding throws ValidationFailed above the largest balance, Conflict at 1,000 open grants,
 *   NotFound for a deleted workspace.
 */
export function grantCredits(permit: Permit<'credits:grant'>, input: GrantCreditsInput): Command<GrantedCredits> {
  const { workspaceId, actor } = permit;
  const { credits, source, priority, expiresAt, reason, idempotencyKey } = checkGrant(input);
  const keyedBy = {
    idempotencyKeyHash: hashIdempotencyKey(workspaceId, idempotencyKey),
    requestHash: hashOf({ mutation: 'grantCredits', credits, source, priority, expiresAt, reason }),
  };
  return {
    workspaceId,
    line: OPERATORS_LINE,
    keyedBy,
    needs: {},
    decide(books) {
      const { available, held, grants, tenant } = books.account;
      // An operator's permit does not ask, and what is deleted is on its way out.
      if (tenant.isDeleted) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
      if (available + held + credits > BALANCE_MAX) {
        throw new ValidationFailed('credits would take the balance above its maximum.', ['input', 'credits']);
      }
      if (grants.length >= GRANTS_OPEN_MAX) {
        throw new Conflict(`A workspace has at most ${GRANTS_OPEN_MAX} grants with credits left: grant more at once.`);
      }
      if (expiresAt !== null && expiresAt <= books.account.at) {
        throw new ValidationFailed('expiresAt is in the past: give a future time or leave it out.', [
          'input',
          'expiresAt',
        ]);
      }
      const id = newId();
      const entry = books.write(
        { kind: 'GRANT', outcome: 'SUCCEEDED', credits, reason, ...stampOf(actor), ...keyedBy },
        { available: credits, granted: credits },
        [{ grantId: id, credits }],
      );
      const grant = books.addGrant({
        id,
        source,
        priority,
        amount: credits,
        remaining: credits,
        held: 0n,
        spent: 0n,
        expired: 0n,
        expiresAt,
        voidedAt: null,
        reason,
        ...stampOf(actor),
      });
      return { grant, entry, replayed: false };
    },
    async replay(entry, db) {
      const grant = await db.creditGrant.findUniqueOrThrow({ where: { id: entry.grantId ?? '' } });
      return { grant, entry, replayed: true };
    },
  };
}

function checkGrant(input: GrantCreditsInput) {
  const { credits, source, priority, expiresAt = null, reason = null, idempotencyKey } = input;
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
  return { credits, source, priority: rank, expiresAt, reason, idempotencyKey };
}
