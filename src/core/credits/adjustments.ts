import { stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { DEFAULT_PRIORITIES } from '#core/credits/burn';
import { type Command, type Decided, onlyEntry, OPERATORS_LINE } from '#core/credits/command';
import { checkRoomFor } from '#core/credits/grants';
import { checkCredits, checkReason, refuse } from '#core/credits/usage-input';
import { Conflict } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import { newId } from '#core/ids';
import { hashOf } from '#lib/canonical-json';
import { formatMicro } from '#lib/micro';

export interface AdjustCreditsInput {
  /** Micro-credits, above 0. */
  credits: bigint;
  /** ADD makes a grant of source ADJUSTMENT; REMOVE takes from the grants in burn order, as what expires. */
  direction: 'ADD' | 'REMOVE';
  reason: string;
  idempotencyKey: string;
}

/**
 * Corrects the balance by hand.
 * @throws ValidationFailed. Deciding throws Conflict (more than is available, too many grants), ValidationFailed above
 *   the largest balance, NotFound for a deleted workspace.
 */
export function adjustCredits(permit: Permit<'credits:adjust'>, input: AdjustCreditsInput): Command<Decided> {
  const { workspaceId, actor } = permit;
  const { direction, idempotencyKey } = input;
  const credits = checkCredits(input.credits) ?? 0n;
  if (credits === 0n) refuse('credits', 'must be above 0.');
  const reason = checkReason(input.reason);
  if (reason?.trim() === '') refuse('reason', 'is missing: say why, for whoever reads the ledger.');
  const keyedBy = {
    idempotencyKeyHash: hashIdempotencyKey(workspaceId, idempotencyKey),
    requestHash: hashOf({ mutation: 'adjustCredits', credits, direction, reason }),
  };
  const facts = { kind: 'ADJUSTMENT', outcome: 'SUCCEEDED', credits, reason, ...stampOf(actor), ...keyedBy } as const;
  return {
    workspaceId,
    line: OPERATORS_LINE,
    keyedBy: [keyedBy],
    needs: {},
    decide(books) {
      if (direction === 'ADD') {
        checkRoomFor(books, credits);
        const id = newId();
        const entry = books.write(facts, { available: credits, granted: credits }, [{ grantId: id, credits }]);
        const terms = { source: 'ADJUSTMENT', priority: DEFAULT_PRIORITIES.ADJUSTMENT, expiresAt: null } as const;
        books.addGrant({ id, ...terms, amount: credits, reason, ...stampOf(actor) });
        return { entry, replayed: false };
      }
      const { available } = books;
      if (credits > available) {
        throw new Conflict(`Only ${formatMicro(available)} credits are available to remove.`, ['input', 'credits']);
      }
      const draws = books.draw(credits);
      const entry = books.write(facts, { available: -credits, expired: credits }, draws);
      for (const draw of draws) books.moveGrant(draw.grantId, { remaining: -draw.credits, expired: draw.credits });
      return { entry, replayed: false };
    },
    replay: async (entries) => ({ entry: onlyEntry(entries), replayed: true }),
  };
}
