import { findUsage } from '#core/usage/log';
import type { LedgerEntry } from '#generated/prisma/client';
import { builder } from '#graph/builder';
import { DeclineReasonEnum, EnvironmentEnum, OutcomeEnum } from '#graph/enums';
import { formatEntryKey, parseEntryKey } from '#graph/global-ids';

const UsageEntryRef = builder.objectRef<LedgerEntry>('UsageEntry');

/** One metered call: the rows of the ledger that are usage. */
export const UsageEntry = builder.node(UsageEntryRef, {
  description:
    'One metered call, as it was decided: what was asked, what it cost, and the balance after it. Never changes.',
  id: { resolve: (entry) => formatEntryKey(entry) },
  // The answer to a key's own debit must not fail for want of another scope.
  authScopes: (entry, { access }) => access.canOrIsOwn('usage:read', entry),
  // The library's own cache hands out what it has not yet marked with its type: asking twice for one id would fail.
  loadManyWithoutCache: async (ids, { db, access }) => {
    const keys = ids.map(parseEntryKey);
    // An entry of another workspace does not exist, here as everywhere, and is not even looked for.
    const visible = await Promise.all(keys.map(({ workspaceId }) => access.belongsTo(workspaceId)));
    const entries = await findUsage(
      db,
      keys.filter((_, index) => visible[index]),
    );
    return visible.map((isVisible) => (isVisible ? (entries.shift() ?? null) : null));
  },
  fields: (t) => ({
    seq: t.expose('seq', { type: 'Seq', description: 'Number of the decision in its workspace.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was decided.' }),
    operation: t.exposeString('operation', {
      nullable: true,
      description: 'Name of the priced operation; null when only credits were given.',
    }),
    units: t.expose('units', { type: 'Units', nullable: true, description: 'How many units were metered.' }),
    basePrice: t.expose('basePrice', {
      type: 'Credits',
      nullable: true,
      description: 'Price of one unit, frozen when the call was decided.',
    }),
    discountPercent: t.exposeInt('discountPercent', { description: 'Discount of the plan, in whole percent.' }),
    price: t.expose('price', {
      type: 'Credits',
      description: 'Price of the call after discount and rounding, whether or not it was charged.',
    }),
    credits: t.expose('credits', {
      type: 'Credits',
      description: 'What was charged: 0 for failed, declined and test calls.',
    }),
    outcome: t.expose('outcome', { type: OutcomeEnum, description: 'How the call ended.' }),
    declineReason: t.expose('declineReason', {
      type: DeclineReasonEnum,
      nullable: true,
      description: 'Why the call was declined; null unless it was.',
    }),
    environment: t.expose('environment', {
      type: EnvironmentEnum,
      description: 'Environment of the key that made the call.',
    }),
    latencyMs: t.exposeInt('latencyMs', {
      nullable: true,
      description: 'Duration of the call in milliseconds, as its caller measured it.',
    }),
    tag: t.exposeString('tag', { nullable: true, description: "The caller's own label for grouping." }),
    metadata: t.field({
      type: 'JSONObject',
      nullable: true,
      description: "The caller's own facts about the call.",
      resolve: ({ metadata }) => metadata,
    }),
    availableAfter: t.field({
      type: 'Credits',
      description: 'What could be spent right after this decision.',
      authScopes: ({ workspaceId }) => ({ can: { action: 'balance:read', workspaceId } }),
      resolve: ({ availableAfter }) => availableAfter,
    }),
  }),
});
