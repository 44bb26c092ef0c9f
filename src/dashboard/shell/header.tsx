import { Link } from '@tanstack/react-router';
import { Check, CircleUserRound, Keyboard, LogOut, Menu as MenuIcon, Search, UserRound } from 'lucide-react';
import { Button, buttonVariants } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { isApple, Kbd } from '../ui/kbd.tsx';
import { Mark } from '../ui/mark.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { Balance } from './balance.tsx';
import { show } from './overlays.ts';
import { placeOf, useGo } from './places.ts';
import { signOut } from './sign-out.ts';
import { setTheme, THEMES, useTheme } from './theme.ts';
import { WorkspaceSwitcher } from './workspace-switcher.tsx';
import { useShown } from './workspace.ts';

export function Header() {
  const { workspace } = useShown();
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
        <PersonMenu />
      </div>
    </header>
  );
}

function PersonMenu() {
  const { viewer, workspace } = useShown();
  const { theme } = useTheme();
  const go = useGo();
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={`${viewer.name}: account and theme`}>
          <CircleUserRound aria-hidden />
        </Button>
      }
    >
      <div className="px-2 py-1.5">
        <p className="font-medium">{viewer.name}</p>
        <p className="text-xs text-muted-foreground">{viewer.email}</p>
      </div>
      <MenuSeparator />
      <MenuItem onClick={() => go(placeOf(workspace.slug, 'account'))}>
        <UserRound aria-hidden /> Your account
      </MenuItem>
      <MenuItem onClick={() => show('shortcuts')}>
        <Keyboard aria-hidden /> Keyboard shortcuts
      </MenuItem>
      <MenuSeparator />
      {THEMES.map((each) => (
        <MenuItem key={each} closeOnClick={false} onClick={() => setTheme(each)}>
          <Check aria-hidden className={theme === each ? '' : 'invisible'} />
          <span className="capitalize">{each} theme</span>
          {theme === each && <span className="sr-only">, chosen</span>}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem onClick={() => void signOut()}>
        <LogOut aria-hidden /> Sign out
      </MenuItem>
    </Menu>
  );
}
