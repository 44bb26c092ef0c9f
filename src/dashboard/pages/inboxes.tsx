import { Inbox as InboxIcon, Plus } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useAddress } from '../api/address.ts';
import { useReading } from '../api/reading.ts';
import { InboxesDocument } from '../generated/graphql.ts';
import { useWatching } from '../live/watching.ts';
import { placeOf, useGo } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Checkbox } from '../ui/field.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState } from '../ui/states.tsx';
import { columnsOf } from './inboxes/columns.tsx';
import { CreateInboxDialog } from './inboxes/create.tsx';
import { type InboxDeed, InboxDialogs } from './inboxes/deeds.tsx';
import { InboxPage } from './inboxes/detail.tsx';
import { priceText } from './inboxes/inboxes.ts';

const PAGE_SIZE = 100;

/** Addresses that other services send events to; one inbox with what came when the address names it. */
export function InboxesPage() {
  const { workspace, can } = useShown();
  const [{ create, inbox: id }] = useAddress();
  const go = useGo();
  const [deed, setDeed] = useState<InboxDeed | null>(null);
  const here = placeOf(workspace.slug, 'inboxes');
  const mayWrite = can('inboxes:write');
  const onDeed = mayWrite ? setDeed : null;
  return (
    <>
      {id === undefined ? <InboxList onDeed={onDeed} /> : <InboxPage key={id} id={id} onDeed={onDeed} />}
      <CreateInboxDialog
        isOpen={create !== undefined && mayWrite}
        onClose={() => go(here)}
        onCreated={(inbox) => go(here, { inbox: inbox.id })}
      />
      <InboxDialogs deed={deed} onClose={() => setDeed(null)} />
    </>
  );
}

function InboxList({ onDeed }: { onDeed: ((deed: InboxDeed) => void) | null }) {
  const { workspace } = useShown();
  const [{ ended }, change] = useAddress();
  const go = useGo();
  const here = placeOf(workspace.slug, 'inboxes');
  const [after, setAfter] = useState<string | null>(null);
  const includeDeactivated = ended !== undefined;
  const reading = useReading(InboxesDocument, {
    workspaceId: workspace.id,
    includeDeactivated,
    first: PAGE_SIZE,
    after,
  });
  useWatching(reading.again);
  const columns = useMemo(() => columnsOf(onDeed), [onDeed]);
  const { workspace: found, operations = [] } = reading.data ?? {};
  const { hasNextPage, endCursor } = found?.inboxes.pageInfo ?? {};
  const action: ReactNode = onDeed && (
    <Button data-create onClick={() => go(here, { create: true })}>
      <Plus aria-hidden /> Create inbox
    </Button>
  );
  return (
    <Page
      title="Inboxes"
      about="Other services send their webhooks here. What comes is kept, byte for byte, until somebody deals with it."
      workspaceName={workspace.name}
      action={action}
    >
      <EndedChoice
        isOn={includeDeactivated}
        onChange={(isOn) => {
          setAfter(null);
          change({ ended: isOn ? 'shown' : undefined });
        }}
      >
        {found &&
          `${priceText({ operations, plan: found.plan })} All inboxes together have room for ${found.plan.inboxMebibytes} MiB.`}
      </EndedChoice>
      <DataTable
        label="Inboxes"
        columns={columns}
        rows={found?.inboxes.edges.map(({ node }) => node)}
        keyOf={({ id }) => id}
        reading={reading}
        onOpen={({ id }) => go(here, { inbox: id })}
        more={hasNextPage === true ? () => setAfter(endCursor ?? null) : undefined}
        empty={
          <EmptyState icon={InboxIcon} title="No inboxes" {...(action !== null && { action })}>
            An inbox is an address for the webhooks of GitHub, Stripe and others: your programs may be down, be slow or
            come later.
          </EmptyState>
        }
      />
    </Page>
  );
}

function EndedChoice(props: { isOn: boolean; onChange: (isOn: boolean) => void; children: ReactNode }) {
  const { isOn, onChange, children } = props;
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
      <Checkbox label="Show deactivated ones" checked={isOn} onChange={({ target }) => onChange(target.checked)} />
      <p className="text-muted-foreground sm:ml-auto">{children}</p>
    </div>
  );
}
