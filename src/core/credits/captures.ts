import { stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { KnownHold } from '#core/credits/account';
import { type Books, YET_TO_COME } from '#core/credits/books';
import type { Draw } from '#core/credits/burn';
import { type Charge, checkPrice, checkStillCounts, chargeOf, takeFrom } from '#core/credits/charge';
import type { Command } from '#core/credits/command';
import { releaseRest } from '#core/credits/due';
import { type DecidedHold, holdCommand } from '#core/credits/holds';
import { checkCredits, checkLatency, checkMetadata, checkUnits, refuse } from '#core/credits/usage-input';
import { priceOf } from '#core/plans/pricing';
import { formatMicro } from '#lib/micro';

export interface CaptureHoldInput {
  holdId: string;
  /** Micro-credits; the final price. */
  credits?: bigint | null | undefined;
  /** Micro-units of the hold's operation, at the price that was frozen when it was opened. Neither: all that is held. */
  units?: bigint | null | undefined;
  /** Whether the rest is released and the hold closed; left out: yes. */
  final?: boolean | null | undefined;
  latencyMs?: number | null | undefined;
  metadata?: unknown;
  idempotencyKey: string;
}

/**
 * Charges what a held call came to: a UsageEntry. What is above the hold is refused or taken from the balance, as was
 * said when the hold was opened; where the balance or a cap does not allow that it is an answer (outcome DECLINED), and
 * the hold stays open.
 * @throws ValidationFailed, Forbidden. Deciding throws NotFound, HoldNotOpen, Unauthenticated, ValidationFailed (above
 *   the hold, also where the time of a cap that it counts in is over; units without an operation).
 */
export function captureHold(permit: Permit<'holds:write'>, input: CaptureHoldInput): Command<DecidedHold> {
  const credits = checkCredits(input.credits ?? null);
  const units = checkUnits(input.units ?? null);
  if (credits !== null && units !== null) refuse('units', 'stands beside credits: give one of them.');
  const isFinal = input.final ?? true;
  const metadata = checkMetadata(input.metadata ?? null);
  const latencyMs = checkLatency(input.latencyMs ?? null);
  return holdCommand(permit, input, {
    asked: { mutation: 'captureHold', credits, units, isFinal, metadata },
    decide(books, hold, keyedBy) {
      const rest = restOf(hold);
      const price = credits ?? (units === null ? rest : priceOfUnits(hold, units));
      const fromHold = price < rest ? price : rest;
      const above = price - fromHold;
      if (above > 0n && hold.overage === 'REFUSE') {
        refuse(
          units === null ? 'credits' : 'units',
          `come to ${formatMicro(price)}, and the hold has ${formatMicro(rest)} left: extend it first.`,
        );
      }
      const apiKey = books.key(hold.apiKeyId) ?? null;
      checkStillCounts(books, {
        apiKey,
        due: above,
        since: hold.createdAt,
        field: units === null ? 'credits' : 'units',
      });
      const charge = chargeOf(books, { apiKey, due: hold.environment === 'TEST' ? 0n : above });
      const facts = { ...stampOf(permit.actor), ...keyedBy, units, metadata, latencyMs, price };
      const entry = writeCapture(books, { hold, fromHold, charge, facts });
      if (!charge.decline) {
        hold.captured += fromHold;
        if (restOf(hold) > 0n && isFinal) {
          releaseRest(books, hold, { state: 'CAPTURED', refSeq: entry.seq, ...stampOf(permit.actor) });
        } else {
          if (restOf(hold) === 0n) Object.assign(hold, { state: 'CAPTURED', closedAt: YET_TO_COME });
          books.putHold(hold);
        }
      }
      return { entry, last: books.entries.at(-1) ?? entry, hold: books.snapshot(hold), replayed: false };
    },
  });
}

function restOf({ amount, captured, released }: KnownHold): bigint {
  return amount - captured - released;
}

function priceOfUnits({ basePrice, discountPercent }: KnownHold, units: bigint): bigint {
  if (basePrice === null) return refuse('units', 'need an operation, and this hold has none: give credits.');
  return checkPrice(priceOf({ basePrice, units, discountPercent }));
}

interface Capture {
  hold: KnownHold;
  fromHold: bigint;
  /** What is above the hold. */
  charge: Charge;
  facts: Omit<Parameters<Books['write']>[0], 'kind' | 'outcome'> & { price: bigint };
}

function writeCapture(books: Books, { hold, fromHold, charge, facts }: Capture) {
  const { decline } = charge;
  const isMoving = decline === null && hold.environment === 'LIVE';
  const held = isMoving ? drawHeld(books, hold, fromHold) : [];
  const free = books.draw(charge.credits);
  const credits = isMoving ? fromHold + charge.credits : 0n;
  const entry = books.write(
    {
      operation: hold.operation,
      basePrice: hold.basePrice,
      discountPercent: hold.discountPercent,
      tag: hold.tag,
      environment: hold.environment,
      apiKeyId: hold.apiKeyId,
      memberId: hold.memberId,
      holdId: hold.id,
      ...facts,
      kind: 'CAPTURE',
      outcome: decline ? 'DECLINED' : 'SUCCEEDED',
      ...decline,
      credits,
    },
    { available: -charge.credits, held: charge.credits - credits, spent: credits },
    together(held, free),
  );
  for (const draw of held) {
    books.moveGrant(draw.grantId, { held: -draw.credits, spent: draw.credits });
    hold.draws.set(draw.grantId, (hold.draws.get(draw.grantId) ?? 0n) - draw.credits);
  }
  takeFrom(books, free);
  // What was held counts already.
  if (charge.credits > 0n) books.countSpend(hold, charge.credits, hold.createdAt);
  return entry;
}

/** Which grants pay from what the hold holds of them, in burn order. */
function drawHeld(books: Books, { draws }: KnownHold, credits: bigint): Draw[] {
  const paying: Draw[] = [];
  let due = credits;
  for (const { id: grantId } of books.account.grants) {
    const held = draws.get(grantId) ?? 0n;
    const drawn = held < due ? held : due;
    if (drawn > 0n) paying.push({ grantId, credits: drawn });
    due -= drawn;
  }
  if (due !== 0n) throw new Error(`A hold has ${due} micro-credits less than it says`);
  return paying;
}

/** One draw for each grant. */
function together(held: readonly Draw[], free: readonly Draw[]): Draw[] {
  const sums = new Map(held.map(({ grantId, credits }) => [grantId, credits]));
  for (const { grantId, credits } of free) sums.set(grantId, (sums.get(grantId) ?? 0n) + credits);
  return Array.from(sums, ([grantId, credits]) => ({ grantId, credits }));
}
