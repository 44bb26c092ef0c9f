import { Plus, Webhook } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useAddress } from '../api/address.ts';
import { type Reading, useReading } from '../api/reading.ts';
import { WebhookEndpointsDocument, type WebhookEndpointsQuery } from '../generated/graphql.ts';
import { useWatching } from '../live/watching.ts';
import { placeOf, useGo } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState } from '../ui/states.tsx';
import { columnsOf } from './webhooks/columns.tsx';
import { CreateEndpointDialog } from './webhooks/create.tsx';
import { type EndpointDeed, EndpointDialogs } from './webhooks/deeds.tsx';
import { EndpointPage } from './webhooks/detail.tsx';
import { EndpointRevealDialog, type Revealed } from './webhooks/reveal.tsx';

/** A workspace has no more endpoints than that: the first page is all of them. */
const ENDPOINTS_MAX = 50;

/** Where others are told what happens here; one endpoint with its deliveries when the address names it. */
export function WebhooksPage() {
  const { workspace, can } = useShown();
  const [{ create, endpoint: id }] = useAddress();
  const go = useGo();
  const [deed, setDeed] = useState<EndpointDeed | null>(null);
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const reading = useReading(WebhookEndpointsDocument, { workspaceId: workspace.id, first: ENDPOINTS_MAX });
  useWatching(reading.again);
  const here = placeOf(workspace.slug, 'webhooks');
  const mayWrite = can('webhooks:write');
  const onDeed = mayWrite ? setDeed : null;
  return (
    <>
      {id === undefined ? (
        <EndpointList reading={reading} onDeed={onDeed} />
      ) : (
        <EndpointPage id={id} reading={reading} onDeed={onDeed} />
      )}
      <CreateEndpointDialog
        isOpen={create !== undefined && mayWrite}
        onClose={() => go(here)}
        onCreated={(result) => {
          go(here, { endpoint: result.endpoint.id });
          setRevealed(result);
        }}
      />
      <EndpointDialogs
        deed={deed}
        onClose={() => setDeed(null)}
        onRevealed={setRevealed}
        onDeleted={() => go(here)}
        onSent={(endpoint, delivery) => go(here, { endpoint: endpoint.id, delivery })}
      />
      {revealed && <EndpointRevealDialog revealed={revealed} onClose={() => setRevealed(null)} />}
    </>
  );
}

interface ListProps {
  reading: Reading<WebhookEndpointsQuery>;
  onDeed: ((deed: EndpointDeed) => void) | null;
}

function EndpointList({ reading, onDeed }: ListProps) {
  const { workspace } = useShown();
  const go = useGo();
  const here = placeOf(workspace.slug, 'webhooks');
  const columns = useMemo(() => columnsOf(onDeed), [onDeed]);
  const action: ReactNode = onDeed && (
    <Button data-create onClick={() => go(here, { create: true })}>
      <Plus aria-hidden /> Add endpoint
    </Button>
  );
  return (
    <Page
      title="Webhooks"
      about="Your servers are told what happens here: signed, and tried again for three days."
      workspaceName={workspace.name}
      action={action}
    >
      <DataTable
        label="Webhook endpoints"
        columns={columns}
        rows={reading.data?.workspace?.webhookEndpoints.edges.map(({ node }) => node)}
        keyOf={({ id }) => id}
        reading={reading}
        onOpen={({ id }) => go(here, { endpoint: id })}
        empty={
          <EmptyState icon={Webhook} title="Nobody is told yet" {...(action !== null && { action })}>
            An endpoint is a URL of yours that hears of what happens here: the balance runs low, a key is created, calls
            are logged.
          </EmptyState>
        }
      />
    </Page>
  );
}
