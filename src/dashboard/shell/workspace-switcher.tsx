import { ChevronsUpDown } from 'lucide-react';
import { buttonVariants } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { lazyOverlay } from '../ui/lazy-overlay.tsx';
import { Monogram } from '../ui/monogram.tsx';
import { useShown } from './workspace.ts';

const WorkspacePopover = lazyOverlay('dialog', async () => (await import('./workspace-popover.tsx')).WorkspacePopover);

/** The name in the header: opens the list of workspaces. */
export function WorkspaceSwitcher() {
  const { workspace } = useShown();
  return (
    <WorkspacePopover
      trigger={
        <button
          type="button"
          className={classes(buttonVariants({ variant: 'ghost' }), 'min-w-0 px-2 font-semibold')}
          aria-label={`Workspace ${workspace.name}: switch`}
        >
          <Monogram name={workspace.name} />
          <span className="truncate">{workspace.name}</span>
          <ChevronsUpDown className="text-muted-foreground" aria-hidden />
        </button>
      }
    />
  );
}
