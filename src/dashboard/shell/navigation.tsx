import { Dialog } from '@base-ui/react/dialog';
import { Link } from '@tanstack/react-router';
import { classes } from '../ui/classes.ts';
import { show, useOverlay } from './overlays.ts';
import { PAGES } from './pages.ts';
import { placeOf, usePagePath } from './places.ts';
import { useShown } from './workspace.ts';

/** The pages of the workspace, beside the content where there is room. */
export function SideNavigation() {
  return (
    <nav
      aria-label="Pages"
      className="sticky top-13 hidden h-[calc(100dvh-3.25rem)] w-52 shrink-0 border-r p-3 lg:block"
    >
      <PageLinks />
    </nav>
  );
}

/** The same on narrow screens, over the content. */
export function NavigationSheet() {
  return (
    <Dialog.Root open={useOverlay() === 'navigation'} onOpenChange={(open) => show(open ? 'navigation' : null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          aria-label="Pages"
          className="floating fixed inset-y-2 left-2 z-50 w-64 p-3 outline-none transition duration-150 data-starting-style:-translate-x-4 data-starting-style:opacity-0"
        >
          <nav aria-label="Pages">
            <PageLinks onFollow={() => show(null)} />
          </nav>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PageLinks({ onFollow }: { onFollow?: () => void }) {
  const { workspace, can } = useShown();
  const current = usePagePath();
  return (
    <ul className="grid gap-0.5">
      {PAGES.filter(({ needs }) => !needs || can(needs)).map(({ path, title, icon: Icon }) => (
        <li key={path}>
          <Link
            to={placeOf(workspace.slug, path)}
            preload="intent"
            aria-current={current === path ? 'page' : undefined}
            onClick={onFollow}
            className={classes(
              'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-muted-foreground hover:bg-muted hover:text-foreground [&_svg]:size-4',
              current === path && 'bg-muted font-medium text-foreground',
            )}
          >
            <Icon aria-hidden />
            {title}
          </Link>
        </li>
      ))}
    </ul>
  );
}
