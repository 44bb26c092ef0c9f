import { KeyRound, Plus } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useAddress } from '../api/address.ts';
import { useReading } from '../api/reading.ts';
import { ApiKeysDocument } from '../generated/graphql.ts';
import { onHint } from '../live/hints.ts';
import { placeOf, useGo } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Checkbox, Input } from '../ui/field.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState } from '../ui/states.tsx';
import { columnsOf } from './api-keys/columns.tsx';
import { CreateKeyDialog } from './api-keys/create.tsx';
import { type KeyDeed, KeyDialogs } from './api-keys/deeds.tsx';
import { type ApiKey, isEnded } from './api-keys/keys.ts';
import { KeyRevealDialog, type Revealed } from './api-keys/reveal.tsx';

const PAGE_SIZE = 50;

export function ApiKeysPage() {
  const { workspace, can } = useShown();
  const [{ create }] = useAddress();
  const go = useGo();
  const [deed, setDeed] = useState<KeyDeed | null>(null);
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const here = placeOf(workspace.slug, 'keys');
  const startCreating = (): void => go(here, { create: true });
  const button = can('apiKeys:create') && (
    <Button data-create onClick={startCreating}>
      <Plus aria-hidden /> Create API key
    </Button>
  );
  return (
    <Page
      title="API keys"
      about="Every key spends from the balance of this workspace."
      workspaceName={workspace.name}
      action={button}
    >
      <KeyList onDeed={setDeed} action={button} />
      <CreateKeyDialog
        isOpen={create !== undefined && can('apiKeys:create')}
        onClose={() => go(here)}
        onCreated={(result) => {
          go(here);
          setRevealed(result);
        }}
      />
      <KeyDialogs deed={deed} onClose={() => setDeed(null)} onRevealed={setRevealed} />
      {revealed && <KeyRevealDialog revealed={revealed} onClose={() => setRevealed(null)} />}
    </Page>
  );
}

function KeyList({ onDeed, action }: { onDeed: (deed: KeyDeed) => void; action: ReactNode }) {
  const { workspace, can } = useShown();
  const [after, setAfter] = useState<string | null>(null);
  const [filter, setFilter] = useState('');
  const [showsEnded, setShowsEnded] = useState(false);
  const reading = useReading(ApiKeysDocument, { workspaceId: workspace.id, first: PAGE_SIZE, after });
  useEffect(() => onHint(reading.again), [reading.again]);
  const connection = reading.data?.workspace?.apiKeys;
  const all = connection?.edges.map(({ node }) => node);
  const rows = all?.filter((key) => matches(key, filter) && (showsEnded || !isEnded(key)));
  const endedCount = all?.filter(isEnded).length ?? 0;
  const columns = useMemo(() => columnsOf(can('apiKeys:update') ? onDeed : null), [can, onDeed]);
  const { hasNextPage, endCursor } = connection?.pageInfo ?? {};
  return (
    <>
      {all !== undefined && all.length > 0 && (
        <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
          <Input
            data-filter
            type="search"
            aria-label="Find a key"
            placeholder="Find a key by name or ending"
            className="w-full sm:w-72"
            value={filter}
            onChange={({ target }) => setFilter(target.value)}
          />
          {endedCount > 0 && (
            <Checkbox
              label={`Show what has ended (${endedCount})`}
              checked={showsEnded}
              onChange={({ target }) => setShowsEnded(target.checked)}
            />
          )}
        </div>
      )}
      <DataTable
        label="API keys"
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        reading={reading}
        more={hasNextPage === true ? () => setAfter(endCursor ?? null) : undefined}
        empty={
          all?.length === 0 ? (
            <EmptyState icon={KeyRound} title="No API keys yet" action={action}>
              A program needs a key to spend. Each gets its own name, scopes and caps, so that you see which one did
              what.
            </EmptyState>
          ) : (
            <EmptyState icon={KeyRound} title="No such key">
              No key here has that in its name or its ending.
            </EmptyState>
          )
        }
      />
    </>
  );
}

function matches({ name, lastFour, prefix }: ApiKey, filter: string): boolean {
  const text = filter.trim().toLowerCase();
  return [name.toLowerCase(), lastFour.toLowerCase(), prefix.toLowerCase()].some((part) => part.includes(text));
}
