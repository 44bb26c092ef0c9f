import NumberFlow from '@number-flow/react';
import type { ReactNode } from 'react';
import type { OverviewQuery } from '../../generated/graphql.ts';
import { type BalanceLevel, levelOf, useBalance } from '../../live/balances.ts';
import { useShown } from '../../shell/workspace.ts';
import { formatCredits } from '../../ui/amount.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { roundCredits } from '../../ui/micro.ts';
import { Skeleton } from '../../ui/states.tsx';
import { durationText, momentText } from '../../ui/time-text.ts';

type Runway = NonNullable<OverviewQuery['workspace']>['runway'];

const COLORS: Record<BalanceLevel, string> = { EMPTY: 'text-destructive', LOW: 'text-warning', FINE: '' };

/** What can be spent now, from wherever the newest number came. */
export function BalanceFigures() {
  const { workspace } = useShown();
  const { available, held, total } = useBalance(workspace.id) ?? workspace.balance;
  const level = levelOf(available, workspace.lowBalanceThreshold);
  return (
    <Card aria-label="Balance" className="grid content-start gap-1 p-4">
      <h2 className="text-[13px] text-muted-foreground">Balance</h2>
      <p className={classes('amount text-3xl font-semibold tracking-tight', COLORS[level])}>
        <span aria-hidden>
          <NumberFlow value={Number(available)} format={{ maximumFractionDigits: 2 }} locales="en" />
        </span>
        <span className="sr-only">{formatCredits(available)} credits available</span>
      </p>
      <p className="amount text-xs text-muted-foreground">
        {held === '0'
          ? 'credits; nothing is held'
          : `${formatCredits(roundCredits(held, 2))} of ${formatCredits(roundCredits(total, 2))} are held`}
      </p>
    </Card>
  );
}

const CONFIDENCE = {
  HIGH: 'at a steady rate',
  MEDIUM: 'at the rate of the last day',
  LOW: 'from few calls: may be chance',
};

/** When the balance runs out if spending goes on as of late. */
export function RunwayFigure({ runway, isLoading }: { runway: Runway | undefined; isLoading: boolean }) {
  const isSoon = runway != null && runway.hours < 72;
  return (
    <Figure
      label="Runs out"
      isLoading={isLoading}
      detail={
        runway
          ? `${momentText(runway.emptiesAt).split(',', 2).join(',')}, ${CONFIDENCE[runway.confidence]}`
          : 'Nothing was spent of late'
      }
    >
      <span className={isSoon ? 'text-warning' : ''}>
        {runway ? `in ${durationText(runway.hours)}` : 'Not in sight'}
      </span>
    </Figure>
  );
}

interface FigureProps {
  label: string;
  detail?: ReactNode;
  isLoading: boolean;
  children: ReactNode;
}

export function Figure({ label, detail, isLoading, children }: FigureProps) {
  return (
    <Card aria-label={label} className="grid content-start gap-1 p-4">
      <h2 className="text-[13px] text-muted-foreground">{label}</h2>
      {isLoading ? (
        <Skeleton className="h-7 w-28" />
      ) : (
        <p className="amount text-xl font-semibold tracking-tight">{children}</p>
      )}
      <p className="min-h-4.5 text-xs text-muted-foreground">{!isLoading && detail}</p>
    </Card>
  );
}
