import { CircleOff, Ellipsis, Pencil } from 'lucide-react';
import { formatCredits } from '../../ui/amount.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { ListColumn } from '../../ui/data-table.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { sizeText } from '../../ui/payload-text.ts';
import { Time } from '../../ui/time.tsx';
import type { InboxDeed } from './deeds.tsx';
import { type Inbox, PROVIDER_NAMES } from './inboxes.ts';

/** @param onDeed What the menu of an inbox can start; null for whoever may only look. */
export function columnsOf(onDeed: ((deed: InboxDeed) => void) | null): ListColumn<Inbox>[] {
  const columns: ListColumn<Inbox>[] = [
    { id: 'inbox', header: 'Inbox', cell: (inbox) => <Name inbox={inbox} /> },
    {
      id: 'received',
      header: 'Received',
      isFigure: true,
      from: 'sm',
      cell: ({ receivedCount }) => formatCredits(receivedCount),
    },
    {
      id: 'stored',
      header: 'Takes up',
      isFigure: true,
      from: 'lg',
      cell: ({ storedBytes }) => sizeText(Number(storedBytes)),
    },
    { id: 'created', header: 'Created', from: 'lg', cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
  if (!onDeed) return columns;
  return [
    ...columns,
    {
      id: 'menu',
      header: 'Actions',
      isUnlabelled: true,
      cell: (inbox) => (
        <div className="flex items-center justify-end">
          {inbox.url != null && inbox.deactivatedAt == null && (
            <CopyButton text={inbox.url} label={`Copy the address of ${inbox.name}`} />
          )}
          {inbox.deactivatedAt == null && <InboxMenu inbox={inbox} onDeed={onDeed} />}
        </div>
      ),
    },
  ];
}

function Name({ inbox }: { inbox: Inbox }) {
  const { name, description, deactivatedAt } = inbox;
  return (
    <span className={classes('grid gap-0.5', deactivatedAt != null && 'text-muted-foreground')}>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium break-all">{name}</span>
        <InboxBadges inbox={inbox} />
      </span>
      {description != null && <span className="text-xs break-words text-muted-foreground">{description}</span>}
    </span>
  );
}

/** Whose signatures it checks, and whether it still takes events. */
export function InboxBadges({ inbox: { provider, deactivatedAt } }: { inbox: Inbox }) {
  return (
    <>
      {provider == null ? (
        <Badge tone="warning">Checks no signatures</Badge>
      ) : (
        <Badge>{PROVIDER_NAMES[provider]}</Badge>
      )}
      {deactivatedAt != null && (
        <Badge tone="bad">
          Deactivated <Time at={deactivatedAt} />
        </Badge>
      )}
    </>
  );
}

export function InboxMenu({ inbox, onDeed }: { inbox: Inbox; onDeed: (deed: InboxDeed) => void }) {
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={`Actions for ${inbox.name}`}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      <MenuItem onClick={() => onDeed({ kind: 'edit', inbox })}>
        <Pencil aria-hidden /> Edit
      </MenuItem>
      <MenuSeparator />
      <MenuItem isDangerous onClick={() => onDeed({ kind: 'deactivate', inbox })}>
        <CircleOff aria-hidden /> Deactivate
      </MenuItem>
    </Menu>
  );
}
