import {
  Bell,
  BookOpen,
  ChartColumnStacked,
  CreditCard,
  History,
  Inbox,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  Plug,
  ScrollText,
  Settings,
  UserRound,
  Users,
  Webhook,
} from 'lucide-react';
import { type ComponentType, lazy, type LazyExoticComponent } from 'react';
import type { Action } from './roles.ts';

/** A page of a workspace. */
interface PageEntry {
  /** Its place below the workspace: /w/<slug>/<path>. */
  path: string;
  title: string;
  icon: LucideIcon;
  /** The letter that goes there after `g`. */
  letter: string;
  /** Who sees it; left out: every member. */
  needs?: Action;
  load: () => Promise<ComponentType>;
}

/** One whose part of the program is loaded once it is shown. */
export type Page = PageEntry & { Component: LazyExoticComponent<ComponentType> };

const ENTRIES: readonly PageEntry[] = [
  {
    path: 'overview',
    title: 'Overview',
    icon: LayoutDashboard,
    letter: 'o',
    load: async () => (await import('../pages/overview.tsx')).OverviewPage,
  },
  {
    path: 'usage',
    title: 'Usage',
    icon: ChartColumnStacked,
    letter: 'u',
    load: async () => (await import('../pages/usage.tsx')).UsagePage,
  },
  {
    path: 'calls',
    title: 'Calls',
    icon: ScrollText,
    letter: 'l',
    load: async () => (await import('../pages/calls.tsx')).CallsPage,
  },
  {
    path: 'ledger',
    title: 'Ledger',
    icon: BookOpen,
    letter: 'e',
    load: async () => (await import('../pages/ledger.tsx')).LedgerPage,
  },
  {
    path: 'billing',
    title: 'Billing',
    icon: CreditCard,
    letter: 'b',
    load: async () => (await import('../pages/billing.tsx')).BillingPage,
  },
  {
    path: 'keys',
    title: 'API keys',
    icon: KeyRound,
    letter: 'k',
    load: async () => (await import('../pages/api-keys.tsx')).ApiKeysPage,
  },
  {
    path: 'webhooks',
    title: 'Webhooks',
    icon: Webhook,
    letter: 'd',
    load: async () => (await import('../pages/webhooks.tsx')).WebhooksPage,
  },
  {
    path: 'inboxes',
    title: 'Inboxes',
    icon: Inbox,
    letter: 'i',
    load: async () => (await import('../pages/inboxes.tsx')).InboxesPage,
  },
  {
    path: 'integrations',
    title: 'Integrations',
    icon: Plug,
    letter: 'n',
    load: async () => (await import('../pages/integrations.tsx')).IntegrationsPage,
  },
  {
    path: 'alerts',
    title: 'Alerts',
    icon: Bell,
    letter: 't',
    load: async () => (await import('../pages/alerts.tsx')).AlertsPage,
  },
  {
    path: 'members',
    title: 'Members',
    icon: Users,
    letter: 'm',
    load: async () => (await import('../pages/members.tsx')).MembersPage,
  },
  {
    path: 'audit-log',
    title: 'Audit log',
    icon: History,
    letter: 'h',
    needs: 'audit:read',
    load: async () => (await import('../pages/audit-log.tsx')).AuditLogPage,
  },
  {
    path: 'settings',
    title: 'Settings',
    icon: Settings,
    letter: 's',
    load: async () => (await import('../pages/settings.tsx')).SettingsPage,
  },
  {
    path: 'account',
    title: 'Your account',
    icon: UserRound,
    letter: 'a',
    load: async () => (await import('../pages/account.tsx')).AccountPage,
  },
];

/** The routes, the navigation, the palette and the shortcuts are all made from this list. */
export const PAGES: readonly Page[] = ENTRIES.map((entry) =>
  Object.assign(entry, { Component: lazy(async () => ({ default: await entry.load() })) }),
);

/** Begins to load the page at a path, which is shown only once it is known who looks at it. */
export function preloadPage(path: string | undefined): void {
  PAGES.find((page) => page.path === path)
    ?.load()
    // It is asked for again when it is shown, and then says what is wrong.
    .catch(() => undefined);
}
