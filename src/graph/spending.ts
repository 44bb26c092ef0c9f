import { isDue, readTidied } from '#core/credits/due-balance';
import { findRunway, findSpending, type Runway, type SpendFigures } from '#core/usage/spending';
import { builder } from '#graph/builder';

const SpendingType = builder.objectRef<SpendFigures>('Spending').implement({
  description: 'What is spent now: charges less what was given back in the same time. TEST keys spend nothing.',
  fields: (t) => ({
    today: t.expose('today', { type: 'Credits', description: 'Since midnight.' }),
    lastSevenDays: t.expose('lastSevenDays', { type: 'Credits', description: 'Today and the six days before.' }),
    thisMonth: t.expose('thisMonth', { type: 'Credits', description: 'Since the first of the month.' }),
  }),
});

const RunwayConfidence = builder.enumType('RunwayConfidence', {
  description: 'How far a runway is to be trusted.',
  values: {
    LOW: { description: 'There were calls in few hours of the last day: the rate may be chance.' },
    MEDIUM: { description: 'There were calls in at least four hours of the last day.' },
    HIGH: {
      description:
        'There were calls in at least twelve hours of the last day, and the last week went on at about the same rate.',
    },
  },
});

const RunwayType = builder.objectRef<Runway>('Runway').implement({
  description:
    'When the balance runs out if credits are spent on as in the last 24 hours; where nothing was spent in these, as in the last 7 days. Grants that end earlier are not foreseen.',
  fields: (t) => ({
    hours: t.exposeFloat('hours', { description: 'How many hours are left.' }),
    emptiesAt: t.expose('emptiesAt', { type: 'DateTime', description: 'When that is.' }),
    creditsPerHour: t.expose('creditsPerHour', { type: 'Credits', description: 'The rate, refunds taken off.' }),
    confidence: t.expose('confidence', { type: RunwayConfidence, description: 'How far to trust it.' }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  spending: t.field({
    type: SpendingType,
    description: 'What is spent today, in seven days and this month.',
    args: {
      timeZone: t.arg.string({
        defaultValue: 'UTC',
        description: 'Whose days and months: a name of the IANA database, such as "Europe/Berlin".',
      }),
    },
    resolve: async ({ id }, { timeZone }, { db, access }) =>
      findSpending(db, await access.permit('usage:read', id), { timeZone: timeZone ?? 'UTC' }),
  }),
  runway: t.field({
    type: RunwayType,
    nullable: true,
    description:
      'When the balance runs out at the recent rate; null where nothing was spent, or for ten years to come.',
    select: { balance: true },
    resolve: async ({ id, balance }, _args, { db, access, credits }) => {
      const permit = await access.permit('usage:read', id);
      await access.permit('balance:read', id);
      if (!balance) throw new Error('A workspace without a balance row');
      const { available } = isDue(balance) ? await readTidied(db, credits, balance) : balance;
      return findRunway(db, permit, { available });
    },
  }),
}));
