import { SCOPES } from '#core/access/policy';
import { visibleTo } from '#core/access/visibility';
import { createApiKey, findApiKey, findApiKeys, listApiKeys, revokeApiKey } from '#core/api-keys/api-keys';
import { currentSecret } from '#core/api-keys/secrets';
import { apiKeyState, LIFETIME } from '#core/api-keys/state';
import { KeyLimitExceeded } from '#core/credits/key-limit-exceeded';
import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { ApiKeyCapInput } from '#graph/api-key-limits';
import { permitOnApiKey } from '#graph/api-key-permits';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import { EnvironmentEnum } from '#graph/enums';
import { UsageEntry } from '#graph/usage-entry';
import { workspaceOrOwn } from '#graph/workspaces';

const ApiKeyState = builder.enumType('ApiKeyState', {
  description: 'Whether a key works.',
  values: {
    ACTIVE: { description: 'Works.' },
    DISABLED: { description: 'Switched off for now.' },
    EXPIRED: { description: 'Its expiry has passed.' },
    REVOKED: { description: 'Ended for ever.' },
  },
});

export const ApiKeyType = builder.prismaNode('ApiKey', {
  description: 'A credential of one workspace. Its secret is shown once, when it is created.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),
  select: { id: true, workspaceId: true },
  authScopes: ({ id: apiKeyId, workspaceId }, { access }) =>
    access.canOrIsOwn('apiKeys:read', { apiKeyId, workspaceId }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name that people see.' }),
    environment: t.expose('environment', { type: EnvironmentEnum, description: 'What the key is for.' }),
    scopes: t.exposeStringList('scopes', { description: `What the key may do: ${SCOPES.join(', ')}.` }),
    state: t.field({
      type: ApiKeyState,
      description: 'Whether the key works now.',
      select: { ...LIFETIME, parent: { select: LIFETIME } },
      resolve: (key) => apiKeyState(key, new Date()),
    }),
    prefix: t.string({
      description: 'Start of the secret, to recognise it by.',
      select: { secrets: true },
      resolve: ({ secrets }) => currentSecret(secrets)?.prefix ?? '',
    }),
    lastFour: t.string({
      description: 'End of the secret, to recognise it by.',
      select: { secrets: true },
      resolve: ({ secrets }) => currentSecret(secrets)?.lastFour ?? '',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to about ten seconds; null for never.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it stops working by itself; null for never.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null unless it was.',
    }),
    workspace: t.relation('workspace', { description: 'The workspace it belongs to and spends from.' }),
  }),
});

builder.queryField('apiKey', (t) =>
  t.prismaField({
    type: ApiKeyType,
    nullable: true,
    description: 'The API key that makes this request; null without one.',
    resolve: (query, _root, _args, { db, actor }) =>
      actor.kind === 'API_KEY' ? findApiKey(db, actor.apiKeyId, query) : null,
  }),
);

builder.prismaObjectFields('Workspace', (t) => ({
  apiKeys: t.connection(
    {
      type: ApiKeyType,
      description: 'The API keys, newest first, revoked ones included.',
      resolve: async ({ id }, page, context, info) =>
        listApiKeys(context.db, await context.access.permit('apiKeys:read', id), {
          ...page,
          query: connectionQuery(context, info, 'ApiKey'),
        }),
    },
    { name: 'ApiKeysConnection', description: 'A page of API keys.' },
    { name: 'ApiKeysEdge', description: 'An API key in a page.' },
  ),
}));

builder.objectField(UsageEntry, 'apiKey', (t) =>
  t.loadable({
    type: ApiKeyType,
    nullable: true,
    description: 'The key that made the call; null when the caller may not see keys.',
    load: (ids: string[], { db }) => findApiKeys(db, ids),
    resolve: async (entry, _args, { access }) =>
      (await access.canOrIsOwn('apiKeys:read', entry)) ? entry.apiKeyId : null,
  }),
);

