import { CirclePause, CirclePlay, Ellipsis, Pencil, RefreshCw, RotateCcw, Send, Trash2 } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import type { ListColumn } from '../../ui/data-table.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Time } from '../../ui/time.tsx';
import type { EndpointDeed } from './deeds.tsx';
import { type Endpoint, endpointName } from './endpoints.ts';
import { EndpointState } from './state.tsx';

/** @param onDeed What the menu of an endpoint can start; null for whoever may only look. */
export function columnsOf(onDeed: ((deed: EndpointDeed) => void) | null): ListColumn<Endpoint>[] {
  const columns: ListColumn<Endpoint>[] = [
    { id: 'endpoint', header: 'Endpoint', cell: (endpoint) => <Name endpoint={endpoint} /> },
    {
      id: 'types',
      header: 'Told of',
      from: 'lg',
      cell: ({ eventTypes }) => `${eventTypes.length} ${eventTypes.length === 1 ? 'type' : 'types'} of events`,
    },
    { id: 'success', header: 'Last delivered', from: 'sm', cell: ({ lastSuccessAt }) => <When at={lastSuccessAt} /> },
    { id: 'failure', header: 'Last failure', from: 'lg', cell: ({ lastFailureAt }) => <When at={lastFailureAt} /> },
  ];
  if (!onDeed) return columns;
  const menu: ListColumn<Endpoint> = {
    id: 'menu',
    header: 'Actions',
    isUnlabelled: true,
    cell: (endpoint) => (
      <div className="flex justify-end">
        <EndpointMenu endpoint={endpoint} onDeed={onDeed} />
      </div>
    ),
  };
  return [...columns, menu];
}

function Name({ endpoint }: { endpoint: Endpoint }) {
  const { url, description, disabledAt } = endpoint;
  return (
    <span className={classes('grid gap-0.5', disabledAt != null && 'text-muted-foreground')}>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium break-all">{description === '' ? url : description}</span>
        <EndpointState endpoint={endpoint} />
      </span>
      {description !== '' && <code className="font-mono text-xs break-all text-muted-foreground">{url}</code>}
    </span>
  );
}

function When({ at }: { at?: string | null }) {
  return at == null ? <span className="text-muted-foreground">Never</span> : <Time at={at} />;
}

/** Everything that can be done with an endpoint. */
export function EndpointMenu({ endpoint, onDeed }: { endpoint: Endpoint; onDeed: (deed: EndpointDeed) => void }) {
  const isDisabled = endpoint.disabledAt != null;
  const start = (kind: EndpointDeed['kind']) => () => onDeed({ kind, endpoint });
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={`Actions for ${endpointName(endpoint)}`}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      <MenuItem disabled={isDisabled} onClick={start('test')}>
        <Send aria-hidden /> Send a test
      </MenuItem>
      <MenuItem onClick={start('edit')}>
        <Pencil aria-hidden /> Edit
      </MenuItem>
      <MenuItem disabled={isDisabled} onClick={start('replay')}>
        <RotateCcw aria-hidden /> Send again what was missed
      </MenuItem>
      <MenuItem onClick={start('rotate')}>
        <RefreshCw aria-hidden /> Rotate the secret
      </MenuItem>
      <MenuItem onClick={start(isDisabled ? 'enable' : 'disable')}>
        {isDisabled ? <CirclePlay aria-hidden /> : <CirclePause aria-hidden />}
        {isDisabled ? 'Enable' : 'Disable'}
      </MenuItem>
      <MenuSeparator />
      <MenuItem isDangerous onClick={start('delete')}>
        <Trash2 aria-hidden /> Delete
      </MenuItem>
    </Menu>
  );
}
