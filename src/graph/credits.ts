import { visibleTo } from '#core/access/visibility';
import type { GrantedCredits } from '#core/credits/grants';
import { IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { balanceAfter, BalanceType } from '#graph/balance';
import { builder } from '#graph/builder';
import { workspaceIdOf } from '#graph/workspaces';

const GrantSource = builder.enumType('GrantSource', {
  description: 'Where credits came from. Sets the default order in which they are spent.',
  values: {
    ALLOWANCE: { description: "The plan's allowance for a period." },
    PURCHASE: { description: 'Bought.' },
    PROMOTION: { description: 'Given away.' },
    TRIAL: { description: 'Given to try the product.' },
    ADJUSTMENT: { description: 'A correction by the operator.' },
  },
});

const CreditGrantType = builder.prismaNode('CreditGrant', {
  description: 'Credits that came in, and what is left of them.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),
  select: { workspaceId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'balance:read', workspaceId } }),
  fields: (t) => ({
    source: t.expose('source', { type: GrantSource, description: 'Where the credits came from.' }),
    priority: t.exposeInt('priority', { description: 'Smaller is spent first.' }),
    amount: t.expose('amount', { type: 'Credits', description: 'What was granted.' }),
    remaining: t.expose('remaining', { type: 'Credits', description: 'What is left to spend.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why it was granted.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was granted.' }),
  }),
});

const GrantCreditsInput = builder.inputType('GrantCreditsInput', {
  description: 'What grantCredits needs.',
  fields: (t) => ({
    workspaceId: t.id({ required: true, description: 'The workspace that gets the credits.' }),
    credits: t.field({ type: 'Credits', required: true, description: 'How many.' }),
    source: t.field({ type: GrantSource, defaultValue: 'PURCHASE', description: 'Where they come from.' }),
    priority: t.int({
      description: 'Smaller is spent first. Left out: by source, what would lapse before what was paid for.',
    }),
    reason: t.string({ description: 'Why, for the ledger; at most 200 characters.' }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it grants nothing twice.',
    }),
  }),
});

const GrantCreditsPayload = builder.objectRef<GrantedCredits>('GrantCreditsPayload').implement({
  description: 'The credits were granted.',
  fields: (t) => ({
    grant: t.field({ type: CreditGrantType, description: 'The grant.', resolve: ({ grant }) => grant }),
    seq: t.field({ type: 'Seq', description: 'Number of the decision.', resolve: ({ entry }) => entry.seq }),
    balance: t.field({
      type: BalanceType,
      description: 'The balance right after it.',
      resolve: ({ entry }) => balanceAfter(entry),
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
    }),
  }),
});

builder.mutationField('grantCredits', (t) =>
  t.field({
    type: GrantCreditsPayload,
    description: 'Adds credits to a workspace, exactly once per idempotency key. Operators only.',
    args: { input: t.arg({ type: GrantCreditsInput, required: true, description: 'The grant.' }) },
    errors: { types: [NotFound, ValidationFailed, IdempotencyConflict] },
    resolve: async (_root, { input }, { access, credits }) => {
      const { workspaceId, source, priority = null, reason = null, ...rest } = input;
      const permit = await access.permit('credits:grant', workspaceIdOf(workspaceId), ['input', 'workspaceId']);
      return credits.grantCredits(permit, { ...rest, source: source ?? 'PURCHASE', priority, reason });
    },
  }),
);
