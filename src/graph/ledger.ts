import type { Draw } from '#core/credits/burn';
import { changeOf, findBalanceAt, findDraws, findEntry, findGrants, listLedger } from '#core/credits/history';
import { exactPriceOf } from '#core/plans/pricing';
import type { LedgerEntry } from '#generated/prisma/client';
import { ActorKindEnum, publicActorId } from '#graph/actors';
import { balanceAfter, BalanceType } from '#graph/balance';
import { builder } from '#graph/builder';
import { CreditGrantType } from '#graph/credits';
import { OutcomeEnum } from '#graph/enums';
import { formatEntryKey, parseEntryKey } from '#graph/global-ids';
import { UsageEntry } from '#graph/usage-entry';

const EntryKind = builder.enumType('EntryKind', {
  description: 'What a ledger entry was.',
  values: {
    USAGE: { description: 'A metered call: takes from what is available.' },
    GRANT: { description: 'Credits came in.' },
    EXPIRY: { description: 'What was left of a grant when its time came.' },
    HOLD: { description: 'Credits were set aside: from available to held.' },
    CAPTURE: { description: 'A metered call that a hold paid for.' },
    RELEASE: { description: 'What a hold still held went back to available.' },
    REFUND: { description: 'A call was given back, whole or in part.' },
    VOID: { description: 'A grant was ended: what was left of it was taken away.' },
    ADJUSTMENT: { description: 'A correction by the operator, up or down.' },
  },
});

export const GrantDraw = builder.objectRef<Draw>('GrantDraw').implement({
  description: 'What a decision moved of one grant.',
  fields: (t) => ({
    credits: t.expose('credits', { type: 'Credits', description: 'How much of it.' }),
    grant: t.loadable({
      type: CreditGrantType,
      description: 'The grant.',
      load: (ids: string[], { db }) => findGrants(db, ids),
      resolve: ({ grantId }) => grantId,
    }),
  }),
});

export const LedgerEntryType = builder.objectRef<LedgerEntry>('LedgerEntry').implement({
  description:
    "One decision about a workspace's credits: what it was, who made it, and the balance before and after it. Never changes.",
  authScopes: ({ workspaceId }) => ({ can: { action: 'ledger:read', workspaceId } }),
  fields: (t) => ({
    seq: t.expose('seq', { type: 'Seq', description: 'Number of the decision in its workspace, without gaps.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was decided.' }),
    kind: t.expose('kind', { type: EntryKind, description: 'What it was.' }),
    outcome: t.expose('outcome', {
      type: OutcomeEnum,
      description: 'How it ended; what is DECLINED or FAILED moved nothing.',
    }),
    credits: t.expose('credits', { type: 'Credits', description: 'How much it moved.' }),
    availableBefore: t.field({
      type: 'Credits',
      description: 'What could be spent right before it.',
      resolve: (entry) => entry.availableAfter - changeOf(entry).available,
    }),
    availableAfter: t.expose('availableAfter', { type: 'Credits', description: 'What could be spent right after it.' }),
    heldBefore: t.field({
      type: 'Credits',
      description: 'What was set aside right before it.',
      resolve: (entry) => entry.heldAfter - changeOf(entry).held,
    }),
    heldAfter: t.expose('heldAfter', { type: 'Credits', description: 'What was set aside right after it.' }),
    actorKind: t.expose('actorKind', { type: ActorKindEnum, description: 'What kind of caller decided it.' }),
    actorId: t.id({
      nullable: true,
      description: 'Id of the API key ("key_...") or operator token ("optok_..."); null for SYSTEM.',
      resolve: publicActorId,
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, where somebody said so.' }),
    refSeq: t.expose('refSeq', {
      type: 'Seq',
      nullable: true,
      description:
        'Number of the decision that this one follows from: the call that was refunded, the hold that was extended.',
    }),
    usageEntry: t.field({
      type: UsageEntry,
      nullable: true,
      description: 'The metered call; null when it was none.',
      resolve: (entry) => (entry.kind === 'USAGE' || entry.kind === 'CAPTURE' ? entry : null),
    }),
    draws: t.loadableList({
      type: GrantDraw,
      description: 'The grants whose credits it moved.',
      load: (keys: string[], { db }) => findDraws(db, keys.map(parseEntryKey)),
      resolve: formatEntryKey,
    }),
  }),
});

builder.objectFields(UsageEntry, (t) => ({
  exactPrice: t.string({
    description: 'The price before it was rounded, with all its decimals: base price x units x (100 - discount) / 100.',
    resolve: exactPriceOf,
  }),
  draws: t.loadableList({
    type: GrantDraw,
    description: 'The grants that paid for it.',
    authScopes: ({ workspaceId }) => ({ can: { action: 'balance:read', workspaceId } }),
    load: (keys: string[], { db }) => findDraws(db, keys.map(parseEntryKey)),
    resolve: formatEntryKey,
  }),
}));

builder.prismaObjectFields('Workspace', (t) => ({
  ledger: t.connection(
    {
      type: LedgerEntryType,
      description: 'Everything that was decided about the credits, newest first.',
      args: { kinds: t.arg({ type: [EntryKind], description: 'Only entries of these kinds.' }) },
      resolve: async ({ id }, { kinds, ...page }, { db, access }) =>
        listLedger(db, await access.permit('ledger:read', id), { ...page, kinds: kinds ?? null }),
    },
    { name: 'LedgerConnection', description: 'A page of ledger entries.' },
    { name: 'LedgerEdge', description: 'A ledger entry in a page.' },
  ),
  ledgerEntry: t.field({
    type: LedgerEntryType,
    nullable: true,
    description: 'The decision of that number; null when there was none.',
    args: { seq: t.arg({ type: 'Seq', required: true, description: 'Its number.' }) },
    resolve: async ({ id }, { seq }, { db, access }) => findEntry(db, await access.permit('ledger:read', id), { seq }),
  }),
  balanceAt: t.field({
    type: BalanceType,
    description: 'The balance as it was at a time that is over, from the ledger.',
    args: { time: t.arg({ type: 'DateTime', required: true, description: 'When.' }) },
    resolve: async ({ id }, { time }, { db, access }) =>
      balanceAfter(await findBalanceAt(db, await access.permit('balance:read', id), time)),
  }),
}));
