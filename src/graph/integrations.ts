import { visibleTo } from '#core/access/visibility';
import { isAnnouncementType } from '#core/announcements/catalogue';
import { INTEGRATIONS_ALONE, listIntegrations } from '#core/integrations/integrations';
import type { Setting } from '#core/integrations/provider';
import { isProviderName, PROVIDER_NAMES, type ProviderName, PROVIDERS } from '#core/integrations/providers';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import { WebhookEventType } from '#graph/webhooks';

export const IntegrationProviderEnum = builder.enumType('IntegrationProvider', {
  description: 'Services that a workspace can be connected with.',
  values: Object.fromEntries(
    PROVIDER_NAMES.map((name) => [name, { description: `${PROVIDERS[name].name}. ${PROVIDERS[name].description}` }]),
  ) as Record<ProviderName, { description: string }>,
});

const IntegrationSettingKind = builder
  .objectRef<{ name: string; setting: Setting }>('IntegrationSettingKind')
  .implement({
    description: 'Something that a provider has to be told to connect with it.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name, as connectIntegration takes it.' }),
      description: t.string({
        description: 'What to give, for people.',
        resolve: ({ setting }) => setting.description,
      }),
      secret: t.boolean({
        description: 'Whether it is sealed and never shown again.',
        resolve: ({ setting }) => setting.isSecret,
      }),
      required: t.boolean({
        description: 'Whether it must be given.',
        resolve: ({ setting }) => setting.fallback === undefined,
      }),
    }),
  });

const IntegrationProviderKind = builder.objectRef<{ provider: ProviderName }>('IntegrationProviderKind').implement({
  description: 'A service that a workspace can be connected with, and what that takes.',
  fields: (t) => ({
    provider: t.expose('provider', { type: IntegrationProviderEnum, description: 'The provider.' }),
    name: t.string({
      description: 'Its name, for people.',
      resolve: ({ provider }) => PROVIDERS[provider].name,
    }),
    description: t.string({
      description: 'What it does with what it is told, and where its settings are found.',
      resolve: ({ provider }) => PROVIDERS[provider].description,
    }),
    settings: t.field({
      type: [IntegrationSettingKind],
      description: 'What it has to be told.',
      resolve: ({ provider }) =>
        Object.entries(PROVIDERS[provider].settings).map(([name, setting]) => ({ name, setting })),
    }),
  }),
});

builder.queryField('integrationProviders', (t) =>
  t.field({
    type: [IntegrationProviderKind],
    description: 'Every service that a workspace can be connected with. For anyone with a credential.',
    resolve: (_root, _args, { access }) => {
      access.requireSomebody();
      return PROVIDER_NAMES.map((provider) => ({ provider }));
    },
  }),
);

const IntegrationPausedReason = builder.enumType('IntegrationPausedReason', {
  description: 'Why an integration is told nothing.',
  values: {
    MEMBER: { description: 'A member paused it.' },
    FAILING: { description: 'It took nothing for five days.' },
    GONE: { description: 'It answered 410.' },
  },
});

const IntegrationSetting = builder.objectRef<{ name: string; value: string | null }>('IntegrationSetting').implement({
  description: 'What a provider was told.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Which of its settings.' }),
    value: t.exposeString('value', { nullable: true, description: 'Its value; null for a secret one.' }),
  }),
});

export const IntegrationType = builder.prismaNode('WebhookEndpoint', {
  variant: 'Integration',
  description: 'A service that is told what happens in a workspace, in messages that people read.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, ...INTEGRATIONS_ALONE, workspace: visibleTo(actor) }),
  select: { workspaceId: true, provider: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'integrations:read', workspaceId } }),
  fields: (t) => ({
    provider: t.field({
      type: IntegrationProviderEnum,
      nullable: true,
      description: 'Which service; null for one that this version does not know any more.',
      resolve: ({ provider }) => (provider !== null && isProviderName(provider) ? provider : null),
    }),
    description: t.exposeString('description', { description: 'What it is for, for people.' }),
    eventTypes: t.field({
      type: [WebhookEventType],
      description: 'What it is told of, beside the alerts that choose it.',
      select: { eventTypes: true },
      resolve: ({ eventTypes }) => eventTypes.filter(isAnnouncementType),
    }),
    settings: t.field({
      type: [IntegrationSetting],
      description: 'What the provider was told. Secrets are never shown.',
      select: { settings: true },
      resolve: ({ provider, settings }) => {
        if (provider === null || !isProviderName(provider)) return [];
        const shown = settings as Record<string, string>;
        return Object.keys(PROVIDERS[provider].settings).map((name) => ({ name, value: shown[name] ?? null }));
      },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was connected.' }),
    lastSuccessAt: t.expose('lastSuccessAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last took a message; null for never.',
    }),
    lastFailureAt: t.expose('lastFailureAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a message last failed; null for never.',
    }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'What failed then, for people: what the service answered, or why no answer came.',
    }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description:
        'When it first failed since it last took anything; null while it works. After five days it is paused.',
    }),
    pausedAt: t.expose('disabledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is told nothing, and what happens is parked; null while it is.',
    }),
    pausedReason: t.expose('disabledReason', {
      type: IntegrationPausedReason,
      nullable: true,
      description: 'Why it is paused; null unless it is.',
    }),
    waitingCount: t.relationCount('deliveries', {
      where: { state: { in: ['PENDING', 'PARKED'] } },
      description: 'How many messages wait to be sent, or until it is resumed.',
    }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  integrations: t.connection(
    {
      type: IntegrationType,
      description: 'The services that are told what happens here, newest first.',
      resolve: async ({ id }, page, context, info) =>
        listIntegrations(context.db, await context.access.permit('integrations:read', id), {
          ...page,
          query: connectionQuery(context, info, 'Integration'),
        }),
    },
    { name: 'IntegrationsConnection', description: 'A page of integrations.' },
    { name: 'IntegrationsEdge', description: 'An integration in a page.' },
  ),
}));
