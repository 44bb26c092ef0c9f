import type { EndpointFieldsFragment, WebhookDisabledReason, WebhookEventTypesQuery } from '../../generated/graphql.ts';

export type Endpoint = EndpointFieldsFragment;
export type EventKind = WebhookEventTypesQuery['webhookEventTypes'][number];

/** Why it is sent nothing, after "Disabled". */
export const DISABLED_REASONS: Record<WebhookDisabledReason, string> = {
  MEMBER: 'by a member',
  FAILING: 'after five days of failures',
  GONE: 'it answered 410',
};

/** The types that belong together, by how their names begin; what is new stands at the end. */
const GROUPS: readonly [title: string, prefixes: readonly string[]][] = [
  ['Credits and calls', ['balance.', 'credits.', 'usage.', 'hold.']],
  ['API keys', ['api_key.']],
  ['Members', ['member.']],
  ['Workspace', ['workspace.']],
  ['Alerts and webhooks', ['alert.', 'webhook.', 'integration.']],
];

export function groupsOf(kinds: readonly EventKind[]): { title: string; kinds: EventKind[] }[] {
  const titleOf = ({ name }: EventKind): string =>
    GROUPS.find(([, prefixes]) => prefixes.some((prefix) => name.startsWith(prefix)))?.[0] ?? 'Others';
  return [...GROUPS.map(([title]) => title), 'Others']
    .map((title) => ({ title, kinds: kinds.filter((kind) => titleOf(kind) === title) }))
    .filter((group) => group.kinds.length > 0);
}

/** What people call it: its description, or the host that it is at. */
export function endpointName({ description, url }: Pick<Endpoint, 'description' | 'url'>): string {
  return description === '' ? hostOf(url) : description;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
