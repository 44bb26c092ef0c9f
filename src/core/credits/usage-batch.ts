import type { Permit } from '#core/access/permit';
import { chargeOf, priceFor } from '#core/credits/charge';
import type { Command } from '#core/credits/command';
import { keyedUsage, recordUsage, type RecordedUsage, writeUsage } from '#core/credits/debits';
import { checkPayingKey, type PayingKey, spendingKey } from '#core/credits/paying-key';
import { checkUsage, type CheckedUsage, type MeteredCall } from '#core/credits/usage-input';
import { DomainError, ValidationFailed } from '#core/errors';
import { isOperationName } from '#core/plans/operations';
import { hashOf } from '#lib/canonical-json';

const ITEMS_MAX = 1_000;

export interface RecordUsageBatchInput extends PayingKey {
  items: readonly MeteredCall[];
}

/** @throws ValidationFailed unless there are 1 to 1,000 items. */
export function checkBatchSize(items: readonly unknown[]): void {
  if (items.length >= 1 && items.length <= ITEMS_MAX) return;
  throw new ValidationFailed(`items must be 1 to ${ITEMS_MAX} calls; this batch has ${items.length}: split it.`, [
    'input',
    'items',
  ]);
}

/**
 * Each call for itself, as by `recordUsage`: one that is refused changes nothing for the others. Settles in the order of
 * the items; a refusal is the item's answer.
 */
export function recordEach(
  decide: (command: Command<RecordedUsage>) => Promise<RecordedUsage>,
  permit: Permit<'usage:write'>,
  { items, ...payer }: RecordUsageBatchInput,
): Promise<(RecordedUsage | Error)[]> {
  checkBatchSize(items);
  return Promise.all(
    items.map(async (item, index) => {
      try {
        return await decide(recordUsage(permit, { ...item, ...payer }));
      } catch (error) {
        return itemError(error, index);
      }
    }),
  );
}

/**
 * All calls or none, as one decision. Where credits or a cap do not allow all of them, every call is declined, and that is
 * kept under their keys. The keys belong together from then on.
 * @throws ValidationFailed, Forbidden. Deciding throws what `recordUsage` throws, for the first call that is refused.
 */
export function recordTogether(
  permit: Permit<'usage:write'>,
  { items, ...payer }: RecordUsageBatchInput,
): Command<RecordedUsage[]> {
  const { workspaceId, actor } = permit;
  checkBatchSize(items);
  const { apiKeyId, secretId } = checkPayingKey(permit, payer);
  const usages = items.map((item, index) => naming(index, () => checkUsage(item)));
  const keyedBy = keysOf(workspaceId, apiKeyId, usages);
  const operations = [...new Set(usages.flatMap(({ operation }) => operation ?? []))].filter(isOperationName);
  return {
    workspaceId,
    line: apiKeyId,
    keyedBy,
    needs: { apiKeyId, operations },
    decide(books) {
      const apiKey = spendingKey(books, { apiKeyId, secretId, actor, spending: 'usage:write' });
      const priced = usages.map((usage, index) => naming(index, () => ({ usage, price: priceFor(books, usage) })));
      const due = priced.map(({ usage, price }) => (usage.outcome === 'FAILED' ? 0n : price.price));
      const whole = chargeOf(books, { apiKey, due: due.reduce((total, credits) => total + credits, 0n) });
      return priced.map(({ usage, price }, index) => {
        // A TEST key's calls come to nothing together and alone.
        const charge = whole.credits === 0n ? whole : { credits: due[index] ?? 0n, decline: null };
        const keyed = keyedBy[index];
        if (!keyed) throw new Error('A call without its key');
        return { entry: writeUsage(books, { usage, apiKey, actor, keyedBy: keyed, charge, price }), replayed: false };
      });
    },
    replay: async (entries) => entries.map((entry) => ({ entry, replayed: true })),
  };
}

function keysOf(workspaceId: string, apiKeyId: string, usages: readonly CheckedUsage[]) {
  const seen = new Map<string, number>();
  for (const [index, { idempotencyKey }] of usages.entries()) {
    const first = seen.get(idempotencyKey);
    if (first !== undefined) {
      throw new ValidationFailed(`idempotencyKey is that of item ${first} too: give each call its own.`, [
        'input',
        'items',
        String(index),
        'idempotencyKey',
      ]);
    }
    seen.set(idempotencyKey, index);
  }
  const batch = hashOf(usages.map(({ latencyMs: _, ...usage }) => usage));
  const request = { mutation: 'recordUsageBatch', batch: Buffer.from(batch).toString('hex') };
  return usages.map((usage, index) => naming(index, () => keyedUsage(workspaceId, { apiKeyId, usage, ...request })));
}

/** A refusal inside names the item that it is about. */
function naming<Result>(index: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw itemError(error, index);
  }
}

/** The same refusal with the item's place in its path. */
function itemError(error: unknown, index: number): Error {
  if (!(error instanceof Error)) return new Error('Not an error', { cause: error });
  if (!(error instanceof DomainError) || error.inputPath[0] !== 'input') return error;
  return error.at(['input', 'items', String(index), ...error.inputPath.slice(1)]);
}
