import { findApiKey } from '#core/api-keys/api-keys';
import { rotateApiKey, type RotatedApiKey } from '#core/api-keys/rotation';
import { previousSecret } from '#core/api-keys/secrets';
import { apiKeyState, LIFETIME } from '#core/api-keys/state';
import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import type { ApiKeySecret } from '#generated/prisma/client';
import { permitOnApiKey } from '#graph/api-key-permits';
import { builder } from '#graph/builder';

const PreviousSecret = builder
  .objectRef<Pick<ApiKeySecret, 'lastFour' | 'expiresAt' | 'lastUsedAt'>>('PreviousSecret')
  .implement({
    description: 'The secret that a rotation replaced and that still works.',
    fields: (t) => ({
      lastFour: t.exposeString('lastFour', { description: 'End of the secret, to recognise it by.' }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it stops working.',
      }),
      lastUsedAt: t.expose('lastUsedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When somebody last used it, to about ten seconds; null for never. Use the new one there too.',
      }),
    }),
  });

builder.prismaObjectFields('ApiKey', (t) => ({
  previousSecret: t.field({
    type: PreviousSecret,
    nullable: true,
    description: 'The secret before the current one, while it still works after a rotation; else null.',
    select: { secrets: true, ...LIFETIME, parent: { select: LIFETIME } },
    resolve: (key) => {
      const isOver = ['REVOKED', 'EXPIRED'].includes(apiKeyState(key, new Date()));
      return isOver ? null : (previousSecret(key.secrets, new Date()) ?? null);
    },
  }),
}));

const RotationOverlap = builder.enumType('RotationOverlap', {
  description: 'How long the old secret goes on working after a rotation.',
  values: {
    NONE: { description: 'It ends at once, for a secret that leaked.' },
    ONE_HOUR: { description: 'One hour.' },
    ONE_DAY: { description: '24 hours.' },
    SEVEN_DAYS: { description: 'Seven days.' },
  },
});

const RotateApiKeyInput = builder.inputType('RotateApiKeyInput', {
  description: 'What rotateApiKey needs.',
  fields: (t) => ({
    apiKeyId: t.id({ required: true, description: 'The key that gets a new secret.' }),
    overlap: t.field({
      type: RotationOverlap,
      defaultValue: 'ONE_DAY',
      description:
        'How long the secret until now goes on working. One that still works from an earlier rotation ends at once.',
    }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it rotates nothing twice.',
    }),
  }),
});

const RotateApiKeyPayload = builder.objectRef<RotatedApiKey>('RotateApiKeyPayload').implement({
  description: 'The API key has a new secret.',
  fields: (t) => ({
    apiKey: t.prismaField({
      type: 'ApiKey',
      description: 'The key, with the id, name, scopes, caps and history it had.',
      resolve: (query, { apiKeyId }, _args, { db }) => findApiKey(db, apiKeyId, query),
    }),
    secret: t.exposeString('secret', {
      nullable: true,
      description: 'What to send as "Authorization: Bearer ..." from now on. Shown this once; null when replayed.',
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
    }),
  }),
});

builder.mutationField('rotateApiKey', (t) =>
  t.field({
    type: RotateApiKeyPayload,
    description:
      'Gives an API key a new secret; at most the new and the one before work at a time. For members whose role may do all that the key may, and for a key itself with the scope keys:write.',
    args: { input: t.arg({ type: RotateApiKeyInput, required: true, description: 'Which key, and how.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input }, context) => {
      const { overlap, idempotencyKey } = input;
      const { permit, apiKeyId } = await permitOnApiKey('apiKeys:rotate', input.apiKeyId, context);
      const rotated = await rotateApiKey(context.db, permit, {
        apiKeyId,
        overlap: overlap ?? 'ONE_DAY',
        idempotencyKey,
      });
      if (rotated.replayed) context.quota.giveBack();
      else context.bus.publish({ kind: 'access', workspaceId: permit.workspaceId });
      return rotated;
    },
  }),
);
