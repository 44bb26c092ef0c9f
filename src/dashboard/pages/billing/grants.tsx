import { Coins } from 'lucide-react';
import { useEffect, useState } from 'react';
import { usePages } from '../../api/paging.ts';
import { type GrantFieldsFragment, GrantsDocument, type GrantSource } from '../../generated/graphql.ts';
import { onHint } from '../../live/hints.ts';
import { useShown } from '../../shell/workspace.ts';
import { Amount, formatCredits, shareOf } from '../../ui/amount.tsx';
import { Badge } from '../../ui/badge.tsx';
import { classes } from '../../ui/classes.ts';
import { DataTable, type ListColumn } from '../../ui/data-table.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { Time, useNow } from '../../ui/time.tsx';

export const GRANT_NAMES: Record<GrantSource, string> = {
  ALLOWANCE: 'Allowance of the plan',
  PURCHASE: 'Purchase',
  PROMOTION: 'Promotion',
  TRIAL: 'Trial',
  ADJUSTMENT: 'Correction',
};

const SOON_MS = 7 * 86_400_000;

const COLUMNS: readonly ListColumn<GrantFieldsFragment>[] = [
  { id: 'grant', header: 'Grant', cell: (grant) => <Grant grant={grant} /> },
  { id: 'left', header: 'Left', cell: (grant) => <Left grant={grant} /> },
  { id: 'expires', header: 'Expires', from: 'sm', cell: (grant) => <Expiry grant={grant} /> },
  { id: 'created', header: 'Came in', from: 'lg', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** Credits that came in, and what is left of each. */
export function Grants() {
  const { workspace } = useShown();
  const [isAll, setAll] = useState(false);
  const pages = usePages(
    GrantsDocument,
    { workspaceId: workspace.id, open: isAll ? null : true },
    {
      pick: (data) => data.workspace?.grants,
      keyOf: (grant: GrantFieldsFragment) => grant.id,
    },
  );
  const { again } = pages;
  useEffect(() => onHint(again), [again]);
  return (
    <section className="grid gap-3" aria-label="Grants">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h2 className="font-semibold">Grants</h2>
        <Checkbox
          label="Also those with nothing left"
          checked={isAll}
          onChange={({ target }) => setAll(target.checked)}
        />
      </div>
      <DataTable
        label="Grants"
        columns={COLUMNS}
        rows={pages.rows}
        keyOf={({ id }) => id}
        reading={pages}
        more={pages.more}
        empty={
          <EmptyState icon={Coins} title="No credits">
            Credits appear here when your provider adds them or the allowance of the plan begins anew.
          </EmptyState>
        }
      />
    </section>
  );
}

function Grant({ grant: { source, reason, voidedAt, remaining, held, expiresAt } }: { grant: GrantFieldsFragment }) {
  const isOver = remaining === '0' && held === '0';
  // The server's own word for an allowance says what stands above it already.
  const note = source === 'ALLOWANCE' ? null : reason;
  return (
    <div className={classes('grid gap-0.5', isOver && 'text-muted-foreground')}>
      <span className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{GRANT_NAMES[source]}</span>
        {voidedAt != null && <Badge>Ended by the operator</Badge>}
      </span>
      <span className="text-xs text-muted-foreground">
        {note}
        {expiresAt != null && (
          <span className="sm:hidden">
            {note != null && ' · '}expires <Time at={expiresAt} isShort />
          </span>
        )}
      </span>
    </div>
  );
}

function Left({ grant: { amount, remaining, held, expired, spent } }: { grant: GrantFieldsFragment }) {
  const parts: [text: string, credits: string][] = [
    ['held', held],
    ['spent', spent],
    ['went unspent', expired],
  ];
  return (
    <div className="grid w-36 gap-1 sm:w-60">
      <p className="amount flex flex-wrap justify-between gap-x-2">
        <span>
          <Amount credits={remaining} /> <span className="text-muted-foreground">of {formatCredits(amount)}</span>
        </span>
      </p>
      <div
        role="meter"
        aria-label="Left of it"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(shareOf(remaining, amount) * 100)}
        className="flex h-1 overflow-hidden rounded-full bg-muted"
      >
        <div
          className="h-full bg-accent transition-[width] duration-300"
          style={{ width: `${shareOf(remaining, amount) * 100}%` }}
        />
        <div className="h-full bg-accent/40" style={{ width: `${shareOf(held, amount) * 100}%` }} />
      </div>
      <p className="amount text-xs text-muted-foreground">
        {parts
          .filter(([, credits]) => credits !== '0')
          .map(([text, credits]) => `${formatCredits(credits)} ${text}`)
          .join(' · ')}
      </p>
    </div>
  );
}

function Expiry({ grant: { expiresAt, remaining } }: { grant: GrantFieldsFragment }) {
  const now = useNow();
  if (expiresAt == null) return <span className="text-muted-foreground">Never</span>;
  const isSoon = remaining !== '0' && Date.parse(expiresAt) - now < SOON_MS && Date.parse(expiresAt) > now;
  return (
    <span className={isSoon ? 'text-warning' : ''}>
      <Time at={expiresAt} />
    </span>
  );
}
