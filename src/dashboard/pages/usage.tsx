import { useEffect, useMemo, useState } from 'react';
import { type Search, useAddress } from '../api/address.ts';
import { useReading } from '../api/reading.ts';
import { UsageBeforeDocument, UsageSummaryDocument } from '../generated/graphql.ts';
import { hint, onHint } from '../live/hints.ts';
import { useUsageFeed } from '../live/usage-feed.ts';
import { placeOf, useGo } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { Card } from '../ui/card.tsx';
import { TimeSeriesChart } from '../ui/chart/time-series-chart.tsx';
import { Page } from '../ui/page.tsx';
import { FaultNote, Skeleton } from '../ui/states.tsx';
import { useNow } from '../ui/time.tsx';
import { Controls } from './usage/controls.tsx';
import { UsageExport } from './usage/export.tsx';
import { FilterBar } from './usage/filter-bar.tsx';
import { conditionsOf } from './usage/filter.ts';
import { GroupsTable } from './usage/groups-table.tsx';
import { chartOf, conditionOf, type Group, type Summary, useGroupColors } from './usage/groups.ts';
import { PRESET_NAMES, timeRangeOf } from './usage/range.ts';
import { Totals } from './usage/totals.tsx';
import { GROUPINGS, searchInto, type View, viewOf } from './usage/view.ts';

const QUARTER_MS = 900_000;

export function UsagePage() {
  const { workspace } = useShown();
  const [search, change] = useAddress();
  const now = useNow();
  // The view moves on with the quarter of the hour, and not with each tick of the clock.
  const quarter = Math.ceil(now / QUARTER_MS) * QUARTER_MS;
  const view = useMemo(() => viewOf(search, quarter - 1), [search, quarter]);
  const { variables, reading, createdAt, summary, seen, before } = useSummary(view);
  useUsageFeed(
    { workspaceId: workspace.id, filter: view.filter, isPaused: !view.isLive },
    { onReset: reading.again, onCall: hint },
  );
  const { again } = reading;
  useEffect(() => (view.isLive ? onHint(again) : undefined), [view.isLive, again]);
  return (
    <Page
      title="Usage"
      about={`Calls of this workspace, ${view.timeZone === 'UTC' ? 'in UTC' : `in the time of ${view.timeZone}`}.`}
      workspaceName={workspace.name}
      action={<UsageExport variables={variables} />}
    >
      <Controls view={view} onChange={change} />
      <FilterBar search={search} onChange={change} />
      {reading.fault && <FaultNote fault={reading.fault} again={again} />}
      <Totals summary={summary} />
      {summary && createdAt ? (
        <Shown view={seen} summary={summary} createdAt={createdAt} before={before} search={search} onChange={change} />
      ) : (
        !reading.fault && <Skeleton className="h-[22rem]" />
      )}
    </Page>
  );
}

function useSummary(view: View) {
  const { workspace } = useShown();
  const variables = {
    workspaceId: workspace.id,
    range: timeRangeOf(view.range),
    bucket: view.bucket,
    groupBy: view.groupBy,
    timeZone: view.timeZone,
    environment: view.isTest ? ('TEST' as const) : ('LIVE' as const),
    filter: view.filter,
  };
  const reading = useReading(UsageSummaryDocument, variables);
  const shown = reading.data?.workspace;
  const summary = shown?.usageSummary;
  // While the next answer is on its way, the last one stays, and with it the view that it answered.
  const [answered, setAnswered] = useState({ summary, view });
  if (answered.summary !== summary) setAnswered({ summary, view });
  const earlier = { since: summary?.previousSince ?? '', until: summary?.since ?? '' };
  const comparing = useReading(
    UsageBeforeDocument,
    { ...variables, range: earlier },
    { isPaused: !view.isCompared || !summary },
  );
  const before = view.isCompared ? comparing.data?.workspace?.usageSummary.series : undefined;
  return {
    variables,
    reading,
    createdAt: shown?.createdAt,
    summary,
    seen: answered.summary === summary ? answered.view : view,
    before,
  };
}

interface ShownProps {
  view: View;
  summary: Summary;
  createdAt: string;
  before: Summary['series'] | undefined;
  search: Search;
  onChange: (patch: Search) => void;
}

function Shown({ view, summary, createdAt, before, search, onChange }: ShownProps) {
  const { workspace } = useShown();
  const go = useGo();
  const now = useNow();
  const colors = useGroupColors(summary.groups, view.groupBy);
  const { groupBy, measure } = view;
  const data = useMemo(
    () => chartOf(summary, { groupBy, measure, colors, createdAt, now, before }),
    [summary, groupBy, measure, colors, createdAt, now, before],
  );
  const showCalls = (start: number, end: number): void => {
    const span = { since: new Date(start).toISOString(), until: new Date(end).toISOString() };
    go(placeOf(workspace.slug, 'calls'), definedOf({ ...conditionsOf(search), ...span }));
  };
  const goInto = (start: number, end: number): void => {
    const patch = searchInto(start, end, view.bucket);
    if (patch) onChange(patch);
    else showCalls(start, end);
  };
  const open = (group: Group): void => {
    const condition = conditionOf(group, groupBy);
    if (condition) onChange({ ...condition, by: groupBy === 'OPERATION' ? 'key' : 'operation' });
  };
  const grouping = GROUPINGS.find(({ value }) => value === groupBy)?.name ?? '';
  const time = view.range.preset ? PRESET_NAMES[view.range.preset] : 'the chosen time';
  return (
    <>
      <Card className="p-4">
        <TimeSeriesChart
          label={`${measure === 'credits' ? 'Credits' : 'Calls'} by ${grouping}, ${time}`}
          data={data}
          shape={view.shape}
          unit={measure}
          timeZone={view.timeZone}
          onPick={goInto}
          onBrush={goInto}
        />
      </Card>
      <GroupsTable summary={summary} groupBy={groupBy} colors={colors} onOpen={open} />
    </>
  );
}

function definedOf(search: Search): Search {
  return Object.fromEntries(Object.entries(search).filter(([, text]) => text !== undefined));
}
