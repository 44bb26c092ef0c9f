import { Check, Inbox as InboxIcon } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useAddress } from '../../api/address.ts';
import { type Pages, usePages } from '../../api/paging.ts';
import { type InboxDeliveryFieldsFragment, InboxDeliveriesDocument } from '../../generated/graphql.ts';
import { useInboxTail } from '../../live/inbox-tail.ts';
import { useWatching } from '../../live/watching.ts';
import { useShown } from '../../shell/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { useAcknowledging } from './acknowledging.ts';
import { deliveryColumnsOf } from './delivery-columns.tsx';
import { DeliveryDrawer } from './delivery-drawer.tsx';
import { DeliveryFilters } from './delivery-filters.tsx';
import { filterOf, meets, NO_FILTER } from './filter.ts';
import type { Inbox } from './inboxes.ts';

type Delivery = InboxDeliveryFieldsFragment;

/** What came to an inbox, newest first and live. The address says which, and which one is open. */
export function DeliveryList({ inbox }: { inbox: Inbox }) {
  const { can } = useShown();
  const [search, change] = useAddress();
  const filter = useMemo(() => filterOf(search), [search]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const pages = usePages(
    InboxDeliveriesDocument,
    { inboxId: inbox.id, filter },
    {
      pick: ({ node }) => (node && 'deliveries' in node ? node.deliveries : undefined),
      keyOf: (delivery: Delivery) => delivery.id,
    },
  );
  useInboxTail(inbox.id, (delivery) => meets(delivery, filter), pages);
  // What others claim and acknowledge is told by no stream.
  useWatching(pages.again);
  const mayWrite = can('inboxes:write');
  const columns = useMemo(
    () =>
      deliveryColumnsOf({
        onOpen: (id) => change({ delivery: id }),
        choosing: mayWrite ? { chosen, setChosen } : null,
      }),
    [change, chosen, mayWrite],
  );
  return (
    <section className="grid gap-3" aria-labelledby="deliveries">
      <h2 id="deliveries" className="font-semibold">
        Deliveries
      </h2>
      <DeliveryFilters search={search} onChange={change} />
      {mayWrite && <ChosenBar inbox={inbox} pages={pages} chosen={chosen} setChosen={setChosen} />}
      <DataTable
        label="Deliveries"
        columns={columns}
        rows={pages.rows}
        keyOf={({ id }) => id}
        reading={pages}
        more={pages.more}
        empty={<Nothing isFiltered={filter !== null} onClear={() => change(NO_FILTER)} />}
      />
      <DeliveryDrawer
        inbox={inbox}
        id={search['delivery']}
        onOpen={(id) => change({ delivery: id })}
        onClose={() => change({ delivery: undefined })}
        onAcknowledged={pages.again}
      />
    </section>
  );
}

interface ChosenProps {
  inbox: Inbox;
  pages: Pages<Delivery>;
  chosen: ReadonlySet<string>;
  setChosen: (chosen: ReadonlySet<string>) => void;
}

/** Acknowledges what is chosen, which can be all that is shown and waits. */
function ChosenBar({ inbox, pages, chosen, setChosen }: ChosenProps) {
  const { acknowledge, isRunning } = useAcknowledging(inbox.id);
  const waiting = (pages.rows ?? []).filter(({ acknowledgedAt }) => acknowledgedAt == null);
  const ids = waiting.map(({ id }) => id).filter((id) => chosen.has(id));
  if (waiting.length === 0) return null;
  const isAll = ids.length === waiting.length;
  const run = async (): Promise<void> => {
    if (!(await acknowledge(ids))) return;
    const at = new Date().toISOString();
    pages.put(
      waiting
        .filter(({ id }) => chosen.has(id))
        .map((delivery) => Object.assign({}, delivery, { state: 'ACKNOWLEDGED', acknowledgedAt: at } as const)),
    );
    setChosen(new Set());
    pages.again();
  };
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
      <Checkbox
        label={`Choose all ${waiting.length} that wait here`}
        checked={isAll}
        onChange={() => setChosen(new Set(isAll ? [] : waiting.map(({ id }) => id)))}
      />
      {ids.length > 0 && (
        <Button isBusy={isRunning} onClick={() => void run()}>
          <Check aria-hidden /> Acknowledge {ids.length}
        </Button>
      )}
    </div>
  );
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (!isFiltered) {
    return (
      <EmptyState icon={InboxIcon} title="Waiting for the first event">
        Give the address above to the service. What it sends appears here at once, without a reload.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={InboxIcon}
      title="No such deliveries"
      action={
        <Button variant="outline" onClick={onClear}>
          Show all
        </Button>
      }
    >
      None meets all of these conditions.
    </EmptyState>
  );
}
