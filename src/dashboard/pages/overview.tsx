import { useEffect, useMemo } from 'react';
import { useReading } from '../api/reading.ts';
import { OverviewDocument, TopKeysDocument } from '../generated/graphql.ts';
import { offerBalance } from '../live/balances.ts';
import { onHint } from '../live/hints.ts';
import { placeOf, useGo } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { Glance } from '../ui/amount.tsx';
import { Card } from '../ui/card.tsx';
import { TimeSeriesChart } from '../ui/chart/time-series-chart.tsx';
import { Page } from '../ui/page.tsx';
import { FaultNote, Skeleton } from '../ui/states.tsx';
import { ownTimeZone } from '../ui/time-text.ts';
import { useNow } from '../ui/time.tsx';
import { BalanceFigures, Figure, RunwayFigure } from './overview/figures.tsx';
import { FirstSteps } from './overview/first-steps.tsx';
import { RecentCalls, useRecentCalls } from './overview/recent-calls.tsx';
import { TopKeys } from './overview/top-keys.tsx';
import { chartOf, useGroupColors } from './usage/groups.ts';
import { rangeOf, timeRangeOf } from './usage/range.ts';

export function OverviewPage() {
  const { workspace } = useShown();
  const calls = useRecentCalls();
  return (
    <Page title="Overview" workspaceName={workspace.name}>
      <FirstSteps call={calls.rows?.at(-1)} />
      <Figures />
      <LastWeek />
      <RecentCalls calls={calls} />
    </Page>
  );
}

function Figures() {
  const { workspace } = useShown();
  const { data, fault, again } = useReading(OverviewDocument, { workspaceId: workspace.id, timeZone: ownTimeZone });
  useEffect(() => onHint(again), [again]);
  const shown = data?.workspace;
  useEffect(() => {
    if (shown) offerBalance(workspace.id, shown.balance);
  }, [shown, workspace.id]);
  const isLoading = !shown && !fault;
  const { today = '0', lastSevenDays = '0', thisMonth = '0' } = shown?.spending ?? {};
  return (
    <>
      {fault && <FaultNote fault={fault} again={again} />}
      <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-5">
        <div className="col-span-2 grid lg:col-span-1">
          <BalanceFigures />
        </div>
        <Figure label="Spent today" isLoading={isLoading} detail="credits since midnight">
          <Glance credits={today} />
        </Figure>
        <Figure label="Last 7 days" isLoading={isLoading} detail="credits, today included">
          <Glance credits={lastSevenDays} />
        </Figure>
        <Figure label="This month" isLoading={isLoading} detail="credits since the first">
          <Glance credits={thisMonth} />
        </Figure>
        <RunwayFigure runway={shown?.runway} isLoading={isLoading} />
      </div>
    </>
  );
}

/** The spending of the last week, and who spent. */
function LastWeek() {
  const { workspace } = useShown();
  const go = useGo();
  const now = useNow();
  const since = rangeOf({}, now).since;
  const range = useMemo(() => timeRangeOf({ preset: '7d', since, until: null }), [since]);
  const { data, fault, again } = useReading(TopKeysDocument, {
    workspaceId: workspace.id,
    range,
    timeZone: ownTimeZone,
  });
  useEffect(() => onHint(again), [again]);
  const shown = data?.workspace;
  const summary = shown?.usageSummary;
  const colors = useGroupColors(summary?.groups ?? [], 'KEY');
  const chart = useMemo(
    () =>
      summary &&
      shown &&
      chartOf(summary, {
        groupBy: 'KEY',
        measure: 'credits',
        colors,
        createdAt: shown.createdAt,
        now,
      }),
    [summary, shown, colors, now],
  );
  const open = (start: number, end: number): void =>
    go(placeOf(workspace.slug, 'usage'), { since: new Date(start).toISOString(), until: new Date(end).toISOString() });
  if (fault && !summary) return <FaultNote fault={fault} again={again} />;
  return (
    <div className="grid gap-4 lg:grid-cols-[1fr_22rem]">
      <Card aria-label="The last 7 days" className="grid min-w-0 content-start gap-3 p-4">
        <h2 className="font-semibold">Credits, the last 7 days</h2>
        {chart ? (
          <TimeSeriesChart
            label="Credits by API key, the last 7 days"
            data={chart}
            unit="credits"
            height={200}
            onPick={open}
            onBrush={open}
          />
        ) : (
          <Skeleton className="h-[15.5rem]" />
        )}
      </Card>
      {summary ? <TopKeys summary={summary} colors={colors} /> : <Skeleton className="h-[18rem]" />}
    </div>
  );
}
