import { stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Charge } from '#core/credits/account';
import type { Books } from '#core/credits/books';
import type { Draw } from '#core/credits/burn';
import { type Command, type DecidedWhole, lastOf, onlyEntry, OPERATORS_LINE } from '#core/credits/command';
import { expireGrants } from '#core/credits/due';
import { findLedgerStart } from '#core/credits/ledger-starts';
import { checkCredits, checkReason, refuse } from '#core/credits/usage-input';
import type { Db } from '#core/db';
import { Conflict, NotFound } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import { hashOf } from '#lib/canonical-json';
import { formatMicro } from '#lib/micro';

export interface RefundUsageInput {
  /** Number of the charged call in its workspace. */
  seq: bigint;
  /** Micro-credits; left out: all that has not been refunded yet. */
  credits?: bigint | null | undefined;
  reason?: string | null | undefined;
  idempotencyKey: string;
}

/**
 * Gives back what a call was charged, or a part of it, never more than that in all: to the grants that paid, the last to
 * pay first. What comes back to a grant whose time is over expires at once. Caps count it back in the windows of the charge.
 * @throws ValidationFailed. Deciding throws NotFound (no such call), Conflict (more than is left).
 */
export function refundUsage(permit: Permit<'credits:refund'>, input: RefundUsageInput): Command<DecidedWhole> {
  const { workspaceId, actor } = permit;
  const { seq, idempotencyKey } = input;
  const asked = checkCredits(input.credits ?? null);
  if (asked === 0n) refuse('credits', 'must be above 0: leave it out to refund all.');
  const reason = checkReason(input.reason ?? null);
  const keyedBy = {
    idempotencyKeyHash: hashIdempotencyKey(workspaceId, idempotencyKey),
    requestHash: hashOf({ mutation: 'refundUsage', seq, credits: asked, reason }),
  };
  return {
    workspaceId,
    line: OPERATORS_LINE,
    keyedBy: [keyedBy],
    needs: { chargeSeq: seq },
    decide(books) {
      const charge = books.charge(seq);
      if (!charge) throw new NotFound('No such call.', ['input', 'usageEntryId']);
      const left = sum(charge.draws);
      const credits = asked ?? left;
      if (left === 0n || credits > left) {
        throw new Conflict(
          `${formatMicro(left)} of the ${formatMicro(charge.credits)} credits of this call can still be refunded.`,
          ['input', 'credits'],
        );
      }
      const draws = drawBack(books, charge, credits);
      const { operation, tag, environment, apiKeyId, memberId } = charge;
      const entry = books.write(
        {
          kind: 'REFUND',
          outcome: 'SUCCEEDED',
          credits,
          reason,
          refSeq: seq,
          operation,
          tag,
          environment,
          apiKeyId,
          memberId,
          ...stampOf(actor),
          ...keyedBy,
        },
        { available: credits, spent: -credits },
        draws,
      );
      for (const draw of draws) {
        books.moveGrant(draw.grantId, { remaining: draw.credits, spent: -draw.credits });
        charge.draws.set(draw.grantId, (charge.draws.get(draw.grantId) ?? 0n) - draw.credits);
      }
      books.countSpend(charge, -credits, charge.countedAt);
      expireGrants(books, { refSeq: entry.seq });
      return { entry, last: books.entries.at(-1) ?? entry, replayed: false };
    },
    async replay(entries, db) {
      const entry = onlyEntry(entries);
      return { entry, last: await lastOf(entry, db), replayed: true };
    },
  };
}

/** Says of a call that is not there whether it was dropped with its month. @throws NotFound, else what came instead. */
export async function refuseDropped(
  db: Db,
  { workspaceId, seq }: { workspaceId: string; seq: bigint },
  refusal: unknown,
): Promise<never> {
  const { since, seq: lastDropped } = await findLedgerStart(db, workspaceId);
  if (!(refusal instanceof NotFound) || since === null || seq > lastDropped) throw refusal;
  throw new NotFound(
    `This call is from before ${since.toISOString()}, from when on the ledger is kept, and can no longer be refunded: adjustCredits gives credits back without it.`,
    ['input', 'usageEntryId'],
  );
}

/** The recorded draws, in the reverse of the order in which they were taken. */
function drawBack({ account: { grants } }: Books, { draws }: Charge, credits: bigint): Draw[] {
  const back: Draw[] = [];
  let due = credits;
  for (const { id: grantId } of grants.toReversed()) {
    const paid = draws.get(grantId) ?? 0n;
    const returned = paid < due ? paid : due;
    if (returned > 0n) back.push({ grantId, credits: returned });
    due -= returned;
  }
  if (due !== 0n) throw new Error(`Grants paid ${due} micro-credits less than the call says`);
  return back;
}

function sum(draws: ReadonlyMap<string, bigint>): bigint {
  return Array.from(draws.values()).reduce((total, credits) => total + credits, 0n);
}
