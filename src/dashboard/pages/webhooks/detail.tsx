import { Send, TriangleAlert, Webhook } from 'lucide-react';
import type { ReactNode } from 'react';
import { type Reading, useReading } from '../../api/reading.ts';
import { type WebhookEndpointsQuery, WebhookEventTypesDocument } from '../../generated/graphql.ts';
import { placeOf, useGo } from '../../shell/places.ts';
import { useShown } from '../../shell/workspace.ts';
import { BackLink } from '../../ui/back-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { Lasting, Time, useNow } from '../../ui/time.tsx';
import { EndpointMenu } from './columns.tsx';
import type { EndpointDeed } from './deeds.tsx';
import { DeliveryLog } from './deliveries.tsx';
import { DISABLED_REASONS, type Endpoint, endpointName } from './endpoints.ts';
import { EndpointState } from './state.tsx';

interface Props {
  id: string;
  reading: Reading<WebhookEndpointsQuery>;
  onDeed: ((deed: EndpointDeed) => void) | null;
}

/** One endpoint of this workspace: how it does, and what was sent to it. */
export function EndpointPage({ id, reading, onDeed }: Props) {
  const { workspace } = useShown();
  const list = placeOf(workspace.slug, 'webhooks');
  const above = <BackLink to={list}>Webhooks</BackLink>;
  const edges = reading.data?.workspace?.webhookEndpoints.edges;
  const endpoint = edges?.find(({ node }) => node.id === id)?.node;
  if (!endpoint) {
    return (
      <Page title="Webhook endpoint" above={above} workspaceName={workspace.name}>
        {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
        {!edges && !reading.fault && (
          <Card>
            <SkeletonRows />
          </Card>
        )}
        {edges && <NoSuchEndpoint list={list} />}
      </Page>
    );
  }
  return (
    <Page
      title={endpointName(endpoint)}
      above={above}
      about={
        <span className="inline-flex max-w-full items-center gap-1">
          <code className="font-mono text-[13px] break-all">{endpoint.url}</code>
          <CopyButton text={endpoint.url} label="Copy the URL" />
        </span>
      }
      workspaceName={workspace.name}
      action={
        onDeed && (
          <div className="flex items-center gap-1.5">
            <Button
              data-create
              disabled={endpoint.disabledAt != null}
              onClick={() => onDeed({ kind: 'test', endpoint })}
            >
              <Send aria-hidden /> Send a test
            </Button>
            <EndpointMenu endpoint={endpoint} onDeed={onDeed} />
          </div>
        )
      }
    >
      {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
      <Trouble endpoint={endpoint} onDeed={onDeed} />
      <Facts endpoint={endpoint} />
      <DeliveryLog endpoint={endpoint} onDeed={onDeed} />
    </Page>
  );
}

function NoSuchEndpoint({ list }: { list: string }) {
  const go = useGo();
  return (
    <Card>
      <EmptyState
        icon={Webhook}
        title="No such endpoint"
        action={<Button onClick={() => go(list)}>Show all endpoints</Button>}
      >
        It was deleted, or it belongs to another workspace.
      </EmptyState>
    </Card>
  );
}

/** What is wrong with it, what follows, and the one thing to do. */
function Trouble({ endpoint, onDeed }: { endpoint: Endpoint; onDeed: Props['onDeed'] }) {
  const { disabledAt, disabledReason, failingSince } = endpoint;
  if (disabledAt == null && failingSince == null) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-warning-soft px-3 py-2 text-warning">
      <TriangleAlert className="size-4 shrink-0" aria-hidden />
      {disabledAt == null ? (
        <p className="min-w-0 flex-1 basis-60">
          Nothing was taken for <Lasting since={failingSince ?? ''} />. After five days of that it is disabled, and the
          owners get a mail.
        </p>
      ) : (
        <p className="min-w-0 flex-1 basis-60">
          Disabled <Time at={disabledAt} />
          {disabledReason != null && `, ${DISABLED_REASONS[disabledReason]}`}. What happens is parked: enable it, then
          send again what was missed.
        </p>
      )}
      {onDeed && (
        <Button
          variant="outline"
          size="sm"
          className="text-foreground"
          onClick={() => onDeed({ kind: disabledAt == null ? 'edit' : 'enable', endpoint })}
        >
          {disabledAt == null ? 'Edit' : 'Enable'}
        </Button>
      )}
    </div>
  );
}

function Facts({ endpoint }: { endpoint: Endpoint }) {
  const kinds = useReading(WebhookEventTypesDocument, {}).data?.webhookEventTypes;
  const { eventTypes, ordered, createdAt, lastSuccessAt, lastFailureAt, previousSecretEndsAt } = endpoint;
  const now = useNow();
  const isOverlapping = previousSecretEndsAt != null && Date.parse(previousSecretEndsAt) > now;
  return (
    <Card aria-label="About it" className="grid gap-4 p-4">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-5">
        <Figure name="State">
          <EndpointState endpoint={endpoint} />
        </Figure>
        <Figure name="Last delivered">{lastSuccessAt == null ? 'Never' : <Time at={lastSuccessAt} />}</Figure>
        <Figure name="Last failure">{lastFailureAt == null ? 'Never' : <Time at={lastFailureAt} />}</Figure>
        <Figure name="Order">{ordered ? 'One after the other' : 'As it comes'}</Figure>
        <Figure name="Added">
          <Time at={createdAt} />
        </Figure>
      </dl>
      {isOverlapping && (
        <p className="text-warning">
          Two secrets sign: the one before ends <Time at={previousSecretEndsAt} />.
        </p>
      )}
      <ul className="flex flex-wrap gap-1.5" aria-label="What it is told of">
        {eventTypes.map((type) => (
          <li key={type}>
            <Badge className="font-mono">{kinds?.find((kind) => kind.type === type)?.name ?? type.toLowerCase()}</Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid content-start gap-0.5">
      <dt className="text-xs text-muted-foreground">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
