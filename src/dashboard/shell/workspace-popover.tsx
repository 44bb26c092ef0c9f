import { Popover } from '@base-ui/react/popover';
import { lazy, type ReactElement, Suspense } from 'react';
import { show, useOverlay } from './overlays.ts';

const WorkspaceList = lazy(async () => ({ default: (await import('./workspace-list.tsx')).WorkspaceList }));

/** The list of workspaces with their balances. Switching keeps the page. */
export function WorkspacePopover({ trigger }: { trigger: ReactElement }) {
  const isOpen = useOverlay() === 'switcher';
  return (
    <Popover.Root open={isOpen} onOpenChange={(open) => show(open ? 'switcher' : null)}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" className="z-50">
          <Popover.Popup className="floating w-[min(92vw,21rem)] overflow-hidden p-0 outline-none">
            <Suspense fallback={<div className="h-40" />}>
              <WorkspaceList />
            </Suspense>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
