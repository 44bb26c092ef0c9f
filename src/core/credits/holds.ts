import { type Actor, stampOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { KnownHold, SpendingKey } from '#core/credits/account';
import { type Books, YET_TO_COME } from '#core/credits/books';
import type { Draw } from '#core/credits/burn';
import type { EntryFacts } from '#core/credits/changes';
import { type Charge, checkStillCounts, chargeOf, priceFor } from '#core/credits/charge';
import { type Command, type DecidedWhole, lastOf, onlyEntry } from '#core/credits/command';
import { releaseRest } from '#core/credits/due';
import { checkHold, checkSeconds, type HoldInput, LIFETIME_IN_ALL_MS_MAX } from '#core/credits/hold-input';
import { HoldNotOpen } from '#core/credits/hold-not-open';
import { checkPayingKey, type PayingKey, spendingKey } from '#core/credits/paying-key';
import { checkCredits, checkReason, refuse } from '#core/credits/usage-input';
import type { Db, Tx } from '#core/db';
import { Conflict, Forbidden, NotFound } from '#core/errors';
import { hashIdempotencyKey } from '#core/idempotency';
import { newId } from '#core/ids';
import { isOperationName } from '#core/plans/operations';
import { CREDITS_MAX } from '#core/plans/pricing';
import type { Hold, LedgerEntry } from '#generated/prisma/client';
import { hashOf } from '#lib/canonical-json';

/** Open ones of a workspace. */
const HOLDS_OPEN_MAX = 10_000;

/** What was decided about a hold; a DECLINED one changed nothing and says why. */
export interface DecidedHold extends DecidedWhole {
  /** The hold right after it; of a repetition, as it is now. Null where none came to be. */
  hold: Hold | null;
}

/**
 * Sets credits aside: they stay in the balance as `held`, and nothing else can spend them. Too little credit, or a cap of
 * the key, is an answer (outcome DECLINED), kept under the idempotency key. A TEST key's hold moves nothing.
 * @throws ValidationFailed, Forbidden (a session, or somebody else's key). Deciding throws NotFound (operation, or the
 *   customer's key), Unauthenticated (the calling key died), ValidationFailed (nothing to hold), Conflict (10,000 are open).
 */
export function createHold(permit: Permit<'holds:write'>, input: HoldInput & PayingKey): Command<DecidedHold> {
  const { workspaceId, actor } = permit;
  const { apiKeyId, secretId } = checkPayingKey(permit, input);
  const { seconds, overage, tag, metadata, ...priceable } = checkHold(input);
  const { operation, units } = priceable;
  const asked = { mutation: 'createHold', apiKeyId, seconds, overage, tag, metadata, ...priceable };
  const keyedBy = keyedHold(workspaceId, input.idempotencyKey, asked);
  return {
    workspaceId,
    line: apiKeyId,
    keyedBy: [keyedBy],
    needs: { apiKeyId, ...(operation !== null && isOperationName(operation) && { operations: [operation] }) },
    decide(books) {
      const apiKey = spendingKey(books, { apiKeyId, secretId, actor, spending: 'holds:write' });
      const price = priceFor(books, priceable);
      if (price.price === 0n) refuse('credits', 'must be above 0: there is nothing to hold.');
      if (books.account.openHolds >= HOLDS_OPEN_MAX)
        throw new Conflict(`A workspace has at most ${HOLDS_OPEN_MAX} open holds.`);
      const charge = chargeOf(books, { apiKey, due: price.price });
      const hold = newHold(apiKey, { ...price, operation, overage, tag });
      const facts = { ...price, operation, units, tag, metadata, ...stampOf(actor), ...keyedBy };
      const entry = setAside(books, { hold, apiKey, charge, facts });
      if (charge.decline) return { entry, last: entry, hold: null, replayed: false };
      hold.seq = entry.seq;
      books.putHold(hold, seconds);
      return { entry, last: entry, hold: books.snapshot(hold), replayed: false };
    },
    replay: replayHold,
  };
}

function newHold(
  { id: apiKeyId, memberId, environment, parent }: SpendingKey,
  {
    price,
    ...terms
  }: Pick<Hold, 'operation' | 'basePrice' | 'discountPercent' | 'overage' | 'tag'> & { price: bigint },
): KnownHold {
  return {
    id: newId(),
    apiKeyId,
    parentKeyId: parent?.id ?? null,
    memberId,
    environment,
    ...terms,
    amount: price,
    captured: 0n,
    released: 0n,
    state: 'OPEN',
    expiresAt: new Date(0),
    createdAt: YET_TO_COME,
    closedAt: null,
    seq: 0n,
    draws: new Map(),
  };
}

type SetAside = Pick<EntryFacts, 'actorKind' | 'actorId' | 'price'> & Partial<EntryFacts>;

/** Moves what is charged from available to held, or says why not. */
function setAside(
  books: Books,
  {
    hold,
    apiKey,
    charge,
    facts,
  }: { hold: KnownHold; apiKey: SpendingKey; charge: Charge; facts: Omit<SetAside, 'kind' | 'outcome'> },
): LedgerEntry {
  const { credits, decline } = charge;
  const draws = books.draw(credits);
  const entry = books.write(
    {
      ...facts,
      kind: 'HOLD',
      outcome: decline ? 'DECLINED' : 'SUCCEEDED',
      ...decline,
      credits,
      environment: apiKey.environment,
      apiKeyId: apiKey.id,
      memberId: apiKey.memberId,
      holdId: decline && hold.seq === 0n ? null : hold.id,
    },
    { available: -credits, held: credits },
    draws,
  );
  for (const draw of draws) {
    books.moveGrant(draw.grantId, { remaining: -draw.credits, held: draw.credits });
    addDraw(hold, draw);
  }
  // A hold counts when it is opened, and all that is added to it counts there.
  if (credits > 0n) books.countSpend(hold, credits, hold.createdAt);
  return entry;
}

function addDraw({ draws }: KnownHold, { grantId, credits }: Draw): void {
  draws.set(grantId, (draws.get(grantId) ?? 0n) + credits);
}

export interface ExtendHoldInput {
  holdId: string;
  /** Micro-credits to set aside beside what is held. */
  credits?: bigint | null | undefined;
  /** Its time from now on; never makes it shorter. */
  seconds?: number | null | undefined;
  idempotencyKey: string;
}

/**
 * Sets more aside, prolongs the hold, or both. Too little credit, or a cap, is an answer (outcome DECLINED): the hold
 * stays as it was.
 * @throws ValidationFailed, Forbidden. Deciding throws NotFound, HoldNotOpen, Unauthenticated, ValidationFailed (more
 *   than a week in all, above the largest amount, or after the time of a cap that it counts in).
 */
export function extendHold(permit: Permit<'holds:write'>, input: ExtendHoldInput): Command<DecidedHold> {
  const { actor } = permit;
  const credits = checkCredits(input.credits ?? null) ?? 0n;
  const seconds = checkSeconds(input.seconds ?? null);
  if (credits === 0n && seconds === null)
    refuse('credits', 'is missing: say how much more to hold, how long, or both.');
  return holdCommand(permit, input, {
    asked: { mutation: 'extendHold', credits, seconds },
    decide(books, hold, keyedBy) {
      const { createdAt, tag, operation, seq: refSeq } = hold;
      if (seconds !== null) {
        const last = createdAt.getTime() + LIFETIME_IN_ALL_MS_MAX - seconds * 1_000;
        if (books.account.at.getTime() > last)
          refuse('seconds', 'would prolong the hold beyond 7 days: capture it and open another.');
        // The account may be as of hours ago, and the time counts from the commit.
        books.holdUntil(new Date(last + 1));
      }
      if (hold.amount + credits > CREDITS_MAX) refuse('credits', 'would take the hold above 1000000000000.');
      const apiKey = spendingKey(books, { apiKeyId: hold.apiKeyId, secretId: null, actor, spending: 'holds:write' });
      checkStillCounts(books, { apiKey, due: credits, since: createdAt, field: 'credits' });
      const charge = chargeOf(books, { apiKey, due: credits });
      const facts = { price: credits, operation, tag, refSeq, ...stampOf(actor), ...keyedBy };
      const entry = setAside(books, { hold, apiKey, charge, facts });
      if (!charge.decline) {
        hold.amount += credits;
        books.putHold(hold, seconds);
      }
      return { entry, last: entry, hold: books.snapshot(hold), replayed: false };
    },
  });
}

export interface ReleaseHoldInput {
  holdId: string;
  reason?: string | null | undefined;
  idempotencyKey: string;
}

/**
 * Gives back all that the hold still holds, to the very grants it came from; what is past its time there expires at once.
 * @throws ValidationFailed, Forbidden. Deciding throws NotFound, HoldNotOpen, Unauthenticated.
 */
export function releaseHold(permit: Permit<'holds:write'>, input: ReleaseHoldInput): Command<DecidedHold> {
  const reason = checkReason(input.reason ?? null);
  return holdCommand(permit, input, {
    asked: { mutation: 'releaseHold', reason },
    decide(books, hold, keyedBy) {
      const entry = releaseRest(books, hold, { state: 'RELEASED', reason, ...stampOf(permit.actor), ...keyedBy });
      return { entry, last: books.entries.at(-1) ?? entry, hold: books.snapshot(hold), replayed: false };
    },
  });
}

type KeyedEntry = ReturnType<typeof keyedHold>;

/** A command about a hold that exists. A key decides about its own holds and those of the keys it made. */
export function holdCommand(
  { workspaceId, actor }: Permit<'holds:write'>,
  { holdId, idempotencyKey }: { holdId: string; idempotencyKey: string },
  {
    asked,
    decide,
  }: {
    asked: Record<string, unknown>;
    decide: (books: Books, hold: KnownHold, keyedBy: KeyedEntry) => DecidedHold;
  },
): Command<DecidedHold> {
  if (actor.kind === 'USER') throw new Forbidden('Holds belong to the API key that opened them: use that key.');
  const keyedBy = keyedHold(workspaceId, idempotencyKey, { ...asked, holdId });
  return {
    workspaceId,
    line: actor.kind === 'API_KEY' ? actor.apiKeyId : holdId,
    keyedBy: [keyedBy],
    needs: { holdId, ...(actor.kind === 'API_KEY' && { apiKeyId: actor.apiKeyId }) },
    decide: (books) => decide(books, openHold(books, holdId, actor), keyedBy),
    replay: replayHold,
  };
}

function openHold(books: Books, holdId: string, actor: Actor): KnownHold {
  const hold = books.hold(holdId);
  if (actor.kind === 'API_KEY') {
    const { apiKeyId, secretId } = actor;
    spendingKey(books, { apiKeyId, secretId, actor, spending: 'holds:write' });
    if (hold && hold.apiKeyId !== apiKeyId && hold.parentKeyId !== apiKeyId) throw noHold();
  }
  if (!hold) throw noHold();
  if (hold.state !== 'OPEN') throw new HoldNotOpen(hold.state);
  return hold;
}

const noHold = (): NotFound => new NotFound('No such hold.', ['input', 'holdId']);

function keyedHold(workspaceId: string, idempotencyKey: string, asked: Record<string, unknown>) {
  return { idempotencyKeyHash: hashIdempotencyKey(workspaceId, idempotencyKey), requestHash: hashOf(asked) };
}

async function replayHold(entries: readonly LedgerEntry[], db: Db | Tx): Promise<DecidedHold> {
  const entry = onlyEntry(entries);
  const hold = entry.holdId === null ? null : await db.hold.findUnique({ where: { id: entry.holdId } });
  return { entry, last: await lastOf(entry, db), hold, replayed: true };
}
