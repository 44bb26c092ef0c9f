import { Link } from '@tanstack/react-router';
import { classes } from '../ui/classes.ts';
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

export function PageLinks({ onFollow }: { onFollow?: () => void }) {
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
