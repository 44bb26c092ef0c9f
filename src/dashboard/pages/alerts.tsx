import { Bell, Plus } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useAddress } from '../api/address.ts';
import { useReading } from '../api/reading.ts';
import { AlertsDocument } from '../generated/graphql.ts';
import { useWatching } from '../live/watching.ts';
import { placeOf, useGo } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState } from '../ui/states.tsx';
import { AlertDrawer } from './alerts/alert-drawer.tsx';
import { columnsOf } from './alerts/columns.tsx';
import { CreateAlertDialog } from './alerts/create.tsx';
import { type AlertDeed, AlertDialogs } from './alerts/deeds.tsx';

/** A workspace has no more alerts than that: the first page is all of them. */
const ALERTS_MAX = 50;

/** Rules that tell once when their condition comes true; the history of one when the address names it. */
export function AlertsPage() {
  const { workspace, can } = useShown();
  const [{ create, alert: id }, change] = useAddress();
  const go = useGo();
  const [deed, setDeed] = useState<AlertDeed | null>(null);
  const reading = useReading(AlertsDocument, { workspaceId: workspace.id, first: ALERTS_MAX });
  useWatching(reading.again);
  const here = placeOf(workspace.slug, 'alerts');
  const mayWrite = can('alerts:write');
  const onDeed = mayWrite ? setDeed : null;
  const columns = useMemo(() => columnsOf(onDeed), [onDeed]);
  const rows = reading.data?.workspace?.alerts.edges.map(({ node }) => node);
  const action: ReactNode = mayWrite && (
    <Button data-create onClick={() => go(here, { create: true })}>
      <Plus aria-hidden /> Create alert
    </Button>
  );
  return (
    <Page
      title="Alerts"
      about="Each tells once when its condition comes true, and again only after it was over."
      workspaceName={workspace.name}
      action={action}
    >
      <DataTable
        label="Alerts"
        columns={columns}
        rows={rows}
        keyOf={(alert) => alert.id}
        reading={reading}
        onOpen={(alert) => change({ alert: alert.id })}
        empty={
          <EmptyState icon={Bell} title="Nothing is watched yet" {...(mayWrite && { action })}>
            Hear of it before the credits run out, a key comes near its cap or calls begin to fail.
          </EmptyState>
        }
      />
      <AlertDrawer id={id} alerts={rows} onDeed={onDeed} onClose={() => change({ alert: undefined })} />
      <CreateAlertDialog isOpen={create !== undefined && mayWrite} onClose={() => go(here)} />
      <AlertDialogs deed={deed} onClose={() => setDeed(null)} />
    </Page>
  );
}
