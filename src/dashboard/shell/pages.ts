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
    path: 'overview',
    title: 'Overview',
    icon: LayoutDashboard,
    letter: 'o',
    Component: lazy(async () => ({ default: (await import('../pages/overview.tsx')).OverviewPage })),
  },
  {
    path: 'usage',
    title: 'Usage',
    icon: ChartColumnStacked,
    letter: 'u',
    Component: lazy(async () => ({ default: (await import('../pages/usage.tsx')).UsagePage })),
  },
  {
    path: 'calls',
    title: 'Calls',
    icon: ScrollText,
    letter: 'l',
    Component: lazy(async () => ({ default: (await import('../pages/calls.tsx')).CallsPage })),
  },
  {
    path: 'ledger',
    title: 'Ledger',
    icon: BookOpen,
    letter: 'e',
    Component: lazy(async () => ({ default: (await import('../pages/ledger.tsx')).LedgerPage })),
  },
  {
    path: 'billing',
    title: 'Billing',
    icon: CreditCard,
    letter: 'b',
    Component: lazy(async () => ({ default: (await import('../pages/billing.tsx')).BillingPage })),
  },
  {
    path: 'keys',
    title: 'API keys',
    icon: KeyRound,
    letter: 'k',
    Component: lazy(async () => ({ default: (await import('../pages/api-keys.tsx')).ApiKeysPage })),
  },
  {
    path: 'webhooks',
    title: 'Webhooks',
    icon: Webhook,
    letter: 'd',
    Component: lazy(async () => ({ default: (await import('../pages/webhooks.tsx')).WebhooksPage })),
  },
  {
    path: 'inboxes',
    title: 'Inboxes',
    icon: Inbox,
    letter: 'i',
    Component: lazy(async () => ({ default: (await import('../pages/inboxes.tsx')).InboxesPage })),
  },
  {
    path: 'integrations',
    title: 'Integrations',
    icon: Plug,
    letter: 'n',
    Component: lazy(async () => ({ default: (await import('../pages/integrations.tsx')).IntegrationsPage })),
  },
  {
    path: 'alerts',
    title: 'Alerts',
    icon: Bell,
    letter: 't',
    Component: lazy(async () => ({ default: (await import('../pages/alerts.tsx')).AlertsPage })),
  },
  {
    path: 'members',
    title: 'Members',
    icon: Users,
    letter: 'm',
    Component: lazy(async () => ({ default: (await import('../pages/members.tsx')).MembersPage })),
  },
  {
    path: 'audit-log',
    title: 'Audit log',
    icon: History,
    letter: 'h',
    needs: 'audit:read',
    Component: lazy(async () => ({ default: (await import('../pages/audit-log.tsx')).AuditLogPage })),
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
