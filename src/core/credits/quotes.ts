import type { Actor } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Draw } from '#core/credits/burn';
import { type Charge, chargeOf, type Price, type Priceable, priceFor } from '#core/credits/charge';
import { openBooks } from '#core/credits/due';
import { readAccounts } from '#core/credits/store';
import { checkPriceable } from '#core/credits/usage-input';
import type { Db } from '#core/db';
import { DomainError, NotFound } from '#core/errors';
import { isOperationName } from '#core/plans/operations';

/** What a call would come to if it were recorded now. Amounts in micro-credits. */
export interface Quote extends Price, Charge, Pick<Priceable, 'operation' | 'units'> {
  workspaceId: string;
  /** Which grants would pay, in order; none when it would be declined. */
  draws: readonly Draw[];
  available: bigint;
  held: bigint;
  /** Number of the last decision that this takes into account. */
  seq: bigint;
}

/**
 * Prices a call by the very functions that charge it, and writes nothing. With an API key its caps are asked too.
 * @throws ValidationFailed, NotFound (operation)
 */
export async function quoteUsage(db: Db, permit: Permit<'balance:read'>, input: Partial<Priceable>): Promise<Quote> {
  try {
    return await quote(db, permit, checkPriceable(input));
  } catch (error) {
    // A quote takes its arguments without an input around them.
    if (error instanceof DomainError && error.inputPath[0] === 'input') throw error.at(error.inputPath.slice(1));
    throw error;
  }
}

async function quote(
  db: Db,
  { workspaceId, actor }: { workspaceId: string; actor: Actor },
  priceable: Priceable,
): Promise<Quote> {
  const { operation, units } = priceable;
  const apiKeyId = actor.kind === 'API_KEY' ? actor.apiKeyId : null;
  const needs = {
    ...(apiKeyId !== null && { apiKeyId }),
    ...(operation !== null && isOperationName(operation) && { operations: [operation] }),
  };
  const [account] = await readAccounts(db, new Map([[workspaceId, [needs]]]));
  if (!account) throw new NotFound('No such workspace.', ['workspaceId']);
  const books = openBooks(account);
  const price = priceFor(books, priceable);
  const apiKey = apiKeyId === null ? null : (books.key(apiKeyId) ?? null);
  const charge = chargeOf(books, { apiKey, due: price.price });
  const { available, held, seq } = account;
  return {
    workspaceId,
    operation,
    units,
    ...price,
    ...charge,
    draws: books.draw(charge.credits),
    available,
    held,
    seq,
  };
}
