import { BookOpen } from 'lucide-react';
import { useEffect } from 'react';
import { useAddress } from '../api/address.ts';
import { usePages } from '../api/paging.ts';
import { type EntryFieldsFragment, LedgerDocument } from '../generated/graphql.ts';
import { onHint } from '../live/hints.ts';
import { useShown } from '../shell/workspace.ts';
import { Amount, formatCredits } from '../ui/amount.tsx';
import { Button } from '../ui/button.tsx';
import { DataTable, type ListColumn } from '../ui/data-table.tsx';
import { ExportMenu } from '../ui/export-menu.tsx';
import { microOf, textOfMicro } from '../ui/micro.ts';
import { Page } from '../ui/page.tsx';
import { Segments } from '../ui/segments.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { OutcomeBadge } from './calls/columns.tsx';
import { EntryDrawer } from './ledger/entry-drawer.tsx';
import { entryName, KIND_GROUPS, KIND_NAMES } from './ledger/kinds.ts';

const COLUMNS: readonly ListColumn<EntryFieldsFragment>[] = [
  { id: 'what', header: 'What', cell: (entry) => <What entry={entry} /> },
  { id: 'time', header: 'When', from: 'sm', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'change', header: 'Change', isFigure: true, cell: (entry) => <ChangeOf entry={entry} /> },
  {
    id: 'after',
    header: 'Available after',
    isFigure: true,
    from: 'sm',
    cell: ({ availableAfter }) => <Amount credits={availableAfter} />,
  },
  {
    id: 'held',
    header: 'Held after',
    isFigure: true,
    from: 'lg',
    cell: ({ heldAfter }) => (
      <span className="text-muted-foreground">{heldAfter === '0' ? '–' : formatCredits(heldAfter)}</span>
    ),
  },
  {
    id: 'seq',
    header: 'Number',
    isFigure: true,
    from: 'lg',
    cell: ({ seq }) => <span className="text-muted-foreground">{formatCredits(seq)}</span>,
  },
];

/** Everything that was decided about the credits, with the balance after each decision. */
export function LedgerPage() {
  const { workspace } = useShown();
  const [search, change] = useAddress();
  const group = KIND_GROUPS.find(({ value }) => value === (search['kind'] ?? '')) ?? KIND_GROUPS[0];
  const pages = usePages(
    LedgerDocument,
    { workspaceId: workspace.id, kinds: group?.kinds ?? null },
    {
      pick: (data) => data.workspace?.ledger,
      keyOf: (entry: EntryFieldsFragment) => entry.seq,
    },
  );
  const { again } = pages;
  useEffect(() => onHint(again), [again]);
  return (
    <Page
      title="Ledger"
      about="Every decision about the credits, numbered without gaps. None ever changes."
      workspaceName={workspace.name}
      action={
        <ExportMenu
          log="ledger"
          says={group?.kinds ? 'These decisions' : 'All decisions'}
          parameters={{ workspaceId: workspace.id, kinds: group?.kinds }}
        />
      }
    >
      <Segments
        label="Kind"
        options={KIND_GROUPS}
        value={group?.value ?? ''}
        onChange={(kind) => change({ kind: kind || undefined })}
        className="justify-self-start"
      />
      <DataTable
        label="Ledger"
        columns={COLUMNS}
        rows={pages.rows}
        keyOf={({ seq }) => seq}
        reading={pages}
        onOpen={({ seq }) => change({ entry: seq })}
        more={pages.more}
        empty={<Nothing isFiltered={group?.kinds != null} onClear={() => change({ kind: undefined })} />}
      />
      <EntryDrawer search={search} onChange={change} />
    </Page>
  );
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const action = (
    <Button variant="outline" onClick={onClear}>
      Show all kinds
    </Button>
  );
  return (
    <EmptyState
      icon={BookOpen}
      title={isFiltered ? 'Nothing of this kind' : 'Nothing was decided yet'}
      {...(isFiltered && { action })}
    >
      Credits that come in, calls, holds and refunds stand here, in the order in which they were decided.
    </EmptyState>
  );
}

function What({ entry }: { entry: EntryFieldsFragment }) {
  const { kind, outcome, usageEntry, reason, createdAt } = entry;
  const details = [
    usageEntry?.operation != null && KIND_NAMES[kind],
    usageEntry?.apiKey?.name,
    usageEntry?.tag,
    reason,
  ];
  return (
    <span className="grid gap-0.5">
      <span className="flex flex-wrap items-center gap-2">
        <span className="font-medium break-all">{entryName(entry)}</span>
        {outcome !== 'SUCCEEDED' && <OutcomeBadge outcome={outcome} />}
      </span>
      <span className="text-xs text-muted-foreground">
        <span className="sm:hidden">
          <Time at={createdAt} isShort />
          {' · '}
        </span>
        {details.filter(Boolean).join(' · ')}
      </span>
    </span>
  );
}

/** What became of what can be spent; for a call that a hold paid for, of what was held. */
function ChangeOf({ entry }: { entry: EntryFieldsFragment }) {
  const available = microOf(entry.availableAfter) - microOf(entry.availableBefore);
  const held = microOf(entry.heldAfter) - microOf(entry.heldBefore);
  const change = entry.kind === 'CAPTURE' ? available + held : available;
  if (change === 0n) return <span className="text-muted-foreground">0</span>;
  return (
    <span className={change > 0n ? 'text-accent' : ''}>
      {change > 0n ? '+' : '−'}
      {formatCredits(textOfMicro(change < 0n ? -change : change))}
    </span>
  );
}
