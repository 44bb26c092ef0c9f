import { SCOPES } from '#core/access/policy';
import { findApiKey } from '#core/api-keys/api-keys';
import { updateApiKey } from '#core/api-keys/changes';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { ApiKeyCapInput } from '#graph/api-key-limits';
import { permitOnApiKey } from '#graph/api-key-permits';
import { ApiKeyType } from '#graph/api-keys';
import { builder } from '#graph/builder';

const UpdateApiKeyInput = builder.inputType('UpdateApiKeyInput', {
  description: 'What updateApiKey needs. What is left out stays as it is.',
  fields: (t) => ({
    apiKeyId: t.id({ required: true, description: 'The key to change.' }),
    name: t.string({ description: 'Name that people see, 1 to 80 characters.' }),
    scopes: t.stringList({ description: `All that it may do, of: ${SCOPES.join(', ')}.` }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it stops working by itself; null for never.' }),
    allowedAddresses: t.stringList({
      description: 'All ranges it may be used from, such as "203.0.113.0/24" or "2001:db8::/32"; null for anywhere.',
    }),
    caps: t.field({
      type: [ApiKeyCapInput],
      description: 'All its caps, each period at most once; null for none. What it spent before counts.',
    }),
    requestsPerMinute: t.int({ description: 'The most requests in a minute; null for no limit below the plan’s.' }),
    disabled: t.boolean({ description: 'True: it is refused everywhere, until it is false again.' }),
  }),
});

const UpdateApiKeyPayload = builder.objectRef<{ apiKeyId: string }>('UpdateApiKeyPayload').implement({
  description: 'The API key is changed.',
  fields: (t) => ({
    apiKey: t.prismaField({
      type: ApiKeyType,
      description: 'The key, as it is now.',
      resolve: (query, { apiKeyId }, _args, { db }) => findApiKey(db, apiKeyId, query),
    }),
  }),
});

builder.mutationField('updateApiKey', (t) =>
  t.field({
    type: UpdateApiKeyPayload,
    description:
      'Changes an API key, at once and everywhere. For members whose role could do all that it may do, and for the key that made it, within its own limits. Anybody who may change keys may disable one.',
    args: { input: t.arg({ type: UpdateApiKeyInput, required: true, description: 'What to change.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict] },
    resolve: async (_root, { input: { apiKeyId: id, ...changes } }, context) => {
      const { permit, apiKeyId } = await permitOnApiKey('apiKeys:update', id, context);
      await updateApiKey(context.db, permit, { ...changes, apiKeyId });
      context.bus.publish({ kind: 'access', workspaceId: permit.workspaceId });
      return { apiKeyId };
    },
  }),
);
