import { Link } from '@tanstack/react-router';
import type { TopKeysQuery } from '../../generated/graphql.ts';
import { placeOf } from '../../shell/places.ts';
import { useShown } from '../../shell/workspace.ts';
import { formatCredits, Glance, shareOf } from '../../ui/amount.tsx';
import { Card } from '../../ui/card.tsx';
import { Swatch } from '../../ui/chart/tip.tsx';
import { classes } from '../../ui/classes.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { groupId, groupName } from '../usage/groups.ts';

type Summary = NonNullable<TopKeysQuery['workspace']>['usageSummary'];
type Group = Summary['groups'][number];

/** The keys that spend most, each with its course and the cap that it is nearest to. */
export function TopKeys({ summary, colors }: { summary: Summary; colors: ReadonlyMap<string, number> }) {
  const { workspace } = useShown();
  return (
    <Card aria-label="Top keys" className="grid min-w-0 grid-cols-1 content-start">
      <div className="flex items-baseline justify-between px-4 pt-4 pb-2">
        <h2 className="font-semibold">Top keys</h2>
        <Link
          to={placeOf(workspace.slug, 'keys')}
          className="text-[13px] text-accent underline-offset-4 hover:underline"
        >
          All keys
        </Link>
      </div>
      {summary.groups.length === 0 ? (
        <p className="px-4 pb-4 text-muted-foreground">No key has spent anything in the last 7 days.</p>
      ) : (
        <ol className="min-w-0 divide-y">
          {summary.groups.map((group) => (
            <li key={groupId(group)} className="flex min-w-0 items-center gap-3 px-4 py-2.5">
              <Swatch color={colors.get(groupId(group)) ?? 0} />
              <KeyLine group={group} />
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function KeyLine({ group }: { group: Group }) {
  const { workspace } = useShown();
  const { apiKey, total, series, value } = group;
  const name = groupName(group, 'KEY');
  return (
    <>
      <div className="grid min-w-0 flex-1 grid-cols-1 gap-1">
        {value == null ? (
          <span className="text-muted-foreground">{name}</span>
        ) : (
          <Link
            to={placeOf(workspace.slug, 'calls')}
            search={{ key: value }}
            className="truncate font-medium underline-offset-4 hover:underline"
          >
            {name}
          </Link>
        )}
        {apiKey && <NearestCap caps={apiKey.caps} />}
      </div>
      <Sparkline values={coarse(series.credits)} className="hidden h-6 w-12 shrink-0 text-muted-foreground sm:block" />
      <span className="grid justify-items-end">
        <Glance credits={total.credits} />
        <span className="amount text-xs whitespace-nowrap text-muted-foreground">
          {formatCredits(String(total.calls))} {total.calls === 1 ? 'call' : 'calls'}
        </span>
      </span>
    </>
  );
}

const HOURS = 6;

/** A week of hours is too fine for a line of a few pixels. */
function coarse(hours: readonly string[]): string[] {
  const count = Math.ceil(hours.length / HOURS);
  return Array.from({ length: count }, (_, index) =>
    String(hours.slice(index * HOURS, (index + 1) * HOURS).reduce((sum, text) => sum + Number(text), 0)),
  );
}

const PERIODS = { TOTAL: 'in total', DAY: 'today', WEEK: 'this week', MONTH: 'this month' };

function NearestCap({ caps }: { caps: NonNullable<Group['apiKey']>['caps'] }) {
  const [nearest] = caps.toSorted(
    (one, other) => shareOf(other.spent, other.credits) - shareOf(one.spent, one.credits),
  );
  if (!nearest) return <span className="text-xs text-muted-foreground">No cap</span>;
  const share = shareOf(nearest.spent, nearest.credits);
  const exact = `${formatCredits(nearest.spent)} of ${formatCredits(nearest.credits)} credits ${PERIODS[nearest.period]}`;
  return (
    <span className="flex min-w-0 items-center gap-2" title={exact}>
      <span
        role="meter"
        aria-label="Spent of its nearest cap"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className="h-1 w-8 shrink-0 overflow-hidden rounded-full bg-muted"
      >
        <span
          className={classes('block h-full', share >= 1 ? 'bg-destructive' : share >= 0.8 ? 'bg-warning' : 'bg-accent')}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      <span className="amount truncate text-xs text-muted-foreground">
        {Math.floor(share * 100)} % {PERIODS[nearest.period]}
      </span>
    </span>
  );
}
