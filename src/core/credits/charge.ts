import { capUsesOf, type SpendingKey } from '#core/credits/account';
import type { Books } from '#core/credits/books';
import type { Draw } from '#core/credits/burn';
import { capWindow, findExceeded } from '#core/credits/caps';
import type { EntryFacts } from '#core/credits/changes';
import { NotFound, ValidationFailed } from '#core/errors';
import { CREDITS_MAX, priceOf } from '#core/plans/pricing';

/** What is to be priced: an operation by its units, or credits that are final. Micro-units and micro-credits. */
export interface Priceable {
  operation: string | null;
  units: bigint;
  credits: bigint | null;
}

export type Price = Required<Pick<EntryFacts, 'basePrice' | 'discountPercent'>> & { price: bigint };

/** What it costs now, in micro-credits. @throws NotFound (operation), ValidationFailed (price out of range) */
export function priceFor(books: Books, { operation, units, credits }: Priceable): Price {
  const basePrice = operation === null ? null : basePriceOf(books, operation);
  // Credits in a request are final: no discount.
  const discountPercent = credits === null ? books.account.tenant.discountPercent : 0;
  const price = credits ?? priceOf({ basePrice: basePrice ?? 0n, units, discountPercent });
  return { basePrice, discountPercent, price: checkPrice(price) };
}

/** @throws ValidationFailed */
export function checkPrice(price: bigint): bigint {
  if (price <= CREDITS_MAX) return price;
  throw new ValidationFailed('units times the price is above 1000000000000 credits: split the call.', [
    'input',
    'units',
  ]);
}

function basePriceOf(books: Books, operation: string): bigint {
  const priced = books.operation(operation);
  if (priced) return priced.price;
  throw new NotFound(`No operation is called ${operation}: see the operations query for the price list.`, [
    'input',
    'operation',
  ]);
}

export type Decline = Pick<EntryFacts, 'declineReason'> &
  Partial<Pick<EntryFacts, 'capApiKeyId' | 'capPeriod' | 'capCredits' | 'capSpent'>>;

export interface Charge {
  credits: bigint;
  decline: Decline | null;
}

/**
 * What a price comes to. Caps are asked first: raising the balance would not let the call through. Test keys pay
 * nothing. Without a key only the balance is asked.
 */
export function chargeOf(books: Books, { apiKey, due }: { apiKey: SpendingKey | null; due: bigint }): Charge {
  if (due === 0n || apiKey?.environment === 'TEST') return { credits: 0n, decline: null };
  const cap = apiKey && findExceeded(capUsesOf(apiKey, books.account.at), due);
  if (cap) {
    const { apiKeyId: capApiKeyId, period: capPeriod, credits: capCredits, spent: capSpent } = cap;
    return {
      credits: 0n,
      decline: { declineReason: 'KEY_LIMIT_EXCEEDED', capApiKeyId, capPeriod, capCredits, capSpent },
    };
  }
  if (due > books.available) return { credits: 0n, decline: { declineReason: 'INSUFFICIENT_CREDITS' } };
  return { credits: due, decline: null };
}

/**
 * What is added to a hold counts on the day it was opened, and caps of a day that is over can no longer be asked.
 * @throws ValidationFailed
 */
export function checkStillCounts(
  { account: { at } }: Books,
  { apiKey, due, since, field }: { apiKey: SpendingKey | null; due: bigint; since: Date; field: 'credits' | 'units' },
): void {
  if (due === 0n || !apiKey || apiKey.environment === 'TEST') return;
  const over = capUsesOf(apiKey, at).find(({ period }) => (capWindow(period, at).since ?? since) > since);
  if (!over) return;
  throw new ValidationFailed(
    `${field} are more than this hold has, and the ${over.period} of the key's cap that it counts in is over: charge the rest as a call of its own.`,
    ['input', field],
  );
}

/** Takes from grants what they pay. */
export function takeFrom(books: Books, draws: readonly Draw[]): void {
  for (const { grantId, credits } of draws) books.moveGrant(grantId, { remaining: -credits, spent: credits });
}
