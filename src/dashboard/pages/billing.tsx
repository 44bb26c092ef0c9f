import { useEffect, type ReactNode } from 'react';
import { useReading } from '../api/reading.ts';
import { BillingDocument } from '../generated/graphql.ts';
import { onHint } from '../live/hints.ts';
import { useShown } from '../shell/workspace.ts';
import { formatCredits } from '../ui/amount.tsx';
import { Card } from '../ui/card.tsx';
import { Page } from '../ui/page.tsx';
import { FaultNote, Skeleton } from '../ui/states.tsx';
import { Grants } from './billing/grants.tsx';
import { OpenHolds } from './billing/holds.tsx';
import { BalanceFigures, RunwayFigure } from './overview/figures.tsx';

export function BillingPage() {
  const { workspace } = useShown();
  const { data, fault, again } = useReading(BillingDocument, { workspaceId: workspace.id });
  useEffect(() => onHint(again), [again]);
  const shown = data?.workspace;
  return (
    <Page
      title="Billing"
      about="One balance for all keys. Calls take from what expires first."
      workspaceName={workspace.name}
    >
      {fault && <FaultNote fault={fault} again={again} />}
      <div className="grid gap-4 lg:grid-cols-3">
        <BalanceFigures />
        <RunwayFigure runway={shown?.runway} isLoading={!shown && !fault} />
        <Plan plan={shown?.plan} timeZone={shown?.timeZone} isLoading={!shown && !fault} />
      </div>
      <Grants />
      <OpenHolds />
    </Page>
  );
}

interface PlanProps {
  plan: { name: string; discountPercent: number; monthlyAllowance: string; requestsPerMinute: number } | undefined;
  timeZone: string | undefined;
  isLoading: boolean;
}

function Plan({ plan, timeZone, isLoading }: PlanProps) {
  return (
    <Card aria-label="Plan" className="grid content-start gap-1 p-4">
      <h2 className="text-[13px] text-muted-foreground">Plan</h2>
      {plan ? (
        <>
          <p className="text-xl font-semibold tracking-tight capitalize">{plan.name}</p>
          <dl className="mt-1 grid gap-1 text-[13px]">
            <Line name="Discount">
              {plan.discountPercent === 0 ? 'none' : `${plan.discountPercent} % off every price`}
            </Line>
            <Line name="Allowance">
              {plan.monthlyAllowance === '0'
                ? 'none'
                : `${formatCredits(plan.monthlyAllowance)} credits a month${timeZone === 'UTC' ? '' : `, ${timeZone}`}`}
            </Line>
            <Line name="Requests">{`${formatCredits(String(plan.requestsPerMinute))} a minute, all keys together`}</Line>
          </dl>
        </>
      ) : (
        isLoading && <Skeleton className="h-24" />
      )}
    </Card>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="text-right">{children}</dd>
    </div>
  );
}
