import type { RecordedUsage } from '#core/credits/debits';
import { unlessDeclined } from '#core/credits/declines';
import { InsufficientCredits } from '#core/credits/insufficient-credits';
import { KeyLimitExceeded } from '#core/credits/key-limit-exceeded';
import { IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeId } from '#core/ids';
import type { UsageFilter as StoredFilter } from '#core/usage/filter';
import { listUsage } from '#core/usage/log';
import { balanceAfter, BalanceType } from '#graph/balance';
import { builder } from '#graph/builder';
import { OutcomeEnum } from '#graph/enums';
import { payingKey } from '#graph/payers';
import { UsageEntry } from '#graph/usage-entry';

export const UsageFilter = builder.inputType('UsageFilter', {
  description: 'Which calls; all conditions must hold.',
  fields: (t) => ({
    apiKeyId: t.id({ description: 'Only calls of this key.' }),
    operation: t.string({ description: 'Only calls of this operation.' }),
    outcome: t.field({ type: OutcomeEnum, description: 'Only calls that ended so.' }),
    memberId: t.id({ description: 'Only calls of keys that this member created.' }),
    tag: t.string({ description: 'Only calls with this label.' }),
    since: t.field({ type: 'DateTime', description: 'Only calls from this time on.' }),
    until: t.field({ type: 'DateTime', description: 'Only calls before this time.' }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  usage: t.connection(
    {
      type: UsageEntry,
      description: 'The metered calls, newest first.',
      args: { filter: t.arg({ type: UsageFilter, description: 'Which calls.' }) },
      resolve: async ({ id }, { filter, ...page }, { db, access }) =>
        listUsage(db, await access.permit('usage:read', id), {
          ...page,
          filter: filter && storedFilter(filter),
        }),
    },
    { name: 'UsageConnection', description: 'A page of metered calls.' },
    { name: 'UsageEdge', description: 'A metered call in a page.' },
  ),
}));

export const ReportedOutcome = builder.enumType('ReportedOutcome', {
  description: 'How a call ended, as its caller reports it.',
  values: {
    SUCCEEDED: { description: 'The work was done; charged.' },
    FAILED: { description: 'The work failed; logged and charged 0.' },
  },
});

const RecordUsageInput = builder.inputType('RecordUsageInput', {
  description: 'One metered call.',
  fields: (t) => ({
    operation: t.string({ description: 'The priced operation. May be left out when credits is given.' }),
    credits: t.field({
      type: 'Credits',
      description: "The final price, instead of the operation's; no discount applies.",
    }),
    units: t.field({ type: 'Units', description: 'How many units; left out: 1.' }),
    outcome: t.field({ type: ReportedOutcome, description: 'How the call ended; left out: SUCCEEDED.' }),
    latencyMs: t.int({
      description:
        'Duration of the call in milliseconds. Not part of what an idempotency key stands for: a retry may measure another.',
    }),
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
    apiKey: t.string({
      description: "With an operator token only: the customer's API key, verified and debited in this one request.",
    }),
    clientAddress: t.string({
      description:
        "With an operator token only: the IP address that the customer called from, for the key's list of addresses. Needed when the key has such a list.",
    }),
  }),
});

export const RecordUsagePayload = builder.objectRef<RecordedUsage>('RecordUsagePayload').implement({
  description: 'The call is logged and paid for.',
  fields: (t) => ({
    usageEntry: t.field({ type: UsageEntry, description: 'The logged call.', resolve: ({ entry }) => entry }),
    credits: t.field({ type: 'Credits', description: 'What was charged.', resolve: ({ entry }) => entry.credits }),
    seq: t.field({
      type: 'Seq',
      description: 'Number of the decision; events carry the same.',
      resolve: ({ entry }) => entry.seq,
    }),
    balance: t.field({
      type: BalanceType,
      description: 'The balance right after this decision.',
      resolve: ({ entry }) => balanceAfter(entry),
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier call with the same idempotency key.',
    }),
  }),
});

builder.mutationField('recordUsage', (t) =>
  t.field({
    type: RecordUsagePayload,
    description:
      "Logs one metered call and takes its price from the shared balance: exactly once per idempotency key, never below zero. With an API key, or with an operator token and the customer's key in the input.",
    args: { input: t.arg({ type: RecordUsageInput, required: true, description: 'The call.' }) },
    errors: { types: [InsufficientCredits, KeyLimitExceeded, ValidationFailed, NotFound, IdempotencyConflict] },
    resolve: async (_root, { input: { apiKey, clientAddress, ...input } }, context) => {
      const { apiKeyId, secretId, workspaceId, quotas } = await payingKey({ apiKey, clientAddress }, context);
      const permit = await context.access.permit('usage:write', workspaceId);
      const taken = await context.quota.takeFor(quotas);
      const recorded = await context.credits.recordUsage(permit, { ...input, apiKeyId, secretId });
      if (recorded.replayed) taken.giveBack();
      return unlessDeclined(recorded);
    },
  }),
);

/** A filter in the ids that are stored. @throws ValidationFailed */
export function storedFilter({ apiKeyId, memberId, ...filter }: StoredFilter): StoredFilter {
  return {
    ...filter,
    apiKeyId: apiKeyId ? storedId('apiKeyId', 'ApiKey', apiKeyId) : null,
    memberId: memberId ? storedId('memberId', 'Member', memberId) : null,
  };
}

function storedId(field: string, type: 'ApiKey' | 'Member', id: string): string {
  const stored = decodeId(type, id);
  if (stored === null) {
    const whose = type === 'ApiKey' ? 'an API key (key_...)' : 'a member (mem_...)';
    throw new ValidationFailed(`${field} is not the id of ${whose}.`, ['filter', field]);
  }
  return stored;
}
