import { Send } from 'lucide-react';
import { useAddress } from '../../api/address.ts';
import { usePages } from '../../api/paging.ts';
import {
  WebhookDeliveriesDocument,
  type WebhookDeliveryFieldsFragment,
  type WebhookDeliveryState,
} from '../../generated/graphql.ts';
import { useWatching } from '../../live/watching.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable, type ListColumn } from '../../ui/data-table.tsx';
import { Segments } from '../../ui/segments.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { latencyText } from '../../ui/time-text.ts';
import { Time } from '../../ui/time.tsx';
import type { EndpointDeed } from './deeds.tsx';
import { DeliveryDrawer } from './delivery-drawer.tsx';
import type { Endpoint } from './endpoints.ts';
import { attemptResult, DeliveryState, Due } from './state.tsx';

type Delivery = WebhookDeliveryFieldsFragment;

const STATES: readonly { value: WebhookDeliveryState | ''; text: string }[] = [
  { value: '', text: 'All' },
  { value: 'PENDING', text: 'On the way' },
  { value: 'SUCCEEDED', text: 'Delivered' },
  { value: 'FAILED', text: 'Given up' },
  { value: 'PARKED', text: 'Parked' },
];

const COLUMNS: readonly ListColumn<Delivery>[] = [
  { id: 'event', header: 'Event', cell: (delivery) => <What delivery={delivery} /> },
  { id: 'answer', header: 'Last answer', from: 'sm', cell: (delivery) => <LastAnswer delivery={delivery} /> },
  {
    id: 'attempts',
    header: 'Attempts',
    isFigure: true,
    from: 'sm',
    cell: ({ attemptCount }) => attemptCount,
  },
  { id: 'when', header: 'When', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

interface Props {
  endpoint: Endpoint;
  onDeed: ((deed: EndpointDeed) => void) | null;
}

/** What was and will be sent to an endpoint, newest first; the address says which, and which one is open. */
export function DeliveryLog({ endpoint, onDeed }: Props) {
  const [search, change] = useAddress();
  const state = STATES.find(({ value }) => value === search['state'])?.value ?? '';
  const pages = usePages(
    WebhookDeliveriesDocument,
    { endpointId: endpoint.id, state: state === '' ? null : state },
    {
      pick: ({ node }) => (node && 'deliveries' in node ? node.deliveries : undefined),
      keyOf: (delivery: Delivery) => delivery.id,
    },
  );
  useWatching(pages.again);
  return (
    <section className="grid gap-3" aria-labelledby="deliveries">
      <h2 id="deliveries" className="font-semibold">
        Deliveries
      </h2>
      <div className="max-w-full overflow-x-auto">
        <Segments
          label="State"
          options={STATES}
          value={state}
          onChange={(next) => change({ state: next || undefined })}
          className="w-max"
        />
      </div>
      <DataTable
        label="Deliveries"
        columns={COLUMNS}
        rows={pages.rows}
        keyOf={({ id }) => id}
        reading={pages}
        onOpen={({ id }) => change({ delivery: id })}
        more={pages.more}
        empty={
          state === '' ? (
            <NothingSent endpoint={endpoint} onDeed={onDeed} />
          ) : (
            <NoSuch onClear={() => change({ state: undefined })} />
          )
        }
      />
      <DeliveryDrawer
        endpoint={endpoint}
        id={search['delivery']}
        onClose={() => change({ delivery: undefined })}
        onChanged={(delivery) => pages.put([delivery])}
      />
    </section>
  );
}

function NothingSent({ endpoint, onDeed }: Props) {
  return (
    <EmptyState
      icon={Send}
      title="Nothing was sent yet"
      {...(onDeed &&
        endpoint.disabledAt == null && {
          action: (
            <Button variant="outline" onClick={() => onDeed({ kind: 'test', endpoint })}>
              Send a test
            </Button>
          ),
        })}
    >
      Each event that it is told of stands here as it is sent, with every attempt.
    </EmptyState>
  );
}

function NoSuch({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      icon={Send}
      title="No such deliveries"
      action={
        <Button variant="outline" onClick={onClear}>
          Show all
        </Button>
      }
    >
      None is in this state now.
    </EmptyState>
  );
}

function What({ delivery }: { delivery: Delivery }) {
  const { event, nextAttemptAt, state, attempts } = delivery;
  return (
    <span className="grid gap-0.5">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium break-all">{event.type}</span>
        <DeliveryState delivery={delivery} />
      </span>
      <span className="text-xs text-muted-foreground">
        {state === 'PENDING' && attempts.length > 0 && nextAttemptAt != null ? (
          <>
            Next try <Due at={nextAttemptAt} />
          </>
        ) : (
          <code className="hidden font-mono sm:inline">{event.id}</code>
        )}
      </span>
    </span>
  );
}

function LastAnswer({ delivery: { attempts } }: { delivery: Delivery }) {
  const [last] = attempts;
  if (!last) return <span className="text-muted-foreground">–</span>;
  return (
    <span className="grid">
      <span className="line-clamp-1 max-w-64 break-all">{attemptResult(last)}</span>
      <span className="text-xs text-muted-foreground">after {latencyText(last.durationMs)}</span>
    </span>
  );
}
