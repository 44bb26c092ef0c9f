import { KeyRound, type LucideIcon, Settings, UserRound, Users } from 'lucide-react';
import { type ComponentType, lazy, type LazyExoticComponent } from 'react';
import type { Action } from './roles.ts';

/** A page of a workspace. The routes, the navigation, the palette and the shortcuts are all made from this list. */
export interface PageEntry {
  /** Its place below the workspace: /w/<slug>/<path>. */
  path: string;
  title: string;
  icon: LucideIcon;
  /** The letter that goes there after `g`. */
  letter: string;
  /** Who sees it; left out: every member. */
  needs?: Action;
  Component: LazyExoticComponent<ComponentType>;
}

export const PAGES: readonly PageEntry[] = [
  {
    path: 'keys',
    title: 'API keys',
    icon: KeyRound,
    letter: 'k',
    Component: lazy(async () => ({ default: (await import('../pages/api-keys.tsx')).ApiKeysPage })),
  },
  {
    path: 'members',
    title: 'Members',
    icon: Users,
    letter: 'm',
    Component: lazy(async () => ({ default: (await import('../pages/members.tsx')).MembersPage })),
  },
  {
    path: 'settings',
    title: 'Settings',
    icon: Settings,
    letter: 's',
    Component: lazy(async () => ({ default: (await import('../pages/settings.tsx')).SettingsPage })),
  },
  {
    path: 'account',
    title: 'Your account',
    icon: UserRound,
    letter: 'a',
    Component: lazy(async () => ({ default: (await import('../pages/account.tsx')).AccountPage })),
  },
];
