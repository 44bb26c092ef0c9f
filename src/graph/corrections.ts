import type { Decided, DecidedWhole } from '#core/credits/command';
import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeEntryId } from '#core/ids';
import { balanceAfter, BalanceType } from '#graph/balance';
import { builder } from '#graph/builder';
import { LedgerEntryType } from '#graph/ledger';
import { workspaceIdOf } from '#graph/workspaces';

const KEY = 'Your own unique text for this request: repeating it changes nothing twice.';

/** The answer of an operator's correction. */
function correctionPayload(name: string, description: string) {
  return builder.objectRef<Decided | DecidedWhole>(name).implement({
    description,
    fields: (t) => ({
      entry: t.field({ type: LedgerEntryType, description: 'What was written.', resolve: ({ entry }) => entry }),
      credits: t.field({ type: 'Credits', description: 'How much it moved.', resolve: ({ entry }) => entry.credits }),
      seq: t.field({ type: 'Seq', description: 'Number of the decision.', resolve: ({ entry }) => entry.seq }),
      balance: t.field({
        type: BalanceType,
        description: 'The balance right after it, and after what expired with it.',
        resolve: (decided) => balanceAfter('last' in decided ? decided.last : decided.entry),
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
      }),
    }),
  });
}

const RefundUsageInput = builder.inputType('RefundUsageInput', {
  description: 'What refundUsage needs.',
  fields: (t) => ({
    usageEntryId: t.id({ required: true, description: 'The call to give back, "usage_...".' }),
    credits: t.field({ type: 'Credits', description: 'How much of it; left out: all that was not refunded yet.' }),
    reason: t.string({ description: 'Why, for the ledger; at most 200 characters.' }),
    idempotencyKey: t.string({ required: true, description: KEY }),
  }),
});

const RefundUsagePayload = correctionPayload('RefundUsagePayload', 'The call is refunded.');

builder.mutationField('refundUsage', (t) =>
  t.field({
    type: RefundUsagePayload,
    description:
      'Gives back what a call was charged, or a part, never more in all: to the grants that paid, the last to pay first. What comes back to a grant whose time is over expires at once. Operators only.',
    args: { input: t.arg({ type: RefundUsageInput, required: true, description: 'Which call, and how much.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input: { usageEntryId, ...input } }, { access, credits }) => {
      const path = ['input', 'usageEntryId'];
      access.requireSomebody();
      const entry = decodeEntryId(usageEntryId);
      if (!entry) throw new NotFound('No such call.', path);
      const permit = await access.permit('credits:refund', entry.workspaceId, path);
      return credits.refundUsage(permit, { ...input, seq: entry.seq });
    },
  }),
);

const AdjustmentDirection = builder.enumType('AdjustmentDirection', {
  description: 'Which way an adjustment goes.',
  values: {
    ADD: { description: 'A new grant of source ADJUSTMENT that never expires.' },
    REMOVE: { description: 'Taken from the grants in the order in which they burn; never more than is available.' },
  },
});

const AdjustCreditsInput = builder.inputType('AdjustCreditsInput', {
  description: 'What adjustCredits needs.',
  fields: (t) => ({
    workspaceId: t.id({ required: true, description: 'The workspace.' }),
    direction: t.field({ type: AdjustmentDirection, required: true, description: 'Up or down.' }),
    credits: t.field({ type: 'Credits', required: true, description: 'How much, above 0.' }),
    reason: t.string({ required: true, description: 'Why, for the ledger; at most 200 characters.' }),
    idempotencyKey: t.string({ required: true, description: KEY }),
  }),
});

const AdjustCreditsPayload = correctionPayload('AdjustCreditsPayload', 'The balance is corrected.');

builder.mutationField('adjustCredits', (t) =>
  t.field({
    type: AdjustCreditsPayload,
    description: 'Corrects a balance by hand, up or down, exactly once per idempotency key. Operators only.',
    args: { input: t.arg({ type: AdjustCreditsInput, required: true, description: 'The correction.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input: { workspaceId, ...input } }, { access, credits }) => {
      const permit = await access.permit('credits:adjust', workspaceIdOf(workspaceId), ['input', 'workspaceId']);
      return credits.adjustCredits(permit, input);
    },
  }),
);
