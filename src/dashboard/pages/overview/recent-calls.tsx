import { Link } from '@tanstack/react-router';
import { type Pages, usePages } from '../../api/paging.ts';
import { type CallFieldsFragment, CallsDocument } from '../../generated/graphql.ts';
import { useCallTail } from '../../live/call-tail.ts';
import { hint } from '../../live/hints.ts';
import { placeOf } from '../../shell/places.ts';
import { useShown } from '../../shell/workspace.ts';
import { Amount } from '../../ui/amount.tsx';
import { Card } from '../../ui/card.tsx';
import { FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { latencyText } from '../../ui/time-text.ts';
import { Time } from '../../ui/time.tsx';
import { OutcomeBadge } from '../calls/columns.tsx';

const SHOWN_MAX = 8;

/** The last calls, as they come. */
export function useRecentCalls(): Pages<CallFieldsFragment> {
  const { workspace } = useShown();
  const pages = usePages(
    CallsDocument,
    { workspaceId: workspace.id, filter: null },
    {
      pick: (data) => data.workspace?.usage,
      keyOf: (call: CallFieldsFragment) => call.seq,
    },
  );
  const { again } = pages;
  const list = {
    add: pages.add,
    // Whatever else the page shows lacks what the stream has passed over too.
    again: () => {
      again();
      hint();
    },
  };
  useCallTail({ workspaceId: workspace.id }, list);
  return pages;
}

export function RecentCalls({ calls }: { calls: Pages<CallFieldsFragment> }) {
  const { workspace } = useShown();
  const { rows, fault, again } = calls;
  return (
    <Card aria-label="Recent calls">
      <div className="flex items-baseline justify-between px-4 pt-4 pb-2">
        <h2 className="font-semibold">Recent calls</h2>
        <Link
          to={placeOf(workspace.slug, 'calls')}
          className="text-[13px] text-accent underline-offset-4 hover:underline"
        >
          All calls
        </Link>
      </div>
      {fault && <FaultNote fault={fault} again={again} className="mx-4 mb-4" />}
      {rows === undefined ? (
        !fault && <SkeletonRows count={SHOWN_MAX} />
      ) : rows.length === 0 ? (
        <p className="px-4 pb-4 text-muted-foreground">Calls appear here within a second of being made.</p>
      ) : (
        <ol className="divide-y" data-slot="recent-calls">
          {rows.slice(0, SHOWN_MAX).map((call) => (
            <Line key={call.seq} call={call} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function Line({ call }: { call: CallFieldsFragment }) {
  const { workspace } = useShown();
  const { seq, operation, apiKey, outcome, latencyMs, createdAt, credits } = call;
  return (
    <li data-seq={seq} className="arrived flex items-center gap-3 px-4 py-2">
      <span className="grid min-w-0 flex-1">
        <Link
          to={placeOf(workspace.slug, 'calls')}
          search={{ entry: Number(seq) }}
          className="truncate underline-offset-4 hover:underline"
        >
          {operation ?? 'A call without an operation'}
        </Link>
        <span className="truncate text-xs text-muted-foreground">
          <Time at={createdAt} isShort />
          {apiKey && ` · ${apiKey.name}`}
        </span>
      </span>
      {outcome !== 'SUCCEEDED' && <OutcomeBadge outcome={outcome} />}
      {latencyMs != null && (
        <span className="amount hidden text-xs text-muted-foreground sm:inline">{latencyText(latencyMs)}</span>
      )}
      <Amount credits={credits} className="min-w-20 text-right" />
    </li>
  );
}
