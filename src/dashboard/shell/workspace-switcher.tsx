import { Popover } from '@base-ui/react/popover';
import { ChevronsUpDown } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { buttonVariants } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Monogram } from '../ui/monogram.tsx';
import { show, useOverlay } from './overlays.ts';
import { useShown } from './workspace.ts';

const WorkspaceList = lazy(async () => ({ default: (await import('./workspace-list.tsx')).WorkspaceList }));

/** The name in the header: opens the list of workspaces with their balances. Switching keeps the page. */
export function WorkspaceSwitcher() {
  const { workspace } = useShown();
  const isOpen = useOverlay() === 'switcher';
  return (
    <Popover.Root open={isOpen} onOpenChange={(open) => show(open ? 'switcher' : null)}>
      <Popover.Trigger
        className={classes(buttonVariants({ variant: 'ghost' }), 'min-w-0 px-2 font-semibold')}
        aria-label={`Workspace ${workspace.name}: switch`}
      >
        <Monogram name={workspace.name} />
        <span className="truncate">{workspace.name}</span>
        <ChevronsUpDown className="text-muted-foreground" aria-hidden />
      </Popover.Trigger>
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
