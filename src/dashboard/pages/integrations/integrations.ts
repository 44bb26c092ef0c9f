import { Globe, Hash, type LucideIcon, Mail, MessageCircle, Users } from 'lucide-react';
import type {
  IntegrationFieldsFragment,
  IntegrationPausedReason,
  IntegrationProvider,
  IntegrationsQuery,
} from '../../generated/graphql.ts';

export type Integration = IntegrationFieldsFragment;
export type ProviderKind = IntegrationsQuery['integrationProviders'][number];

export const PROVIDER_ICONS: Record<IntegrationProvider, LucideIcon> = {
  DISCORD: MessageCircle,
  EMAIL: Mail,
  HTTP: Globe,
  SLACK: Hash,
  TEAMS: Users,
};

/** Why it is told nothing, after "Paused". */
export const PAUSED_REASONS: Record<IntegrationPausedReason, string> = {
  FAILING: 'after five days of failures',
  GONE: 'it answered 410',
  MEMBER: 'by a member',
};

/** What people call it: its description, or the service. */
export function integrationName({ description }: Integration, kind: Pick<ProviderKind, 'name'> | undefined): string {
  return description === '' ? (kind?.name ?? 'An unknown service') : description;
}

/** "headerName" as people say it: "Header name". */
export function settingLabel(name: string): string {
  const words = name
    .replaceAll(/(?=[A-Z])/g, ' ')
    .toLowerCase()
    .replaceAll('url', 'URL');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
