import { useState } from 'react';
import type { Search } from '../../api/address.ts';
import type { UsageGrouping, UsageSummaryQuery } from '../../generated/graphql.ts';
import { type ChartData, REST_COLOR } from '../../ui/chart/model.ts';
import { OUTCOME_NAMES } from './filter.ts';
import type { Measure } from './view.ts';

export type Summary = NonNullable<UsageSummaryQuery['workspace']>['usageSummary'];
export type Group = Summary['groups'][number];

/** The parts of a group that its name needs: the overview reads fewer. */
interface Named {
  value?: string | null;
  isOther: boolean;
  apiKey?: { name: string } | null;
  member?: { user: { name: string } } | null;
}

const WITHOUT: Record<UsageGrouping, string> = {
  KEY: 'Without a key',
  OPERATION: 'Without an operation',
  OUTCOME: 'Without an outcome',
  MEMBER: 'Without a member',
  TAG: 'Without a tag',
};

export function groupName({ value, isOther, apiKey, member }: Named, groupBy: UsageGrouping): string {
  if (isOther) return 'All others';
  if (value == null) return WITHOUT[groupBy];
  if (groupBy === 'KEY') return apiKey?.name ?? 'A key that is gone';
  if (groupBy === 'MEMBER') return member?.user.name ?? 'A member who is gone';
  return groupBy === 'OUTCOME' ? OUTCOME_NAMES[value as keyof typeof OUTCOME_NAMES] : value;
}

export function groupId({ value, isOther }: Named): string {
  return isOther ? 'other:' : value == null ? 'none:' : `value:${value}`;
}

const CONDITION_OF: Record<UsageGrouping, string> = {
  KEY: 'key',
  OPERATION: 'operation',
  OUTCOME: 'outcome',
  MEMBER: 'member',
  TAG: 'tag',
};

/** The condition that only this group meets; null where none can say so. */
export function conditionOf({ value, isOther }: Named, groupBy: UsageGrouping): Search | null {
  return isOther || value == null ? null : { [CONDITION_OF[groupBy]]: value };
}

type Colors = ReadonlyMap<string, number>;

/** Each group keeps its color while its rank changes under it; with another grouping all begin anew. */
export function useGroupColors(groups: readonly Named[], groupBy: UsageGrouping): Colors {
  const [kept, setKept] = useState<{ groupBy: UsageGrouping; colors: Colors }>({ groupBy, colors: new Map() });
  const colors = colorsOf(groups, kept.groupBy === groupBy ? kept.colors : new Map<string, number>());
  if (kept.groupBy === groupBy && isSame(colors, kept.colors)) return kept.colors;
  setKept({ groupBy, colors });
  return colors;
}

function colorsOf(groups: readonly Named[], known: Colors): Colors {
  const colors = new Map<string, number>();
  for (const group of groups) {
    const color = known.get(groupId(group));
    if (color !== undefined) colors.set(groupId(group), color);
  }
  for (const group of groups.filter((one) => !colors.has(groupId(one)))) {
    const taken = new Set(colors.values());
    const free = Array.from({ length: REST_COLOR }, (_, color) => color).find((color) => !taken.has(color));
    colors.set(groupId(group), group.isOther ? REST_COLOR : (free ?? REST_COLOR));
  }
  return colors;
}

function isSame(one: Colors, other: Colors): boolean {
  return one.size === other.size && [...one].every(([id, color]) => other.get(id) === color);
}

interface Charted {
  buckets: readonly string[];
  until: string;
  series: { calls: readonly number[]; credits: readonly string[] };
  groups: readonly (Named & { series: { calls: readonly number[]; credits: readonly string[] } })[];
}

interface Circumstances {
  groupBy: UsageGrouping;
  measure: Measure;
  colors: ReadonlyMap<string, number>;
  /** Before it there was no workspace, so there was nothing to count. */
  createdAt: string;
  now: number;
  before?: { calls: readonly number[]; credits: readonly string[] } | undefined;
}

export function chartOf(summary: Charted, circumstances: Circumstances): ChartData {
  const { groupBy, measure, colors, createdAt, now, before } = circumstances;
  const starts = summary.buckets.map((start) => Date.parse(start));
  const until = Date.parse(summary.until);
  const bornAt = Date.parse(createdAt);
  const isGap = starts.map(
    (start, index) =>
      (start > now || (starts[index + 1] ?? until) <= bornAt) && (summary.series.calls[index] ?? 0) === 0,
  );
  const valuesOf = (series: Charted['series']): (string | null)[] =>
    starts.map((_, index) => (isGap[index] === true ? null : String(series[measure][index] ?? 0)));
  return {
    starts,
    until,
    now,
    total: valuesOf(summary.series),
    before: before && starts.map((_, index) => String(before[measure][index] ?? 0)),
    series: summary.groups.map((group) => ({
      id: groupId(group),
      label: groupName(group, groupBy),
      color: colors.get(groupId(group)) ?? REST_COLOR,
      values: valuesOf(group.series),
    })),
  };
}
