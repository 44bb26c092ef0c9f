import { Inbox as InboxIcon } from 'lucide-react';
import { useReading } from '../../api/reading.ts';
import { InboxDocument, type InboxQuery } from '../../generated/graphql.ts';
import { useWatching } from '../../live/watching.ts';
import { placeOf, useGo } from '../../shell/places.ts';
import { useShown } from '../../shell/workspace.ts';
import { formatCredits } from '../../ui/amount.tsx';
import { BackLink } from '../../ui/back-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Page } from '../../ui/page.tsx';
import { sizeText } from '../../ui/payload-text.ts';
import { EmptyState, FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { InboxBadges, InboxMenu } from './columns.tsx';
import type { InboxDeed } from './deeds.tsx';
import { DeliveryList } from './deliveries.tsx';
import { priceText } from './inboxes.ts';

type Found = Extract<NonNullable<InboxQuery['node']>, { receivedCount: string }>;

interface Props {
  id: string;
  onDeed: ((deed: InboxDeed) => void) | null;
}

/** One inbox of this workspace: its address, and what came, live. */
export function InboxPage({ id, onDeed }: Props) {
  const { workspace } = useShown();
  const list = placeOf(workspace.slug, 'inboxes');
  const above = <BackLink to={list}>Inboxes</BackLink>;
  const reading = useReading(InboxDocument, { id });
  useWatching(reading.again);
  const { node, operations = [] } = reading.data ?? {};
  const inbox = node && 'receivedCount' in node && node.workspace.id === workspace.id ? node : undefined;
  if (!inbox) {
    return (
      <Page title="Inbox" above={above} workspaceName={workspace.name}>
        {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
        {reading.data ? <NoSuchInbox list={list} /> : !reading.fault && <Loading />}
      </Page>
    );
  }
  return (
    <Page
      title={inbox.name}
      above={above}
      about={inbox.description ?? undefined}
      workspaceName={workspace.name}
      action={onDeed && inbox.deactivatedAt == null && <InboxMenu inbox={inbox} onDeed={onDeed} />}
    >
      {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
      <About inbox={inbox} price={priceText({ operations, plan: inbox.workspace.plan })} />
      <DeliveryList inbox={inbox} />
    </Page>
  );
}

function Loading() {
  return (
    <Card>
      <SkeletonRows />
    </Card>
  );
}

function NoSuchInbox({ list }: { list: string }) {
  const go = useGo();
  return (
    <Card>
      <EmptyState
        icon={InboxIcon}
        title="No such inbox"
        action={<Button onClick={() => go(list)}>Show all inboxes</Button>}
      >
        It belongs to another workspace, or it never was.
      </EmptyState>
    </Card>
  );
}

function About({ inbox, price }: { inbox: Found; price: string }) {
  const { url, receivedCount, storedBytes, deactivatedAt, workspace } = inbox;
  return (
    <Card aria-label="About it" className="grid gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <InboxBadges inbox={inbox} />
        <span className="text-muted-foreground">
          {formatCredits(receivedCount)} received · {sizeText(Number(storedBytes))} of the{' '}
          {workspace.plan.inboxMebibytes} MiB that all inboxes share
        </span>
      </div>
      {deactivatedAt == null && url != null && (
        <div className="grid gap-1.5">
          <h2 className="text-xs font-medium text-muted-foreground">Where to send events, by POST</h2>
          <div className="flex flex-wrap items-center gap-2">
            <code
              data-slot="address"
              className="min-w-0 flex-1 basis-64 rounded-md border bg-muted px-3 py-2 font-mono text-[13px] break-all"
            >
              {url}
            </code>
            <CopyButton text={url} label="Copy the address">
              Copy
            </CopyButton>
          </div>
          <p className="text-xs text-muted-foreground">Whoever knows it can send events. {price}</p>
        </div>
      )}
      {deactivatedAt != null && <p className="text-muted-foreground">It takes no more events.</p>}
      {deactivatedAt == null && url == null && (
        <p className="text-xs text-muted-foreground">
          Its address is shown to those who may change inboxes, since whoever knows it can send events. {price}
        </p>
      )}
    </Card>
  );
}
