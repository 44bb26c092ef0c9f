import type { RecordedUsage } from '#core/credits/debits';
import { unlessDeclined } from '#core/credits/declines';
import { InsufficientCredits } from '#core/credits/insufficient-credits';
import { KeyLimitExceeded } from '#core/credits/key-limit-exceeded';
import { checkBatchSize } from '#core/credits/usage-batch';
import { Conflict, IdempotencyConflict, NotFound, Unauthenticated, Unavailable, ValidationFailed } from '#core/errors';
import { builder } from '#graph/builder';
import { payingKey } from '#graph/payers';
import { RecordUsagePayload, ReportedOutcome } from '#graph/usage';

const BatchMode = builder.enumType('BatchMode', {
  description: 'What one call of a batch means for the others.',
  values: {
    BEST_EFFORT: { description: 'Nothing: each is decided for itself, in the order of the list.' },
    ATOMIC: { description: 'Everything: all are charged or none is.' },
  },
});

const UsageItemInput = builder.inputType('UsageItemInput', {
  description: 'One metered call of a batch.',
  fields: (t) => ({
    operation: t.string({ description: 'The priced operation. May be left out when credits is given.' }),
    credits: t.field({
      type: 'Credits',
      description: "The final price, instead of the operation's; no discount applies.",
    }),
    units: t.field({ type: 'Units', description: 'How many units; left out: 1.' }),
    outcome: t.field({ type: ReportedOutcome, description: 'How the call ended; left out: SUCCEEDED.' }),
    latencyMs: t.int({ description: 'Duration of the call in milliseconds.' }),
    tag: t.string({ description: 'Your own label for grouping, at most 64 characters.' }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Your own facts about the call, at most 4096 bytes of JSON.',
    }),
    idempotencyKey: t.string({
      required: true,
      description:
        'Your own unique text for this call: repeating it charges nothing twice. 1 to 255 printable ASCII characters.',
    }),
  }),
});

const RecordUsageBatchInput = builder.inputType('RecordUsageBatchInput', {
  description: 'What recordUsageBatch needs.',
  fields: (t) => ({
    items: t.field({ type: [UsageItemInput], required: true, description: 'The calls, 1 to 1000.' }),
    mode: t.field({ type: BatchMode, defaultValue: 'BEST_EFFORT', description: 'What one call means for the others.' }),
    apiKey: t.string({ description: "With an operator token only: the customer's API key, which pays." }),
    clientAddress: t.string({
      description:
        "With an operator token only: the IP address that the customer called from, for the key's list of addresses.",
    }),
  }),
});

const RecordUsageBatchPayload = builder
  .objectRef<{ results: readonly (RecordedUsage | Error)[] }>('RecordUsageBatchPayload')
  .implement({
    description: 'Every call has its answer.',
    fields: (t) => ({
      results: t.field({
        type: [RecordUsagePayload],
        description: 'The answers in the order of the calls, each as recordUsage would have given it.',
        itemErrors: {
          directResult: true,
          union: { name: 'UsageItemResult' },
          types: [
            InsufficientCredits,
            KeyLimitExceeded,
            ValidationFailed,
            NotFound,
            IdempotencyConflict,
            Unavailable,
            Unauthenticated,
          ],
        },
        // The library's type knows no errors among the items; its README and its code do.
        resolve: ({ results }) => results.map(answerOf) as RecordedUsage[],
      }),
    }),
  });

function answerOf(result: RecordedUsage | Error): RecordedUsage | Error {
  if (result instanceof Error) return result;
  try {
    return unlessDeclined(result);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

builder.mutationField('recordUsageBatch', (t) =>
  t.field({
    type: RecordUsageBatchPayload,
    description:
      'Logs up to 1,000 metered calls at once, each under its own idempotency key: repeat the very same batch to settle one whose answer was lost. In an ATOMIC batch the keys belong together. Counts as that many requests.',
    args: { input: t.arg({ type: RecordUsageBatchInput, required: true, description: 'The calls.' }) },
    errors: { types: [ValidationFailed, NotFound, IdempotencyConflict, Conflict] },
    resolve: async (_root, { input: { apiKey, clientAddress, items, mode } }, context) => {
      checkBatchSize(items);
      const { apiKeyId, secretId, workspaceId, quotas } = await payingKey({ apiKey, clientAddress }, context);
      const permit = await context.access.permit('usage:write', workspaceId);
      const taken = await context.quota.takeFor(quotas, items.length);
      const batch = { items, apiKeyId, secretId };
      const results =
        mode === 'ATOMIC'
          ? await context.credits.recordTogether(permit, batch)
          : await context.credits.recordEach(permit, batch);
      taken.giveBack(results.filter((result) => !(result instanceof Error) && result.replayed).length);
      return { results };
    },
  }),
);
