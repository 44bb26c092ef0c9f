import { visibleTo } from '#core/access/visibility';
import { unlessDeclined } from '#core/credits/declines';
import { listHolds } from '#core/credits/history';
import { HoldNotOpen } from '#core/credits/hold-not-open';
import type { DecidedHold } from '#core/credits/holds';
import { InsufficientCredits } from '#core/credits/insufficient-credits';
import { KeyLimitExceeded } from '#core/credits/key-limit-exceeded';
import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { balanceAfter, BalanceType } from '#graph/balance';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import { EnvironmentEnum, HoldStateEnum } from '#graph/enums';
import { payingKey } from '#graph/payers';

const HoldOverage = builder.enumType('HoldOverage', {
  description: 'What a capture above the hold does.',
  values: {
    REFUSE: { description: 'It is refused: extend the hold first.' },
    TAKE: { description: 'What is above is taken from the balance, if it is there; else the capture is declined.' },
  },
});

const HoldType = builder.prismaNode('Hold', {
  description:
    'Credits set aside for a call whose price is not known yet, such as a stream or a job. Capture what it came to; the rest goes back.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),
  select: { workspaceId: true, apiKeyId: true },
  authScopes: (hold, { access }) => access.canOrIsOwn('holds:read', hold),
  fields: (t) => ({
    state: t.expose('state', { type: HoldStateEnum, description: 'Whether it still holds anything.' }),
    amount: t.expose('amount', { type: 'Credits', description: 'What was set aside in all, extensions included.' }),
    captured: t.expose('captured', { type: 'Credits', description: 'How much of it was charged.' }),
    released: t.expose('released', { type: 'Credits', description: 'How much of it went back.' }),
    remaining: t.field({
      type: 'Credits',
      description: 'How much of it is still set aside.',
      select: { amount: true, captured: true, released: true },
      resolve: ({ amount, captured, released }) => amount - captured - released,
    }),
    overage: t.expose('overage', { type: HoldOverage, description: 'What a capture above it does.' }),
    operation: t.exposeString('operation', { nullable: true, description: 'The operation that it is for.' }),
    environment: t.expose('environment', {
      type: EnvironmentEnum,
      description: 'Environment of the key that opened it.',
    }),
    tag: t.exposeString('tag', { nullable: true, description: "The caller's own label." }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was opened.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it frees itself unless it is extended.' }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was closed; null while open.',
    }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  holds: t.connection(
    {
      type: HoldType,
      description: 'The holds, newest first.',
      args: { state: t.arg({ type: HoldStateEnum, description: 'Only holds in this state.' }) },
      resolve: async ({ id }, { state, ...page }, context, info) =>
        listHolds(context.db, await context.access.permit('holds:read', id), {
          ...page,
          state,
          query: connectionQuery(context, info, 'Hold'),
        }),
    },
    { name: 'HoldsConnection', description: 'A page of holds.' },
    { name: 'HoldsEdge', description: 'A hold in a page.' },
  ),
}));

const CreateHoldInput = builder.inputType('CreateHoldInput', {
  description: 'What createHold needs.',
  fields: (t) => ({
    operation: t.string({ description: 'The priced operation. May be left out when credits is given.' }),
    units: t.field({ type: 'Units', description: 'How many units to set aside for; left out: 1.' }),
    credits: t.field({ type: 'Credits', description: "How much to set aside, instead of the operation's price." }),
    seconds: t.int({ description: 'How long it holds unless it is extended, 1 to 86400; left out: 300.' }),
    overage: t.field({ type: HoldOverage, description: 'What a capture above it does; left out: REFUSE.' }),
    tag: t.string({ description: 'Your own label for grouping, at most 64 characters.' }),
    metadata: t.field({ type: 'JSONObject', description: 'Your own facts, at most 4096 bytes of JSON.' }),
    idempotencyKey: t.string({
      required: true,
      description:
        'Your own unique text for this hold: repeating it holds nothing twice. 1 to 255 printable ASCII characters.',
    }),
    apiKey: t.string({ description: "With an operator token only: the customer's API key, which pays." }),
    clientAddress: t.string({
      description:
        "With an operator token only: the IP address that the customer called from, for the key's list of addresses.",
    }),
  }),
});

/** The answer of everything that is decided about a hold. */
export function holdPayload(name: string, description: string) {
  return builder.objectRef<DecidedHold>(name).implement({
    description,
    fields: (t) => ({
      hold: t.field({
        type: HoldType,
        description: 'The hold; of a repetition, as it is now.',
        resolve: ({ hold }) => {
          if (!hold) throw new Error('What was not declined has a hold');
          return hold;
        },
      }),
      credits: t.field({
        type: 'Credits',
        description: 'How much this decision moved.',
        resolve: ({ entry }) => entry.credits,
      }),
      seq: t.field({
        type: 'Seq',
        description: 'Number of the decision; events carry the same.',
        resolve: ({ entry }) => entry.seq,
      }),
      balance: t.field({
        type: BalanceType,
        description: 'The balance right after it, and after what it released.',
        resolve: ({ last }) => balanceAfter(last),
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
      }),
    }),
  });
}

const CreateHoldPayload = holdPayload('CreateHoldPayload', 'The credits are set aside.');

builder.mutationField('createHold', (t) =>
  t.field({
    type: CreateHoldPayload,
    description:
      "Sets credits aside before a call whose price is not known yet: nothing else can spend them until they are captured or released, or their time is over. With an API key, or with an operator token and the customer's key in the input.",
    args: { input: t.arg({ type: CreateHoldInput, required: true, description: 'The hold.' }) },
    errors: {
      types: [InsufficientCredits, KeyLimitExceeded, ValidationFailed, NotFound, Conflict, IdempotencyConflict],
    },
    resolve: async (_root, { input: { apiKey, clientAddress, ...input } }, context) => {
      const { apiKeyId, secretId, workspaceId, quotas } = await payingKey({ apiKey, clientAddress }, context);
      const permit = await context.access.permit('holds:write', workspaceId);
      const taken = await context.quota.takeFor(quotas);
      const decided = await context.credits.createHold(permit, { ...input, apiKeyId, secretId });
      if (decided.replayed) taken.giveBack();
      return unlessDeclined(decided);
    },
  }),
);

/** What a decision about an open hold may be refused with. */
export const HOLD_ERRORS = [
  HoldNotOpen,
  InsufficientCredits,
  KeyLimitExceeded,
  ValidationFailed,
  NotFound,
  IdempotencyConflict,
];
