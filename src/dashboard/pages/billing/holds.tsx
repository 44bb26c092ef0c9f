import { useEffect } from 'react';
import { usePages } from '../../api/paging.ts';
import { HoldsDocument, type HoldsQuery } from '../../generated/graphql.ts';
import { onHint } from '../../live/hints.ts';
import { useShown } from '../../shell/workspace.ts';
import { Amount, formatCredits } from '../../ui/amount.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataTable, type ListColumn } from '../../ui/data-table.tsx';
import { Time } from '../../ui/time.tsx';

type Hold = NonNullable<HoldsQuery['workspace']>['holds']['edges'][number]['node'];

const COLUMNS: readonly ListColumn<Hold>[] = [
  {
    id: 'hold',
    header: 'For',
    cell: ({ operation, tag, environment }) => (
      <span className="flex flex-wrap items-center gap-2">
        <span className="font-medium break-all">{operation ?? 'A call without an operation'}</span>
        {environment === 'TEST' && <Badge>Test</Badge>}
        {tag != null && <Badge>{tag}</Badge>}
      </span>
    ),
  },
  { id: 'opened', header: 'Opened', from: 'sm', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'expires', header: 'Frees itself', from: 'sm', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
  {
    id: 'held',
    header: 'Held',
    isFigure: true,
    cell: ({ remaining, amount, captured }) => (
      <span className="grid">
        <Amount credits={remaining} />
        {captured !== '0' && (
          <span className="text-xs text-muted-foreground">
            {formatCredits(captured)} of {formatCredits(amount)} charged
          </span>
        )}
      </span>
    ),
  },
];

/** What is set aside now for calls that still run. Without any, it is not there. */
export function OpenHolds() {
  const { workspace } = useShown();
  const pages = usePages(
    HoldsDocument,
    { workspaceId: workspace.id },
    {
      pick: (data) => data.workspace?.holds,
      keyOf: (hold: Hold) => hold.id,
    },
  );
  const { again } = pages;
  useEffect(() => onHint(again), [again]);
  if (!pages.fault && (pages.rows?.length ?? 0) === 0) return null;
  return (
    <section className="grid gap-3" aria-label="Holds">
      <h2 className="font-semibold">Held for running calls</h2>
      <DataTable
        label="Open holds"
        columns={COLUMNS}
        rows={pages.rows}
        keyOf={({ id }) => id}
        reading={pages}
        more={pages.more}
        empty={null}
      />
    </section>
  );
}
