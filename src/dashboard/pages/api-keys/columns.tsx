import { Ban, CirclePause, CirclePlay, Ellipsis, Pencil, RefreshCw } from 'lucide-react';
import { formatCredits, Glance, shareOf } from '../../ui/amount.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import type { ListColumn } from '../../ui/data-table.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Time } from '../../ui/time.tsx';
import type { KeyDeed } from './deeds.tsx';
import { type ApiKey, isEnded, PERIODS } from './keys.ts';

/** @param onDeed What the menu of a key can start; null for whoever may only look. */
export function columnsOf(onDeed: ((deed: KeyDeed) => void) | null): ListColumn<ApiKey>[] {
  const columns: ListColumn<ApiKey>[] = [
    { id: 'name', header: 'Key', cell: (key) => <Name apiKey={key} /> },
    { id: 'caps', header: 'Spent of its caps', from: 'sm', cell: (key) => <Caps apiKey={key} /> },
    { id: 'used', header: 'Last used', from: 'sm', cell: (key) => <LastUse apiKey={key} /> },
    { id: 'created', header: 'Created', from: 'lg', cell: (key) => <Creation apiKey={key} /> },
  ];
  if (!onDeed) return columns;
  const menu: ListColumn<ApiKey> = {
    id: 'menu',
    header: 'Actions',
    isUnlabelled: true,
    cell: (key) => (isEnded(key) ? null : <KeyMenu apiKey={key} onDeed={onDeed} />),
  };
  return [...columns, menu];
}

function Name({ apiKey }: { apiKey: ApiKey }) {
  const { name, prefix, lastFour, scopes, effectiveScopes, previousSecret } = apiKey;
  return (
    <div className={classes('grid gap-0.5', isEnded(apiKey) && 'text-muted-foreground')}>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium break-words">{name}</span>
        <StateBadge apiKey={apiKey} />
        {apiKey.environment === 'TEST' && <Badge>Test</Badge>}
        {apiKey.creatorHasLeft && !isEnded(apiKey) && <Badge tone="warning">Its creator has left</Badge>}
      </div>
      <div className="flex flex-wrap items-center gap-x-2 text-xs text-muted-foreground">
        <code className="font-mono">
          {prefix}…{lastFour}
        </code>
        <span className="hidden lg:inline">{scopes.join(' · ')}</span>
        {effectiveScopes.length < scopes.length && !isEnded(apiKey) && (
          <span className="text-warning">some scopes no longer work</span>
        )}
      </div>
      {previousSecret?.expiresAt != null && (
        <p className="text-xs text-warning">
          Old secret …{previousSecret.lastFour} ends <Time at={previousSecret.expiresAt} />
          {previousSecret.lastUsedAt == null ? ', not used since' : ', still used '}
          {previousSecret.lastUsedAt != null && <Time at={previousSecret.lastUsedAt} />}
        </p>
      )}
      <p className="text-xs text-muted-foreground sm:hidden">
        <LastUse apiKey={apiKey} hasLabel />
      </p>
      {apiKey.caps.length > 0 && (
        <div className="mt-1 sm:hidden">
          <Caps apiKey={apiKey} />
        </div>
      )}
    </div>
  );
}

function StateBadge({ apiKey: { state, expiresAt } }: { apiKey: ApiKey }) {
  if (state === 'ACTIVE') {
    return expiresAt == null ? null : (
      <Badge>
        Expires <Time at={expiresAt} />
      </Badge>
    );
  }
  const tone = state === 'DISABLED' ? 'warning' : 'bad';
  return <Badge tone={tone}>{{ DISABLED: 'Disabled', EXPIRED: 'Expired', REVOKED: 'Revoked' }[state]}</Badge>;
}

function LastUse({ apiKey, hasLabel = false }: { apiKey: ApiKey; hasLabel?: boolean }) {
  if (apiKey.lastUsedAt == null) return <span className="text-muted-foreground">Never used</span>;
  return (
    <span className="whitespace-nowrap">
      {hasLabel && 'Last used '}
      <Time at={apiKey.lastUsedAt} />
    </span>
  );
}

function Creation({ apiKey: { createdAt, createdBy, parent } }: { apiKey: ApiKey }) {
  return (
    <div className="grid text-[13px]">
      <Time at={createdAt} />
      <span className="text-xs text-muted-foreground">
        {parent ? `by the key ${parent.name}` : createdBy ? `by ${createdBy.user.name}` : ''}
      </span>
    </div>
  );
}

/** Each cap as a bar: amber from four fifths, red when nothing is left. */
function Caps({ apiKey: { caps } }: { apiKey: ApiKey }) {
  if (caps.length === 0) return <span className="text-muted-foreground">No cap</span>;
  return (
    <ul className="grid w-52 gap-1.5">
      {caps.map((cap) => {
        const share = shareOf(cap.spent, cap.credits);
        return (
          <li key={cap.period} className="grid gap-1 text-xs">
            <div className="flex justify-between gap-2">
              <span className="amount">
                <Glance credits={cap.spent} />{' '}
                <span className="text-muted-foreground">of {formatCredits(cap.credits)}</span>
              </span>
              <span className="whitespace-nowrap text-muted-foreground">{PERIODS[cap.period]}</span>
            </div>
            <div
              role="meter"
              aria-label={`Spent ${PERIODS[cap.period]}`}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.round(share * 100)}
              className="h-1 overflow-hidden rounded-full bg-muted"
            >
              <div
                className={classes(
                  'h-full rounded-full transition-[width] duration-300',
                  share >= 1 ? 'bg-destructive' : share >= 0.8 ? 'bg-warning' : 'bg-accent',
                )}
                style={{ width: `${share * 100}%` }}
              />
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function KeyMenu({ apiKey, onDeed }: { apiKey: ApiKey; onDeed: (deed: KeyDeed) => void }) {
  const isDisabled = apiKey.state === 'DISABLED';
  return (
    <div className="flex justify-end">
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={`Actions for ${apiKey.name}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem onClick={() => onDeed({ kind: 'edit', apiKey })}>
          <Pencil aria-hidden /> Edit
        </MenuItem>
        <MenuItem onClick={() => onDeed({ kind: 'rotate', apiKey })}>
          <RefreshCw aria-hidden /> Rotate the secret
        </MenuItem>
        <MenuItem onClick={() => onDeed({ kind: isDisabled ? 'enable' : 'disable', apiKey })}>
          {isDisabled ? <CirclePlay aria-hidden /> : <CirclePause aria-hidden />}
          {isDisabled ? 'Enable' : 'Disable'}
        </MenuItem>
        <MenuSeparator />
        <MenuItem isDangerous onClick={() => onDeed({ kind: 'revoke', apiKey })}>
          <Ban aria-hidden /> Revoke
        </MenuItem>
      </Menu>
    </div>
  );
}