builder.objectField(KeyLimitExceeded, 'apiKey', (t) =>
  t.loadable({
    type: ApiKeyType,
    nullable: true,
    description:
      'The key whose cap it is: the one that makes the call, or the one that made it; null when the caller may not see keys.',
    load: (ids: string[], { db }) => findApiKeys(db, ids),
    resolve: async ({ capApiKeyId: apiKeyId, entry: { workspaceId } }, _args, { access }) =>
      (await access.canOrIsOwn('apiKeys:read', { apiKeyId, workspaceId })) ? apiKeyId : null,
  }),
);

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'What createApiKey needs.',
  fields: (t) => ({
    workspaceId: t.id({ description: 'The workspace it will belong to for ever; an API key may leave its own out.' }),
    name: t.string({ required: true, description: 'Name that people see, 1 to 80 characters.' }),
    environment: t.field({
      type: EnvironmentEnum,
      description: 'What the key is for; left out: LIVE, or that of the key that makes it.',
    }),
    scopes: t.stringList({
      description: `What it may do, of: ${SCOPES.join(', ')}. Left out: usage:write, usage:read, balance:read.`,
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it stops working by itself; left out: never.' }),
    allowedAddresses: t.stringList({
      description:
        'The ranges it may be used from, at most 50, such as "203.0.113.0/24" or "2001:db8::/32"; left out: anywhere.',
    }),
    caps: t.field({ type: [ApiKeyCapInput], description: 'Its caps, each period at most once; left out: none.' }),
    requestsPerMinute: t.int({
      description: "The most requests in a minute, at most 1000000; left out: no limit below the plan's.",
    }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it creates nothing twice.',
    }),
  }),
});

const CreateApiKeyPayload = builder
  .objectRef<{ apiKeyId: string; secret: string | null; replayed: boolean }>('CreateApiKeyPayload')
  .implement({
    description: 'An API key was created.',
    fields: (t) => ({
      apiKey: t.prismaField({
        type: ApiKeyType,
        description: 'The new key.',
        resolve: (query, { apiKeyId }, _args, { db }) => findApiKey(db, apiKeyId, query),
      }),
      secret: t.exposeString('secret', {
        nullable: true,
        description: 'What to send as "Authorization: Bearer ...". Shown this once; null when replayed.',
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
      }),
    }),
  });

builder.mutationField('createApiKey', (t) =>
  t.field({
    type: CreateApiKeyPayload,
    description:
      'Creates an API key of a workspace. For its OWNER, ADMINs and MEMBERs. An API key with keys:write makes a lesser key: within its own scopes and limits, without keys:write, and ending when it ends.',
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The new key.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input }, { db, access, quota }) => {
      access.requireSomebody();
      const { workspaceId: id, ...settings } = input;
      const workspaceId = workspaceOrOwn(id, access.actor);
      const permit = await access.permit('apiKeys:create', workspaceId, ['input', 'workspaceId']);
      const created = await createApiKey(db, permit, settings);
      if (created.replayed) quota.giveBack();
      return created;
    },
  }),
);

const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'What revokeApiKey needs.',
  fields: (t) => ({ apiKeyId: t.id({ required: true, description: 'The key to end.' }) }),
});

const RevokeApiKeyPayload = builder.objectRef<{ apiKeyId: string }>('RevokeApiKeyPayload').implement({
  description: 'The API key is revoked.',
  fields: (t) => ({
    apiKey: t.prismaField({
      type: ApiKeyType,
      description: 'The key, now REVOKED.',
      resolve: (query, { apiKeyId }, _args, { db }) => findApiKey(db, apiKeyId, query),
    }),
  }),
});

builder.mutationField('revokeApiKey', (t) =>
  t.field({
    type: RevokeApiKeyPayload,
    description: 'Ends an API key at once and for ever, with its live streams. Revoking a revoked key changes nothing.',
    args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: 'The key.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input }, context) => {
      const { permit, apiKeyId } = await permitOnApiKey('apiKeys:revoke', input.apiKeyId, context);
      await revokeApiKey(context.db, permit, { apiKeyId });
      context.bus.publish({ kind: 'access', workspaceId: permit.workspaceId });
      return { apiKeyId };
    },
  }),
);
