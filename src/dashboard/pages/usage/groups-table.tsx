import { ChartColumn } from 'lucide-react';
import type { UsageGrouping } from '../../generated/graphql.ts';
import { formatCredits, Glance, shareOf } from '../../ui/amount.tsx';
import { Card } from '../../ui/card.tsx';
import { Swatch } from '../../ui/chart/tip.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { conditionOf, type Group, groupId, groupName, type Summary } from './groups.ts';
import { Change } from './totals.tsx';
import { GROUPINGS } from './view.ts';

interface Props {
  summary: Summary;
  groupBy: UsageGrouping;
  colors: ReadonlyMap<string, number>;
  onOpen: (group: Group) => void;
}

const head = 'border-b px-3 sm:px-4 py-2 text-xs font-medium whitespace-nowrap text-muted-foreground';

/** The groups of the chart in figures; each opens what it is made of. */
export function GroupsTable({ summary, groupBy, colors, onOpen }: Props) {
  const { groups, total } = summary;
  const name = GROUPINGS.find(({ value }) => value === groupBy)?.name ?? '';
  if (total.calls === 0 && groups.length === 0) {
    return (
      <Card>
        <EmptyState icon={ChartColumn} title="No calls in this time">
          Choose a longer time, or take filters off.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card className="overflow-x-auto">
      <table className="w-full text-right" aria-label={`Usage by ${name}`}>
        <Heads name={name} />
        <tbody className="divide-y">
          {groups.map((group) => (
            <Row key={groupId(group)} group={group} {...{ groupBy, colors, onOpen, all: total.credits }} />
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t font-medium">
            <th scope="row" className="px-3 sm:px-4 py-2.5 text-left font-medium">
              All
            </th>
            <td className="hidden md:table-cell" aria-label="no course" />
            <td className="amount px-3 sm:px-4 py-2.5">{formatCredits(String(total.calls))}</td>
            <td className="amount px-3 sm:px-4 py-2.5">
              <Glance credits={total.credits} />
            </td>
            <td className="hidden sm:table-cell" aria-label="no share" />
            <td className="amount hidden px-3 sm:px-4 py-2.5 font-normal text-muted-foreground sm:table-cell">
              <Glance credits={summary.previous.credits} />
            </td>
          </tr>
        </tfoot>
      </table>
    </Card>
  );
}

interface RowProps extends Omit<Props, 'summary'> {
  group: Group;
  all: string;
}

function Row({ group, groupBy, colors, onOpen, all }: RowProps) {
  const name = groupName(group, groupBy);
  const share = shareOf(group.total.credits, all);
  return (
    <tr className="hover:bg-muted/50">
      <th scope="row" className="h-11 px-3 sm:px-4 text-left font-normal">
        <span className="flex items-center gap-2">
          <Swatch color={colors.get(groupId(group)) ?? 0} />
          {conditionOf(group, groupBy) ? (
            <button
              type="button"
              className="max-w-32 truncate sm:max-w-72 text-left underline-offset-4 hover:underline"
              onClick={() => onOpen(group)}
            >
              {name}
            </button>
          ) : (
            <span className="text-muted-foreground">{name}</span>
          )}
          {group.apiKey && (
            <code className="hidden font-mono text-xs text-muted-foreground sm:inline">…{group.apiKey.lastFour}</code>
          )}
        </span>
      </th>
      <td className="hidden px-3 sm:px-4 md:table-cell">
        <Sparkline values={group.series.credits} className="h-5 w-24 text-muted-foreground" />
      </td>
      <td className="amount px-3 sm:px-4">{formatCredits(String(group.total.calls))}</td>
      <td className="amount px-3 sm:px-4">
        <Glance credits={group.total.credits} />
      </td>
      <td className="amount hidden px-3 sm:px-4 text-muted-foreground sm:table-cell">
        {(share * 100).toFixed(share < 0.1 && share > 0 ? 1 : 0)} %
      </td>
      <td className="amount hidden px-3 sm:px-4 text-muted-foreground sm:table-cell">
        <span className="inline-flex items-center justify-end gap-2">
          <Change from={group.previous.credits} to={group.total.credits} />
          <Glance credits={group.previous.credits} />
        </span>
      </td>
    </tr>
  );
}

function Heads({ name }: { name: string }) {
  return (
    <thead>
      <tr>
        <th scope="col" className={`${head} text-left first-letter:uppercase`}>
          {name.charAt(0).toUpperCase() + name.slice(1)}
        </th>
        <th scope="col" className={`${head} hidden text-left md:table-cell`}>
          Trend
        </th>
        <th scope="col" className={head}>
          Calls
        </th>
        <th scope="col" className={head}>
          Credits
        </th>
        <th scope="col" className={`${head} hidden sm:table-cell`}>
          Share
        </th>
        <th scope="col" className={`${head} hidden sm:table-cell`}>
          Previous
        </th>
      </tr>
    </thead>
  );
}
