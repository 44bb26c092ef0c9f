import type { Account, Allowance, KnownHold } from '#core/credits/account';
import { Books, YET_TO_COME } from '#core/credits/books';
import { DEFAULT_PRIORITIES } from '#core/credits/burn';
import type { EntryFacts } from '#core/credits/changes';
import { newId } from '#core/ids';
import type { LedgerEntry } from '#generated/prisma/client';
import { divideHalfUp } from '#lib/micro';

const BY_THE_CLOCK = { actorKind: 'SYSTEM', actorId: null } as const;

/** The books of an account, with everything written into them first that the clock alone has brought about. */
export function openBooks(account: Account): Books {
  const books = new Books(account);
  for (const hold of account.holds.values()) {
    if (hold.state !== 'OPEN') continue;
    if (hold.expiresAt <= account.at) releaseRest(books, hold, { state: 'EXPIRED', ...BY_THE_CLOCK });
    else books.holdUntil(hold.expiresAt);
  }
  books.holdUntil(account.nextHoldAt);
  expireGrants(books);
  if (account.allowance && !account.tenant.isDeleted) grantAllowance(books, account.allowance);
  return books;
}

/** A grant whose time has come pays nothing any more: what remains of it expires. */
export function expireGrants(books: Books, facts: Pick<EntryFacts, 'refSeq'> = {}): void {
  const { grants, at } = books.account;
  for (const { id, expiresAt, remaining } of grants) {
    if (expiresAt === null || remaining === 0n) continue;
    if (expiresAt > at) {
      books.holdUntil(expiresAt);
      continue;
    }
    books.write(
      { kind: 'EXPIRY', outcome: 'SUCCEEDED', credits: remaining, ...BY_THE_CLOCK, ...facts },
      { available: -remaining, expired: remaining },
      [{ grantId: id, credits: remaining }],
    );
    books.moveGrant(id, { remaining: -remaining, expired: remaining });
  }
}

type Release = Pick<EntryFacts, 'actorKind' | 'actorId'> &
  Pick<Partial<EntryFacts>, 'refSeq' | 'reason' | 'requestHash' | 'idempotencyKeyHash'> & {
    state: 'RELEASED' | 'EXPIRED' | 'CAPTURED';
  };

/** Gives what a hold still holds back to the very grants it came from, and closes it. What is past its time there expires at once. */
export function releaseRest(books: Books, hold: KnownHold, { state, ...facts }: Release): LedgerEntry {
  const rest = hold.amount - hold.captured - hold.released;
  const draws = Array.from(hold.draws, ([grantId, credits]) => ({ grantId, credits })).filter(
    ({ credits }) => credits > 0n,
  );
  const credits = hold.environment === 'TEST' ? 0n : rest;
  const entry = books.write(
    {
      kind: 'RELEASE',
      outcome: 'SUCCEEDED',
      price: rest,
      credits,
      operation: hold.operation,
      tag: hold.tag,
      environment: hold.environment,
      apiKeyId: hold.apiKeyId,
      memberId: hold.memberId,
      holdId: hold.id,
      ...facts,
    },
    { available: credits, held: -credits },
    draws,
  );
  for (const draw of draws) books.moveGrant(draw.grantId, { held: -draw.credits, remaining: draw.credits });
  // Those that a capture has just emptied are still to be written too.
  for (const grantId of hold.draws.keys()) hold.draws.set(grantId, 0n);
  hold.released += rest;
  hold.state = state;
  hold.closedAt = YET_TO_COME;
  books.putHold(hold);
  if (credits > 0n) books.countSpend(hold, -credits, hold.createdAt);
  expireGrants(books, { refSeq: facts.refSeq ?? entry.seq });
  return entry;
}

/**
 * The plan's allowance for the period that has begun, whole. Where the plan gives more than was granted for it, the
 * difference for what is left of the period, half up to the micro-credit; a cut takes nothing.
 */
function grantAllowance(books: Books, allowance: Allowance): void {
  const { credits, given, givenSince, givenUntil, since, until } = allowance;
  const { at } = books.account;
  if (givenUntil === null || givenSince === null || givenUntil <= at) {
    give(books, { credits, expiresAt: until, reason: 'Allowance of the plan.' });
    Object.assign(allowance, { givenSince: since, givenUntil: until });
  } else if (credits > given) {
    const [left, whole] = [givenUntil.getTime() - at.getTime(), givenUntil.getTime() - givenSince.getTime()];
    const share = divideHalfUp((credits - given) * BigInt(left), BigInt(whole));
    if (share > 0n) give(books, { credits: share, expiresAt: givenUntil, reason: 'The plan gives more.' });
  } else {
    books.holdUntil(givenUntil);
    return;
  }
  allowance.given = credits;
  books.hasGivenAllowance = true;
  books.holdUntil(allowance.givenUntil);
}

function give(books: Books, { credits, ...terms }: { credits: bigint; expiresAt: Date; reason: string }): void {
  const id = newId();
  books.write(
    { kind: 'GRANT', outcome: 'SUCCEEDED', credits, reason: terms.reason, ...BY_THE_CLOCK },
    { available: credits, granted: credits },
    [{ grantId: id, credits }],
  );
  books.addGrant({
    id,
    source: 'ALLOWANCE',
    priority: DEFAULT_PRIORITIES.ALLOWANCE,
    amount: credits,
    ...terms,
    ...BY_THE_CLOCK,
  });
}
