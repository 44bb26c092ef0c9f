import { TrendingDown, TrendingUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatCredits } from '../../ui/amount.tsx';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/states.tsx';
import type { Summary } from './groups.ts';

/** What the time comes to, beside the time before. */
export function Totals({ summary }: { summary: Summary | undefined }) {
  const { total, previous } = summary ?? {};
  return (
    <Card
      className="grid grid-cols-2 divide-border max-sm:gap-y-4 max-sm:p-4 sm:grid-cols-4 sm:divide-x"
      aria-label="In this time"
    >
      <Figure
        label="Spent"
        detail="credits, refunds taken off"
        text={total?.spent}
        change={<Change from={previous?.spent} to={total?.spent} />}
      />
      <Figure
        label="Charged"
        detail="credits"
        text={total?.credits}
        change={<Change from={previous?.credits} to={total?.credits} />}
      />
      <Figure label="Refunded" detail="credits given back" text={total?.refunded} />
      <Figure
        label="Calls"
        detail="of every outcome"
        text={total && String(total.calls)}
        change={<Change from={previous && String(previous.calls)} to={total && String(total.calls)} />}
      />
    </Card>
  );
}

interface FigureProps {
  label: string;
  detail: string;
  text: string | undefined;
  change?: ReactNode;
}

function Figure({ label, detail, text, change }: FigureProps) {
  return (
    <div className="grid content-start gap-0.5 sm:p-4" data-figure={label}>
      <p className="text-[13px] text-muted-foreground">{label}</p>
      {text === undefined ? (
        <Skeleton className="h-7 w-24" />
      ) : (
        <p className="amount text-lg font-semibold tracking-tight sm:text-xl" data-value={text}>
          {formatCredits(text)}
        </p>
      )}
      <p className="flex min-h-4.5 flex-wrap items-center gap-x-1.5 text-xs text-muted-foreground">
        {change} {detail}
      </p>
    </div>
  );
}

/** By how much it went up or down since the time before; nothing where that was empty. */
export function Change({ from, to }: { from: string | undefined; to: string | undefined }) {
  const [before, now] = [Number(from), Number(to)];
  if (!(before > 0) || Number.isNaN(now)) return null;
  const percent = Math.round(((now - before) / before) * 100);
  const Icon = percent < 0 ? TrendingDown : TrendingUp;
  const text = percent > 999 ? `${Math.round(now / before)}×` : `${percent > 0 ? '+' : ''}${percent} %`;
  return (
    <span
      className="amount inline-flex items-center gap-1 text-foreground"
      title={`${formatCredits(from ?? '0')} in the period before`}
    >
      <Icon className="size-3.5 text-muted-foreground" aria-hidden />
      {text}
      <span className="sr-only">against the period before; </span>
    </span>
  );
}
