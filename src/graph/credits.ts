import { visibleTo } from '#core/access/visibility';
import type { Decided } from '#core/credits/command';
import type { GrantedCredits } from '#core/credits/grants';
import { findWorkspaceOfGrant, listGrants } from '#core/credits/history';
import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { decodeId } from '#core/ids';
import { balanceAfter, BalanceType } from '#graph/balance';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
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

export const CreditGrantType = builder.prismaNode('CreditGrant', {
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
    held: t.expose('held', { type: 'Credits', description: 'What open holds have set aside of it.' }),
    spent: t.expose('spent', { type: 'Credits', description: 'What calls were paid with it.' }),
    expired: t.expose('expired', {
      type: 'Credits',
      description: 'What went unspent: left over when its time came, voided, or adjusted away.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When what remains of it expires; null for never.',
    }),
    voidedAt: t.expose('voidedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the operator ended it; null unless that was so.',
    }),
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
    expiresAt: t.field({ type: 'DateTime', description: 'When what remains of it expires; left out: never.' }),
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
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input }, { access, credits }) => {
      const { workspaceId, source, priority = null, reason = null, ...rest } = input;
      const permit = await access.permit('credits:grant', workspaceIdOf(workspaceId), ['input', 'workspaceId']);
      return credits.grantCredits(permit, { ...rest, source: source ?? 'PURCHASE', priority, reason });
    },
  }),
);

builder.prismaObjectFields('Workspace', (t) => ({
  grants: t.connection(
    {
      type: CreditGrantType,
      description: 'The credits that came in, newest first.',
      args: { open: t.arg.boolean({ description: 'True: only grants that credits are left of.' }) },
      resolve: async ({ id }, { open, ...page }, context, info) =>
        listGrants(context.db, await context.access.permit('balance:read', id), {
          ...page,
          isOpen: open,
          query: connectionQuery(context, info, 'CreditGrant'),
        }),
    },
    { name: 'GrantsConnection', description: 'A page of grants.' },
    { name: 'GrantsEdge', description: 'A grant in a page.' },
  ),
}));

const VoidGrantInput = builder.inputType('VoidGrantInput', {
  description: 'What voidGrant needs.',
  fields: (t) => ({
    grantId: t.id({ required: true, description: 'The grant to end.' }),
    reason: t.string({ description: 'Why, for the ledger; at most 200 characters.' }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it changes nothing twice.',
    }),
  }),
});

const VoidGrantPayload = builder.objectRef<Decided>('VoidGrantPayload').implement({
  description: 'The grant is over.',
  fields: (t) => ({
    credits: t.field({ type: 'Credits', description: 'What was taken away.', resolve: ({ entry }) => entry.credits }),
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

builder.mutationField('voidGrant', (t) =>
  t.field({
    type: VoidGrantPayload,
    description:
      'Ends a grant at once: what remains of it is taken away, and what is held of it or refunded to it later expires as it comes back. Operators only.',
    args: { input: t.arg({ type: VoidGrantInput, required: true, description: 'Which grant.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input }, { db, access, credits }) => {
      access.requireSomebody();
      const path = ['input', 'grantId'];
      const grantId = decodeId('CreditGrant', input.grantId);
      const workspaceId = grantId && (await findWorkspaceOfGrant(db, access.actor, grantId));
      if (!workspaceId) throw new NotFound('No such grant.', path);
      return credits.voidGrant(await access.permit('credits:void', workspaceId, path), { ...input, grantId });
    },
  }),
);
