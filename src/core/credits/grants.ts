import { stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Books } from '#core/credits/books';
import { DEFAULT_PRIORITIES } from '#core/credits/burn';
import { type Command, type Decided, onlyEntry, OPERATORS_LINE } from '#core/credits/command';
import { checkReason } from '#core/credits/usage-input';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import { newId } from '#core/ids';
import { CREDITS_MAX } from '#core/plans/pricing';
import type { CreditGrant } from '#generated/prisma/client';
import type { GrantSource } from '#generated/prisma/enums';
import { hashOf } from '#lib/canonical-json';

const PRIORITY_MAX = 1_000;
/** The balance stays far below 2^63 micro-credits even if every grant is the largest one. */
const BALANCE_MAX = 4n * CREDITS_MAX;

/** Every decision looks at all of them. */
const GRANTS_OPEN_MAX = 1_000;

export interface GrantCreditsInput {
  /** Micro-credits. */
  credits: bigint;
  source: GrantSource;
  priority?: number | null;
  /** Left out or null: never. */
  expiresAt?: Date | null | undefined;
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
    keyedBy: [keyedBy],
    needs: {},
    decide(books) {
      checkRoomFor(books, credits);
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
        expiresAt,
        reason,
        ...stampOf(actor),
      });
      return { grant, entry, replayed: false };
    },
    async replay(entries, db) {
      const entry = onlyEntry(entries);
      const grant = await db.creditGrant.findUniqueOrThrow({ where: { id: entry.grantId ?? '' } });
      return { grant, entry, replayed: true };
    },
  };
}

/** @throws NotFound (deleted workspace), ValidationFailed (balance too large), Conflict (too many grants) */
export function checkRoomFor({ account }: Books, credits: bigint): void {
  const { available, held, grants, tenant } = account;
  // An operator's permit does not ask, and what is deleted is on its way out.
  if (tenant.isDeleted) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
  if (available + held + credits > BALANCE_MAX) {
    throw new ValidationFailed('credits would take the balance above its maximum.', ['input', 'credits']);
  }
  if (grants.length >= GRANTS_OPEN_MAX) {
    throw new Conflict(`A workspace has at most ${GRANTS_OPEN_MAX} grants with credits left: grant more at once.`);
  }
}

export interface VoidGrantInput {
  grantId: string;
  reason?: string | null | undefined;
  idempotencyKey: string;
}

/**
 * Ends a grant at once: what remains of it is taken away, and what is held of it or refunded to it later expires as it
 * comes back. What it paid for stays paid.
 * @throws ValidationFailed. Deciding throws NotFound, Conflict when it is over already or nothing is left of it.
 */
export function voidGrant(permit: Permit<'credits:void'>, input: VoidGrantInput): Command<Decided> {
  const { workspaceId, actor } = permit;
  const { grantId, idempotencyKey } = input;
  const reason = checkReason(input.reason ?? null);
  const keyedBy = {
    idempotencyKeyHash: hashIdempotencyKey(workspaceId, idempotencyKey),
    requestHash: hashOf({ mutation: 'voidGrant', grantId, reason }),
  };
  return {
    workspaceId,
    line: OPERATORS_LINE,
    keyedBy: [keyedBy],
    needs: { grantId },
    decide(books) {
      const grant = books.account.grants.find(({ id }) => id === grantId);
      if (!grant) throw new NotFound('No such grant.', ['input', 'grantId']);
      const { remaining, held, expiresAt } = grant;
      if (remaining + held === 0n || (expiresAt !== null && expiresAt <= books.account.at)) {
        throw new Conflict('Nothing is left of this grant.', ['input', 'grantId']);
      }
      const draws = remaining > 0n ? [{ grantId, credits: remaining }] : [];
      const entry = books.write(
        { kind: 'VOID', outcome: 'SUCCEEDED', credits: remaining, grantId, reason, ...stampOf(actor), ...keyedBy },
        { available: -remaining, expired: remaining },
        draws,
      );
      for (const { credits } of draws) books.moveGrant(grantId, { remaining: -credits, expired: credits });
      books.voidGrant(grant);
      return { entry, replayed: false };
    },
    replay: async (entries) => ({ entry: onlyEntry(entries), replayed: true }),
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
  return { credits, source, priority: rank, expiresAt, reason: checkReason(reason), idempotencyKey };
}
