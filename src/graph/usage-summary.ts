import { findApiKeys } from '#core/api-keys/api-keys';
import { encodeId } from '#core/ids';
import { findMembers } from '#core/members/members';
import type { UsageSums } from '#core/usage/rollups';
import { summarizeUsage, type UsageGroup, type UsageSummary } from '#core/usage/summary';
import { ApiKeyType } from '#graph/api-keys';
import { builder } from '#graph/builder';
import { EnvironmentEnum } from '#graph/enums';
import { MemberType } from '#graph/members';
import { storedFilter, UsageFilter } from '#graph/usage';

const UsageBucket = builder.enumType('UsageBucket', {
  description: 'How long a bucket of a summary is, as clocks in its time zone show it.',
  values: {
    QUARTER_HOUR: { description: 'Fifteen minutes.' },
    HOUR: { description: 'An hour; one that comes twice when clocks are set back is two.' },
    DAY: { description: 'From midnight to midnight; 23 or 25 hours where clocks are changed.' },
    WEEK: { description: 'From Monday to Sunday.' },
    MONTH: { description: 'A calendar month.' },
  },
});

const UsageGrouping = builder.enumType('UsageGrouping', {
  description: 'What calls are put together by.',
  values: {
    KEY: { description: 'The API key that made the call.' },
    OPERATION: { description: 'The priced operation.' },
    OUTCOME: { description: 'How the call ended.' },
    MEMBER: { description: 'The member who created the key.' },
    TAG: {
      description:
        "The caller's own label. A calendar month (UTC) tells 1000 labels apart; further ones come together.",
    },
  },
});

const TimeRange = builder.inputType('TimeRange', {
  description: 'From when to when. Widened to whole buckets.',
  fields: (t) => ({
    since: t.field({ type: 'DateTime', required: true, description: 'Where it begins.' }),
    until: t.field({ type: 'DateTime', description: 'Where it ends, exclusive; left out: now.' }),
  }),
});

const UsageTotals = builder.objectRef<UsageSums>('UsageTotals').implement({
  description: 'What calls come to.',
  fields: (t) => ({
    calls: t.float({
      description: 'How many there were, whatever their outcome. A whole number.',
      resolve: ({ calls }) => Number(calls),
    }),
    credits: t.expose('credits', { type: 'Credits', description: 'What they were charged.' }),
    refunded: t.expose('refunded', {
      type: 'Credits',
      description: 'What was given back in this time, whenever the calls were made.',
    }),
    spent: t.field({
      type: 'Credits',
      description: 'credits - refunded; below zero where more was given back than charged.',
      resolve: ({ credits, refunded }) => credits - refunded,
    }),
  }),
});

/** A list for each figure, as charts take them: an object for each of a thousand buckets would cost ten times that. */
const UsageSeries = builder.objectRef<readonly UsageSums[]>('UsageSeries').implement({
  description: 'Figures by bucket: each list has one for each bucket of the summary, 0 where there was nothing.',
  fields: (t) => ({
    calls: t.floatList({
      description: 'How many calls there were.',
      resolve: (buckets) => buckets.map(({ calls }) => Number(calls)),
    }),
    credits: t.field({
      type: ['Credits'],
      description: 'What they were charged.',
      resolve: (buckets) => buckets.map(({ credits }) => credits),
    }),
    refunded: t.field({
      type: ['Credits'],
      description: 'What was given back in the bucket.',
      resolve: (buckets) => buckets.map(({ refunded }) => refunded),
    }),
  }),
});

