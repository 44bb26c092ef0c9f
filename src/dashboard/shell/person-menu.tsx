import { Check, Keyboard, LogOut, UserRound } from 'lucide-react';
import type { ReactElement } from 'react';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import { show } from './overlays.ts';
import { placeOf, useGo } from './places.ts';
import { signOut } from './sign-out.ts';
import { setTheme, THEMES, useTheme } from './theme.ts';
import { useShown } from './workspace.ts';

export function PersonMenu({ trigger }: { trigger: ReactElement }) {
  const { viewer, workspace } = useShown();
  const { theme } = useTheme();
  const go = useGo();
  return (
    <Menu trigger={trigger}>
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
