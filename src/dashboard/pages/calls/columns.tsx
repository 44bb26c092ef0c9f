import type { CallFieldsFragment } from '../../generated/graphql.ts';
import { Amount, formatCredits } from '../../ui/amount.tsx';
import { Badge } from '../../ui/badge.tsx';
import type { ListColumn } from '../../ui/data-table.tsx';
import { latencyText } from '../../ui/time-text.ts';
import { Time } from '../../ui/time.tsx';
import { OUTCOME_NAMES } from '../usage/filter.ts';

const TONES = { SUCCEEDED: 'good', FAILED: 'warning', DECLINED: 'bad' } as const;

export function OutcomeBadge({ outcome }: Pick<CallFieldsFragment, 'outcome'>) {
  return <Badge tone={TONES[outcome]}>{OUTCOME_NAMES[outcome]}</Badge>;
}

export const CALL_COLUMNS: readonly ListColumn<CallFieldsFragment>[] = [
  { id: 'call', header: 'Call', cell: (call) => <Call call={call} /> },
  { id: 'outcome', header: 'Outcome', from: 'sm', cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  { id: 'key', header: 'Key', from: 'lg', cell: ({ apiKey }) => (apiKey ? <KeyName apiKey={apiKey} /> : null) },
  {
    id: 'latency',
    header: 'Took',
    from: 'lg',
    isFigure: true,
    cell: ({ latencyMs }) => (
      <span className="text-muted-foreground">{latencyMs == null ? '–' : latencyText(latencyMs)}</span>
    ),
  },
  {
    id: 'time',
    header: 'When',
    from: 'sm',
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
  { id: 'credits', header: 'Credits', isFigure: true, cell: ({ credits }) => <Amount credits={credits} /> },
];

function Call({ call }: { call: CallFieldsFragment }) {
  const { operation, units, tag, environment, outcome, createdAt, apiKey } = call;
  return (
    <span className="grid gap-0.5">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium break-all">{operation ?? 'A call without an operation'}</span>
        {units != null && units !== '1' && (
          <span className="amount text-muted-foreground">× {formatCredits(units)}</span>
        )}
        {environment === 'TEST' && <Badge>Test</Badge>}
        {tag != null && <Badge>{tag}</Badge>}
      </span>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted-foreground sm:hidden">
        {outcome !== 'SUCCEEDED' && <OutcomeBadge outcome={outcome} />}
        <Time at={createdAt} isShort /> {apiKey && `· ${apiKey.name}`}
      </span>
    </span>
  );
}

function KeyName({ apiKey: { name, lastFour } }: { apiKey: { name: string; lastFour: string } }) {
  return (
    <span className="whitespace-nowrap">
      {name} <code className="font-mono text-xs text-muted-foreground">…{lastFour}</code>
    </span>
  );
}
