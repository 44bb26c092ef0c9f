import { type Quote, quoteUsage } from '#core/credits/quotes';
import { exactPriceOf } from '#core/plans/pricing';
import { BalanceType } from '#graph/balance';
import { builder } from '#graph/builder';
import { CapPeriodEnum, DeclineReasonEnum } from '#graph/enums';
import { GrantDraw } from '#graph/ledger';
import { workspaceOrOwn } from '#graph/workspaces';

const QuoteType = builder.objectRef<Quote>('Quote').implement({
  description: 'What a call would come to if it were recorded now. Nothing is written or set aside.',
  fields: (t) => ({
    operation: t.exposeString('operation', { nullable: true, description: 'The priced operation.' }),
    units: t.expose('units', { type: 'Units', description: 'How many units.' }),
    basePrice: t.expose('basePrice', { type: 'Credits', nullable: true, description: 'Price of one unit.' }),
    discountPercent: t.exposeInt('discountPercent', { description: 'Discount of the plan, in whole percent.' }),
    exactPrice: t.string({
      description: 'The price before it is rounded, with all its decimals.',
      resolve: exactPriceOf,
    }),
    price: t.expose('price', { type: 'Credits', description: 'Price after discount and rounding.' }),
    credits: t.expose('credits', {
      type: 'Credits',
      description: 'What would be charged: 0 for a test key, and when it would be declined.',
    }),
    declineReason: t.field({
      type: DeclineReasonEnum,
      nullable: true,
      description: 'What would stop it; null when nothing would.',
      resolve: ({ decline }) => decline?.declineReason ?? null,
    }),
    capPeriod: t.field({
      type: CapPeriodEnum,
      nullable: true,
      description: 'The cap that would stop it, of those that bind the calling key.',
      resolve: ({ decline }) => decline?.capPeriod ?? null,
    }),
    draws: t.field({
      type: [GrantDraw],
      description: 'Which grants would pay, in order.',
      resolve: ({ draws }) => draws,
    }),
    balance: t.field({
      type: BalanceType,
      description: 'The balance that this was reckoned from.',
      resolve: (quote) => quote,
    }),
  }),
});

builder.queryField('quote', (t) =>
  t.field({
    type: QuoteType,
    description:
      'What a call would cost now, by the same rules that charge it: price, discount, which grants would pay, and whether anything would stop it.',
    args: {
      operation: t.arg.string({ description: 'The priced operation. May be left out when credits is given.' }),
      units: t.arg({ type: 'Units', description: 'How many units; left out: 1.' }),
      credits: t.arg({ type: 'Credits', description: "A final price instead of the operation's." }),
      workspaceId: t.arg.id({ description: 'The workspace; an API key may leave it out.' }),
    },
    resolve: async (_root, { operation = null, units = null, credits = null, workspaceId }, { db, access }) => {
      const permit = await access.permit('balance:read', workspaceOrOwn(workspaceId, access.actor, ['workspaceId']));
      return quoteUsage(db, permit, { operation, credits, ...(units !== null && { units }) });
    },
  }),
);
