import { History } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { type Search, useAddress } from '../api/address.ts';
import { usePages } from '../api/paging.ts';
import { AuditLogDocument, type AuditLogFilter } from '../generated/graphql.ts';
import { onHint } from '../live/hints.ts';
import { useShown } from '../shell/workspace.ts';
import { Button } from '../ui/button.tsx';
import { DataTable, type ListColumn } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Time, useNow } from '../ui/time.tsx';
import { EventDrawer } from './audit-log/event-drawer.tsx';
import { ACTORS, type AuditEvent, eventName } from './audit-log/events.ts';
import { DAYS, Filters } from './audit-log/filters.tsx';

const COLUMNS: readonly ListColumn<AuditEvent>[] = [
  { id: 'what', header: 'What', cell: (event) => <What event={event} /> },
  { id: 'who', header: 'Who', from: 'sm', cell: ({ actor }) => <Actor actor={actor} /> },
  {
    id: 'where',
    header: 'From where',
    from: 'lg',
    cell: ({ address }) => <code className="font-mono text-xs">{address ?? '–'}</code>,
  },
  { id: 'when', header: 'When', from: 'sm', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

const QUARTER_MS = 900_000;

/** Who changed what, when and from where. */
export function AuditLogPage() {
  const { workspace } = useShown();
  const [search, change] = useAddress();
  const quarter = Math.floor(useNow() / QUARTER_MS) * QUARTER_MS;
  const filter = useMemo(() => filterOf(search, quarter), [search, quarter]);
  const [opened, setOpened] = useState<AuditEvent | null>(null);
  const pages = usePages(
    AuditLogDocument,
    { workspaceId: workspace.id, filter },
    {
      pick: (data) => data.workspace?.auditLog,
      keyOf: (event: AuditEvent) => event.id,
    },
  );
  const { again } = pages;
  useEffect(() => onHint(again), [again]);
  return (
    <Page
      title="Audit log"
      about="Who changed what. Events are chained by their hashes and never change."
      workspaceName={workspace.name}
    >
      <Filters search={search} onChange={change} actorName={pages.rows?.[0]?.actor.name ?? null} />
      <DataTable
        label="Audit log"
        columns={COLUMNS}
        rows={pages.rows}
        keyOf={({ id }) => id}
        reading={pages}
        onOpen={setOpened}
        more={pages.more}
        empty={
          <EmptyState
            icon={History}
            title="No such events"
            action={
              <Button variant="outline" onClick={() => change(NO_FILTER)}>
                Show all events
              </Button>
            }
          >
            Nothing that meets these conditions has happened in this workspace.
          </EmptyState>
        }
      />
      <EventDrawer event={opened} onClose={() => setOpened(null)} onFilter={change} />
    </Page>
  );
}

const NO_FILTER: Search = { type: undefined, actor: undefined, target: undefined, range: undefined };

function filterOf(search: Search, now: number): AuditLogFilter | null {
  const days = DAYS[search['range'] ?? ''];
  const filter: AuditLogFilter = {
    ...(search['type'] && { type: search['type'] }),
    ...(search['actor'] && { actorId: search['actor'] }),
    ...(search['target'] && { targetId: search['target'] }),
    ...(days !== undefined && { since: new Date(now - days * 86_400_000).toISOString() }),
  };
  return Object.keys(filter).length > 0 ? filter : null;
}

function What({ event: { type, before, after, actor, createdAt } }: { event: AuditEvent }) {
  const name = [after, before].map((side) => side?.['name']).find((value) => typeof value === 'string');
  return (
    <span className="grid gap-0.5">
      <span>
        <span className="font-medium">{eventName(type)}</span>
        {typeof name === 'string' && <span className="text-muted-foreground"> · {name}</span>}
      </span>
      <span className="text-xs text-muted-foreground sm:hidden">
        {actor.name ?? ACTORS[actor.kind]}, <Time at={createdAt} />
      </span>
      <code className="hidden font-mono text-xs text-muted-foreground sm:inline">{type}</code>
    </span>
  );
}

function Actor({ actor: { kind, name } }: { actor: AuditEvent['actor'] }) {
  return (
    <span className="grid">
      <span>{name ?? ACTORS[kind]}</span>
      {name != null && <span className="text-xs text-muted-foreground">{ACTORS[kind]}</span>}
    </span>
  );
}
