import { useState } from 'react';
import type { Search } from '../../api/address.ts';
import { Button } from '../../ui/button.tsx';
import { Drawer, DrawerPart, Fact, Facts, Json } from '../../ui/drawer.tsx';
import { momentText } from '../../ui/time-text.ts';
import { Changes } from './changes.tsx';
import { ACTORS, type AuditEvent, eventName } from './events.ts';

interface DrawerProps {
  event: AuditEvent | null;
  onClose: () => void;
  onFilter: (patch: Search) => void;
}

/** One event, whole. */
export function EventDrawer({ event, onClose, onFilter }: DrawerProps) {
  // What is shown stays while the drawer slides out.
  const [shown, setShown] = useState(event);
  if (event && event !== shown) setShown(event);
  const filter = (patch: Search): void => {
    onFilter(patch);
    onClose();
  };
  return (
    <Drawer
      isOpen={event !== null}
      onClose={onClose}
      title={shown ? eventName(shown.type) : ''}
      description={shown && <code className="font-mono text-xs">{shown.type}</code>}
    >
      {shown && (
        <>
          <Facts>
            <Fact name="Number">{shown.number}</Fact>
            <Fact name="When">{momentText(shown.createdAt)}</Fact>
            <Fact name="Who">
              {shown.actor.name ?? ''} <span className="text-muted-foreground">{ACTORS[shown.actor.kind]}</span>
            </Fact>
            <Fact name="From where">
              <code className="font-mono text-xs">{shown.address ?? 'nowhere: a job'}</code>
            </Fact>
            {shown.targetId != null && (
              <Fact name="Of what">
                <code className="font-mono text-xs break-all">{shown.targetId}</code>
              </Fact>
            )}
          </Facts>
          <Changes before={shown.before ?? null} after={shown.after ?? null} />
          <div className="flex flex-wrap gap-2">
            {shown.actor.id != null && (
              <Button variant="outline" size="sm" onClick={() => filter({ actor: shown.actor.id ?? undefined })}>
                All that they did
              </Button>
            )}
            {shown.targetId != null && (
              <Button variant="outline" size="sm" onClick={() => filter({ target: shown.targetId ?? undefined })}>
                All changes of this object
              </Button>
            )}
          </div>
          <DrawerPart title="As stored">
            <Json value={{ before: shown.before ?? null, after: shown.after ?? null }} label="The event as stored" />
          </DrawerPart>
        </>
      )}
    </Drawer>
  );
}