const UsageGroupType = builder.objectRef<UsageGroup>('UsageGroup').implement({
  description: 'The calls that have one thing in common.',
  fields: (t) => ({
    value: t.string({
      nullable: true,
      description:
        'What that is: id of the key or member, name of the operation, outcome, label. Null for calls without one, and for the rest.',
      resolve: ({ groupBy, value }) => {
        if (value === null) return null;
        if (groupBy === 'KEY') return encodeId('ApiKey', value);
        return groupBy === 'MEMBER' ? encodeId('Member', value) : value;
      },
    }),
    isOther: t.exposeBoolean('isOther', {
      description: 'Whether this is the rest: everything beyond the largest groups.',
    }),
    apiKey: t.loadable({
      type: ApiKeyType,
      nullable: true,
      description: 'The key, when grouped by KEY; null for the rest, and when the caller may not see keys.',
      load: (ids: string[], { db }) => findApiKeys(db, ids),
      resolve: async ({ groupBy, value, workspaceId }, _args, { access }) =>
        groupBy === 'KEY' && (await access.can('apiKeys:read', workspaceId)) ? value : null,
    }),
    member: t.loadable({
      type: MemberType,
      nullable: true,
      description: 'The member, when grouped by MEMBER; null for the rest, and when the caller may not see members.',
      load: (ids: string[], { db }) => findMembers(db, ids),
      resolve: async ({ groupBy, value, workspaceId }, _args, { access }) =>
        groupBy === 'MEMBER' && (await access.can('members:read', workspaceId)) ? value : null,
    }),
    total: t.expose('total', { type: UsageTotals, description: 'All buckets together.' }),
    previous: t.expose('previous', { type: UsageTotals, description: 'The same for the time before.' }),
    series: t.field({ type: UsageSeries, description: 'By bucket.', resolve: ({ buckets }) => buckets }),
  }),
});

const UsageSummaryType = builder.objectRef<UsageSummary>('UsageSummary').implement({
  description: 'What calls come to in a time, by bucket and group, exact to the last decimal.',
  fields: (t) => ({
    since: t.expose('since', { type: 'DateTime', description: 'Where the first bucket begins.' }),
    until: t.expose('until', { type: 'DateTime', description: 'Where the last bucket ends.' }),
    buckets: t.field({
      type: ['DateTime'],
      description: 'Where each bucket begins; it ends where the next one begins, the last at `until`.',
      resolve: ({ begins }) => [...begins],
    }),
    total: t.expose('total', { type: UsageTotals, description: 'All groups and buckets together.' }),
    previousSince: t.expose('previousSince', {
      type: 'DateTime',
      description: 'Where the time before begins: as many buckets, ending at `since`.',
    }),
    previous: t.expose('previous', { type: UsageTotals, description: 'The same for the time before.' }),
    series: t.field({
      type: UsageSeries,
      description: 'All groups together, by bucket.',
      resolve: ({ buckets }) => buckets,
    }),
    groups: t.field({
      type: [UsageGroupType],
      description: 'The groups: the largest by `credits` first, the rest last, if there is any.',
      resolve: ({ groups }) => [...groups],
    }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  usageSummary: t.field({
    type: UsageSummaryType,
    description:
      'What the calls of a time come to, by bucket and group. At most 1000 buckets. A refund counts in the bucket in which it was decided, so a bucket that is over never changes.',
    args: {
      range: t.arg({ type: TimeRange, required: true, description: 'Which time.' }),
      bucket: t.arg({ type: UsageBucket, required: true, description: 'How long a bucket is.' }),
      groupBy: t.arg({ type: UsageGrouping, required: true, description: 'What calls are put together by.' }),
      timeZone: t.arg.string({
        defaultValue: 'UTC',
        description: 'Whose days and hours buckets are: a name of the IANA database, such as "Asia/Kathmandu".',
      }),
      top: t.arg.int({
        defaultValue: 8,
        description: 'How many of the largest groups stand alone, 1 to 50; all others come together in one.',
      }),
      environment: t.arg({
        type: EnvironmentEnum,
        defaultValue: 'LIVE',
        description: 'Calls of which keys; those of TEST keys are charged 0.',
      }),
      filter: t.arg({
        type: UsageFilter,
        description:
          'Only these calls. Its times are left out here: the range says them. Of labels, only those that a month tells apart.',
      }),
    },
    resolve: async ({ id }, { range, filter, timeZone, top, environment, ...rest }, { db, access }) =>
      summarizeUsage(db, await access.permit('usage:read', id), {
        ...rest,
        ...range,
        timeZone: timeZone ?? 'UTC',
        top: top ?? 8,
        environment: environment ?? 'LIVE',
        filter: filter && storedFilter(filter),
      }),
  }),
}));
