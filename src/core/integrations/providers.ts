import type { Provider } from '#core/integrations/provider';
import { discord } from '#core/integrations/providers/discord';
import { email } from '#core/integrations/providers/email';
import { http } from '#core/integrations/providers/http';
import { slack } from '#core/integrations/providers/slack';
import { teams } from '#core/integrations/providers/teams';

/** Every provider, by its permanent name: a file of its own and a line here is all that one takes. */
export const PROVIDERS = {
  SLACK: slack,
  DISCORD: discord,
  TEAMS: teams,
  EMAIL: email,
  HTTP: http,
} as const satisfies Readonly<Record<string, Provider>>;

export type ProviderName = keyof typeof PROVIDERS;

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as readonly ProviderName[];

/** Whether a text is the name of a provider. */
export function isProviderName(text: string): text is ProviderName {
  return Object.hasOwn(PROVIDERS, text);
}
