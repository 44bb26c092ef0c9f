import { ROLE_NAMES } from '../../shell/roles.ts';
import { Badge } from '../../ui/badge.tsx';
import type { ListColumn } from '../../ui/data-table.tsx';
import { Lasting, Time } from '../../ui/time.tsx';
import { type Alert, conditionText, recipientsText } from './conditions.ts';
import type { AlertDeed } from './deeds.tsx';
import { AlertMenu } from './menu.tsx';

/** @param onDeed What the menu of an alert can start; null for whoever may only look. */
export function columnsOf(onDeed: ((deed: AlertDeed) => void) | null): ListColumn<Alert>[] {
  const columns: ListColumn<Alert>[] = [
    {
      id: 'alert',
      header: 'Alert',
      cell: (alert) => (
        <span className="grid gap-0.5">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium break-words">{alert.name}</span>
            <AlertState alert={alert} />
          </span>
          <span className="text-xs text-muted-foreground">{conditionText(alert)}</span>
        </span>
      ),
    },
    { id: 'told', header: 'Told to', from: 'lg', cell: (alert) => recipientsText(alert, ROLE_NAMES) },
    { id: 'fired', header: 'Last fired', from: 'sm', cell: (alert) => <LastFired alert={alert} /> },
  ];
  if (!onDeed) return columns;
  return [
    ...columns,
    {
      id: 'menu',
      header: 'Actions',
      isUnlabelled: true,
      cell: (alert) => (
        <div className="flex justify-end">
          <AlertMenu alert={alert} onDeed={onDeed} />
        </div>
      ),
    },
  ];
}

/** The firing that is not over; a test is never one. */
function openFiring({ firings }: Alert): { firedAt: string } | undefined {
  return firings.edges.find(({ node }) => node.clearedAt == null && !node.isTest)?.node;
}

export function AlertState({ alert }: { alert: Alert }) {
  const firing = openFiring(alert);
  switch (alert.state) {
    case 'FIRING':
      return (
        <Badge tone="bad">
          Firing
          {firing && (
            <>
              {' '}
              for <Lasting since={firing.firedAt} />
            </>
          )}
        </Badge>
      );
    case 'MUTED':
      return (
        <Badge tone="warning">
          Muted
          {alert.mutedUntil != null && (
            <>
              , ends <Time at={alert.mutedUntil} />
            </>
          )}
        </Badge>
      );
    case 'ARMED':
      return <Badge tone="good">Armed</Badge>;
  }
}

function LastFired({ alert: { firings } }: { alert: Alert }) {
  const last = firings.edges.find(({ node }) => !node.isTest)?.node;
  return last ? <Time at={last.firedAt} /> : <span className="text-muted-foreground">Not lately</span>;
}
