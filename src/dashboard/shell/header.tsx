import { Link } from '@tanstack/react-router';
import { CircleUserRound, Menu as MenuIcon, Search } from 'lucide-react';
import { Button, buttonVariants } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { isApple, Kbd } from '../ui/kbd.tsx';
import { lazyOverlay } from '../ui/lazy-overlay.tsx';
import { Mark } from '../ui/mark.tsx';
import { Balance } from './balance.tsx';
import { show } from './overlays.ts';
import { placeOf } from './places.ts';
import { WorkspaceSwitcher } from './workspace-switcher.tsx';
import { useShown } from './workspace.ts';

const PersonMenu = lazyOverlay('menu', async () => (await import('./person-menu.tsx')).PersonMenu);

export function Header() {
  const { viewer, workspace } = useShown();
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-1 border-b bg-background/90 px-2 backdrop-blur sm:gap-2 sm:px-4">
      <Button variant="ghost" size="icon" className="lg:hidden" aria-label="Pages" onClick={() => show('navigation')}>
        <MenuIcon aria-hidden />
      </Button>
      <Link
        to={placeOf(workspace.slug)}
        aria-label="Commonpurse: home"
        className={classes(buttonVariants({ variant: 'ghost', size: 'icon' }), 'hidden sm:inline-flex')}
      >
        <Mark />
      </Link>
      <WorkspaceSwitcher />
      <div className="ml-auto flex items-center gap-1 sm:gap-2">
        <Balance />
        <Button
          variant="outline"
          className="hidden font-normal text-muted-foreground md:inline-flex"
          onClick={() => show('palette')}
        >
          <Search aria-hidden /> Search <Kbd>{isApple ? '⌘' : 'Ctrl'}</Kbd>
          <Kbd>K</Kbd>
        </Button>
        <Button variant="ghost" size="icon" className="md:hidden" aria-label="Search" onClick={() => show('palette')}>
          <Search aria-hidden />
        </Button>
        <PersonMenu
          trigger={
            <Button variant="ghost" size="icon" aria-label={`${viewer.name}: account and theme`}>
              <CircleUserRound aria-hidden />
            </Button>
          }
        />
      </div>
    </header>
  );
}
