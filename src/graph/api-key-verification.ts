import { findApiKey } from '#core/api-keys/api-keys';
import { judgeCustomer } from '#core/api-keys/customers';
import { effectiveScopes } from '#core/api-keys/scopes';
import type { Verdict } from '#core/api-keys/verification';
import { findWorkspace } from '#core/workspaces/workspaces';
import { builder } from '#graph/builder';

const ApiKeyRefusal = builder.enumType('ApiKeyRefusal', {
  description: 'Why an API key does not work.',
  values: {
    UNKNOWN: { description: 'Mistyped, never minted, replaced long ago, or of a workspace that is deleted.' },
    REVOKED: { description: 'Ended for ever, it or the key that made it.' },
    DISABLED: { description: 'Switched off for now, it or the key that made it.' },
    EXPIRED: { description: 'Its expiry has passed, or that of the key that made it.' },
    REPLACED: { description: 'A rotation gave the key a newer secret, and the overlap is over.' },
    ADDRESS: { description: 'The key may not be used from clientAddress.' },
  },
});

const ApiKeyVerification = builder.objectRef<Verdict>('ApiKeyVerification').implement({
  description: 'What a text turns out to be that a customer sent as an API key.',
  fields: (t) => ({
    valid: t.boolean({
      description: 'Whether the key works now, from there.',
      resolve: ({ refusal }) => refusal === null,
    }),
    refusal: t.field({
      type: ApiKeyRefusal,
      nullable: true,
      description: 'Why it does not; null when it does.',
      resolve: ({ refusal }) => refusal,
    }),
    scopes: t.stringList({
      description:
        "What it may do in fact: its scopes, as far as its creator's present role carries them. Empty when it does not work.",
      resolve: ({ refusal, key }) => (refusal === null ? effectiveScopes(key.actor) : []),
    }),
    apiKey: t.prismaField({
      type: 'ApiKey',
      nullable: true,
      description: 'The key, also when it does not work any more; null when it is unknown.',
      resolve: (query, { key }, _args, { db }) => key && findApiKey(db, key.actor.apiKeyId, query),
    }),
    workspace: t.prismaField({
      type: 'Workspace',
      nullable: true,
      description: 'The workspace that would pay, with its balance; null when the key is unknown.',
      resolve: (query, { key }, _args, { db }) => key && findWorkspace(db, { id: key.actor.workspaceId }, query),
    }),
  }),
});

builder.queryField('verifyApiKey', (t) =>
  t.field({
    type: ApiKeyVerification,
    description:
      "Whether a customer's API key works, whose it is and what it may do. Takes nothing and allows nothing: recordUsage verifies and debits in one request. Operators only; send it by POST, since addresses end up in logs.",
    args: {
      apiKey: t.arg.string({ required: true, description: 'What the customer sent.' }),
      clientAddress: t.arg.string({
        description:
          "The IP address that the customer called from, for the key's list of addresses. Needed when the key has such a list.",
      }),
    },
    resolve: (_root, { apiKey, clientAddress }, { keys, access }) => {
      access.operatorPermit('apiKeys:verify');
      return judgeCustomer(keys, { apiKey, clientAddress: clientAddress ?? null, path: [] });
    },
  }),
);
