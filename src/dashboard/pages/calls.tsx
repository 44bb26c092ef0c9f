import { Link } from '@tanstack/react-router';
import { ScrollText } from 'lucide-react';
import { useMemo } from 'react';
import { type Search, useAddress } from '../api/address.ts';
import { usePages } from '../api/paging.ts';
import { type CallFieldsFragment, CallsDocument, type UsageFilter } from '../generated/graphql.ts';
import { useCallTail } from '../live/call-tail.ts';
import { placeOf } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { buttonVariants } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { ExportMenu } from '../ui/export-menu.tsx';
import { Page } from '../ui/page.tsx';
import { Segments } from '../ui/segments.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Switch } from '../ui/switch.tsx';
import { useNow } from '../ui/time.tsx';
import { CALL_COLUMNS } from './calls/columns.tsx';
import { TimeChip } from './calls/time-chip.tsx';
import { EntryDrawer } from './ledger/entry-drawer.tsx';
import { FilterBar } from './usage/filter-bar.tsx';
import { filterOf, NO_CONDITIONS } from './usage/filter.ts';

const QUARTER_MS = 900_000;
const HOURS: Record<string, number> = { '1h': 1, '24h': 24, '7d': 168, '30d': 720 };

export function CallsPage() {
  const { workspace } = useShown();
  const [search, change] = useAddress();
  const quarter = Math.floor(useNow() / QUARTER_MS) * QUARTER_MS;
  const filter = useMemo(() => timedFilterOf(search, quarter), [search, quarter]);
  const isLive = search['live'] !== 'off' && search['until'] === undefined;
  const pages = usePages(
    CallsDocument,
    { workspaceId: workspace.id, filter },
    {
      pick: (data) => data.workspace?.usage,
      keyOf: (call: CallFieldsFragment) => call.seq,
    },
  );
  useCallTail({ workspaceId: workspace.id, filter, isPaused: !isLive }, pages);
  return (
    <Page
      title="Calls"
      about="Every metered call, the newest first: what it cost, and why."
      workspaceName={workspace.name}
      action={
        <div className="flex items-center gap-4">
          <Switch
            isOn={isLive}
            onChange={(isOn) => change({ live: isOn ? undefined : 'off', ...(isOn && { until: undefined }) })}
          >
            Live
          </Switch>
          <ExportMenu log="usage" says="These calls" parameters={{ workspaceId: workspace.id, ...filter }} />
        </div>
      }
    >
      <div className="flex flex-wrap items-start gap-2">
        <Segments
          label="Time"
          options={[{ value: '', text: 'All' }, ...Object.keys(HOURS).map((value) => ({ value, text: value }))]}
          value={search['since'] ? null : (search['range'] ?? '')}
          onChange={(range) => change({ range: range || undefined, since: undefined, until: undefined })}
        />
        <TimeChip search={search} onChange={change} />
      </div>
      <FilterBar search={search} onChange={change} />
      <DataTable
        label="Calls"
        columns={CALL_COLUMNS}
        rows={pages.rows}
        keyOf={({ seq }) => seq}
        reading={pages}
        onOpen={({ seq }) => change({ entry: seq })}
        more={pages.more}
        empty={<NoCalls isFiltered={filter !== null} onClear={() => change(NOTHING_CHOSEN)} />}
      />
      <EntryDrawer search={search} onChange={change} />
    </Page>
  );
}

const NOTHING_CHOSEN: Search = { ...NO_CONDITIONS, range: undefined, since: undefined, until: undefined };

function timedFilterOf(search: Search, now: number): UsageFilter | null {
  const hours = HOURS[search['range'] ?? ''];
  const since = search['since'] ?? (hours === undefined ? undefined : new Date(now - hours * 3_600_000).toISOString());
  const { until } = search;
  if (since === undefined && until === undefined) return filterOf(search);
  return { ...filterOf(search), ...(since && { since }), ...(until && { until }) };
}

function NoCalls({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const { workspace, can } = useShown();
  if (isFiltered) {
    return (
      <EmptyState
        icon={ScrollText}
        title="No such calls"
        action={
          <button type="button" className={buttonVariants({ variant: 'outline' })} onClick={onClear}>
            Show all calls
          </button>
        }
      >
        No call meets all of these conditions.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={ScrollText}
      title="No calls yet"
      {...(can('apiKeys:create') && {
        action: (
          <Link to={placeOf(workspace.slug, 'overview')} className={buttonVariants({})}>
            Send the first one
          </Link>
        ),
      })}
    >
      Each call that a key makes stands here within a second, failed and declined ones as well.
    </EmptyState>
  );
}
