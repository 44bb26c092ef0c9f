import type { Permit } from '#core/access/permit';
import { unlessDeclined } from '#core/credits/declines';
import { findWorkspaceOfHold } from '#core/credits/history';
import { HoldNotOpen } from '#core/credits/hold-not-open';
import type { DecidedHold } from '#core/credits/holds';
import { IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeId } from '#core/ids';
import { builder } from '#graph/builder';
import type { Context } from '#graph/context';
import { HOLD_ERRORS, holdPayload } from '#graph/holds';
import { UsageEntry } from '#graph/usage-entry';

const KEY = 'Your own unique text for this request: repeating it decides nothing twice.';
const HOLD = 'The hold. A key decides about its own and those of the keys it made; an operator about any.';

const ExtendHoldInput = builder.inputType('ExtendHoldInput', {
  description: 'What extendHold needs: more credits, more time, or both.',
  fields: (t) => ({
    holdId: t.id({ required: true, description: HOLD }),
    credits: t.field({ type: 'Credits', description: 'How much to set aside beside what is held.' }),
    seconds: t.int({ description: 'How long it holds from now on, 1 to 86400; never makes it shorter.' }),
    idempotencyKey: t.string({ required: true, description: KEY }),
  }),
});

const ExtendHoldPayload = holdPayload('ExtendHoldPayload', 'The hold is extended.');

builder.mutationField('extendHold', (t) =>
  t.field({
    type: ExtendHoldPayload,
    description: 'Sets more aside for an open hold, prolongs it, or both; a hold lives for 7 days at most.',
    args: { input: t.arg({ type: ExtendHoldInput, required: true, description: 'Which hold, and by what.' }) },
    errors: { types: HOLD_ERRORS },
    resolve: async (_root, { input }, context) => {
      const { permit, holdId } = await permitOnHold(input.holdId, context);
      return unlessDeclined(await context.credits.extendHold(permit, { ...input, holdId }));
    },
  }),
);

const CaptureHoldInput = builder.inputType('CaptureHoldInput', {
  description: 'What captureHold needs. With neither credits nor units, all that is held is charged.',
  fields: (t) => ({
    holdId: t.id({ required: true, description: HOLD }),
    credits: t.field({ type: 'Credits', description: 'What the call came to.' }),
    units: t.field({
      type: 'Units',
      description:
        "How many units of the hold's operation it came to, at the price that was frozen when it was opened.",
    }),
    final: t.boolean({
      defaultValue: true,
      description: 'Whether what is left goes back and the hold is closed; false to capture again later.',
    }),
    latencyMs: t.int({ description: 'Duration of the call in milliseconds.' }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Your own facts about the call, at most 4096 bytes of JSON.',
    }),
    idempotencyKey: t.string({ required: true, description: KEY }),
  }),
});

const CaptureHoldPayload = holdPayload('CaptureHoldPayload', 'The call is logged and paid from the hold.');

builder.objectField(CaptureHoldPayload, 'usageEntry', (t) =>
  t.field({ type: UsageEntry, description: 'The logged call.', resolve: ({ entry }) => entry }),
);

builder.mutationField('captureHold', (t) =>
  t.field({
    type: CaptureHoldPayload,
    description:
      'Charges what a held call came to, from what is held: a metered call. Once, or several times in parts.',
    args: { input: t.arg({ type: CaptureHoldInput, required: true, description: 'Which hold, and how much.' }) },
    errors: { types: HOLD_ERRORS },
    resolve: async (_root, { input }, context) => {
      const { permit, holdId } = await permitOnHold(input.holdId, context);
      return unlessDeclined(await context.credits.captureHold(permit, { ...input, holdId }));
    },
  }),
);

const ReleaseHoldInput = builder.inputType('ReleaseHoldInput', {
  description: 'What releaseHold needs.',
  fields: (t) => ({
    holdId: t.id({ required: true, description: HOLD }),
    reason: t.string({ description: 'Why, for the ledger; at most 200 characters.' }),
    idempotencyKey: t.string({ required: true, description: KEY }),
  }),
});

const ReleaseHoldPayload = holdPayload('ReleaseHoldPayload', 'What was held is back where it came from.');

builder.mutationField('releaseHold', (t) =>
  t.field({
    type: ReleaseHoldPayload,
    description: 'Gives back all that a hold still holds, to the very grants it came from, and closes it.',
    args: { input: t.arg({ type: ReleaseHoldInput, required: true, description: 'Which hold.' }) },
    errors: { types: [HoldNotOpen, ValidationFailed, NotFound, IdempotencyConflict] },
    resolve: async (_root, { input }, context): Promise<DecidedHold> => {
      const { permit, holdId } = await permitOnHold(input.holdId, context);
      return context.credits.releaseHold(permit, { ...input, holdId });
    },
  }),
);

/**
 * The hold that an input names by its id alone, and the permit to decide about it. A key's workspace is known; for the
 * rest, unknown and foreign holds take the same way out. @throws NotFound, Unauthenticated, Forbidden
 */
async function permitOnHold(
  id: string,
  { db, access }: Context,
): Promise<{ holdId: string; permit: Permit<'holds:write'> }> {
  access.requireSomebody();
  const { actor } = access;
  const path = ['input', 'holdId'];
  const holdId = decodeId('Hold', id);
  const workspaceId =
    holdId && (actor.kind === 'API_KEY' ? actor.workspaceId : await findWorkspaceOfHold(db, actor, holdId));
  if (!workspaceId) throw new NotFound('No such hold.', path);
  return { holdId, permit: await access.permit('holds:write', workspaceId, path) };
}
