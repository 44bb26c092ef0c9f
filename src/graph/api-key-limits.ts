import { effectiveScopes, heldScopes } from '#core/api-keys/scopes';
import { type CapUse, findCapUses, findKeySpending, type KeySpending } from '#core/credits/caps';
import { builder } from '#graph/builder';
import { CapPeriodEnum } from '#graph/enums';

const ApiKeyCap = builder.objectRef<CapUse>('ApiKeyCap').implement({
  description: 'The most that a key may spend in each window of a kind, and how much of it is used up now.',
  fields: (t) => ({
    period: t.expose('period', { type: CapPeriodEnum, description: 'The kind of window.' }),
    credits: t.expose('credits', { type: 'Credits', description: 'The most that may be spent in one window.' }),
    spent: t.expose('spent', {
      type: 'Credits',
      description: 'What was spent in the window now, by this key and by the keys it made.',
    }),
    remaining: t.field({
      type: 'Credits',
      description: 'What it may still spend in the window; never below zero.',
      resolve: ({ credits, spent }) => (spent < credits ? credits - spent : 0n),
    }),
    share: t.float({
      description: 'How much of it is used up, from 0 to 1; above 1 where it was lowered since.',
      resolve: ({ credits, spent }) => Number((spent * 1_000_000n) / credits) / 1_000_000,
    }),
    resetsAt: t.expose('resetsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the window ends and the count begins again; null for TOTAL, which never does.',
    }),
  }),
});

const ApiKeySpending = builder.objectRef<KeySpending>('ApiKeySpending').implement({
  description:
    'What a key spent, with the keys it made, as caps count it: held credits from when they are set aside, refunds taken off where the call was. Windows in UTC.',
  fields: (t) => ({
    today: t.expose('DAY', { type: 'Credits', description: 'Since midnight.' }),
    thisWeek: t.expose('WEEK', { type: 'Credits', description: 'Since Monday.' }),
    thisMonth: t.expose('MONTH', { type: 'Credits', description: 'Since the first of the month.' }),
    total: t.expose('TOTAL', { type: 'Credits', description: 'Ever.' }),
  }),
});

export const ApiKeyCapInput = builder.inputType('ApiKeyCapInput', {
  description: 'A cap on what a key spends.',
  fields: (t) => ({
    period: t.field({ type: CapPeriodEnum, required: true, description: 'The window it is counted in.' }),
    credits: t.field({ type: 'Credits', required: true, description: 'The most that it may spend in one; above 0.' }),
  }),
});

builder.prismaObjectFields('ApiKey', (t) => ({
  effectiveScopes: t.stringList({
    description:
      'The scopes that work now: those that its creator’s role carries in full and, for a key that a key made, that its maker has too.',
    select: { scopes: true, parent: { select: { scopes: true } }, member: { select: { role: true } } },
    resolve: (key) => effectiveScopes({ scopes: heldScopes(key), ceiling: key.member.role }),
  }),
  allowedAddresses: t.exposeStringList('allowedAddresses', {
    description: 'The address ranges it may be used from, in CIDR notation; empty for anywhere.',
  }),
  requestsPerMinute: t.exposeInt('requestsPerMinute', {
    nullable: true,
    description: 'The most requests that it may make in a minute; null for no limit below that of the plan.',
  }),
  parent: t.relation('parent', {
    nullable: true,
    description: 'The key that made this one, whose limits bind it too and with which it ends; null when a member did.',
  }),
  spending: t.loadable({
    type: ApiKeySpending,
    description: 'What it spends, whether or not it has caps.',
    load: (ids: string[], { db }) => findKeySpending(db, ids, new Date()),
    resolve: ({ id }) => id,
  }),
  caps: t.loadableList({
    type: ApiKeyCap,
    description: 'Its own caps on what it spends. Those of the key that made it bind it too.',
    load: (ids: string[], { db }) => findCapUses(db, ids, new Date()),
    resolve: ({ id }) => id,
  }),
}));
