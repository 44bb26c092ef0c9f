import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey, type CreateApiKeyInput, revokeApiKey } from '#core/api-keys/api-keys';
import { heldScopes } from '#core/api-keys/scopes';
import { Forbidden, Unauthenticated, ValidationFailed } from '#core/errors';
import { violationsOf } from '../../world/invariants.ts';
import { credits, openWorld, type TestKey, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const MAKER = {
  scopes: ['usage:write', 'usage:read', 'keys:write'],
  expiresAt: new Date(Date.now() + 3_600_000),
  allowedAddresses: ['10.0.0.0/8', '2001:db8::/32'],
  caps: [
    { period: 'DAY', credits: credits(5) },
    { period: 'TOTAL', credits: credits(50) },
  ],
  requestsPerMinute: 60,
} as const;

type Input = Partial<CreateApiKeyInput>;

/** A key that the key makes for somebody. */
async function make({ workspaceId }: TestWorkspace, { actor }: TestKey, input: Input = {}): Promise<TestKey> {
  const permit = await world.permit(actor, 'apiKeys:create', workspaceId);
  const wanted = { name: 'Lesser', idempotencyKey: randomUUID(), ...input };
  const { secret } = await createApiKey(world.db, permit, wanted);
  return { secret: secret ?? '', actor: await world.keys.verify(secret ?? '', '10.0.0.1') };
}

/** A workspace whose key has limits of every kind. */
async function openMaker(): Promise<TestWorkspace> {
  const { allowedAddresses, ...key } = MAKER;
  const workspace = await world.makeWorkspace({ credits: credits(100), key });
  const where = { id: workspace.key.actor.apiKeyId };
  await world.db.apiKey.update({ where, data: { allowedAddresses: [...allowedAddresses] } });
  return workspace;
}

const rowOf = ({ actor }: TestKey) => world.db.apiKey.findUniqueOrThrow({ where: { id: actor.apiKeyId } });

test('a key with keys:write makes a lesser key, which belongs to its creator and can make none', async () => {
  const workspace = await openMaker();
  const lesser = await make(workspace, workspace.key);
  const { apiKeyId, memberId } = workspace.key.actor;
  expect(await rowOf(lesser)).toMatchObject({ parentId: apiKeyId, memberId, scopes: ['usage:write', 'usage:read'] });
  await expect(make(workspace, lesser)).rejects.toThrow(Forbidden);
  const { after } = await world.db.event.findFirstOrThrow({ where: { targetId: lesser.actor.apiKeyId } });
  expect(after).toMatchObject({ parentId: apiKeyId, scopes: ['usage:write', 'usage:read'], environment: 'LIVE' });
});

test.each<[string, Input]>([
  ['scopes', { scopes: ['usage:write', 'balance:read'] }],
  ['scopes', { scopes: ['usage:write', 'keys:write'] }],
  ['scopes', { scopes: [] }],
  ['expiresAt', { expiresAt: new Date(MAKER.expiresAt.getTime() + 1) }],
  ['expiresAt', { expiresAt: new Date(1) }],
  ['caps', { caps: [{ period: 'DAY', credits: credits(5) + 1n }] }],
  ['caps', { caps: [{ period: 'TOTAL', credits: credits(51) }] }],
  ['allowedAddresses', { allowedAddresses: ['10.0.0.0/7'] }],
  ['allowedAddresses', { allowedAddresses: ['10.1.0.0/16', '192.0.2.1'] }],
  ['allowedAddresses', { allowedAddresses: ['::/0'] }],
  ['requestsPerMinute', { requestsPerMinute: 61 }],
  ['environment', { environment: 'TEST' }],
])('a lesser key that goes beyond its maker is refused by the name of the field: %s', async (field, input) => {
  const workspace = await openMaker();
  const refusal = await make(workspace, workspace.key, input).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ValidationFailed);
  expect(refusal).toMatchObject({ inputPath: ['input', field] });
  expect(await world.db.apiKey.count({ where: { workspaceId: workspace.workspaceId } })).toBe(1);
});

test('a lesser key may have all that its maker has, and caps of its own', async () => {
  const workspace = await openMaker();
  const { name: _, ...whole } = { ...MAKER, name: '', scopes: ['usage:write', 'usage:read'] };
  const lesser = await make(workspace, workspace.key, {
    ...whole,
    caps: [...MAKER.caps, { period: 'WEEK', credits: credits(500) }],
    allowedAddresses: ['10.0.0.0/8', '10.1.2.3', '2001:db8:1::/48'],
  });
  expect(await rowOf(lesser)).toMatchObject({ capDay: credits(5), capTotal: credits(50), capWeek: credits(500) });
});

test('what a lesser key may do shrinks with its maker, at once and in the debit', async () => {
  const workspace = await openMaker();
  const { workspaceId, key } = workspace;
  const lesser = await make(workspace, key);
  const narrow = (scopes: string[]) => world.db.apiKey.update({ where: { id: key.actor.apiKeyId }, data: { scopes } });
  const permit = await world.permit(lesser.actor, 'usage:write', workspaceId);
  const spend = () =>
    world.credits.recordUsage(permit, {
      apiKeyId: lesser.actor.apiKeyId,
      secretId: lesser.actor.secretId,
      credits: credits(1),
      idempotencyKey: randomUUID(),
    });
  await spend();
  await narrow(['usage:read']);
  await expect(spend()).rejects.toThrow(Unauthenticated);
  world.keys.forget(workspaceId);
  expect((await world.keys.verify(lesser.secret, '10.0.0.1')).scopes).toEqual(['usage:read']);
  expect(await violationsOf(world, workspaceId)).toEqual([]);
});

test('a key that is revoked takes the keys it made with it, with an event for each', async () => {
  const workspace = await openMaker();
  const { workspaceId, owner, key } = workspace;
  const made = [await make(workspace, key), await make(workspace, key)];
  const other = await world.makeKey(owner, workspaceId);
  const permit = await world.permit(owner, 'apiKeys:revoke', workspaceId);
  await revokeApiKey(world.db, permit, { apiKeyId: key.actor.apiKeyId });
  for (const each of [key, ...made]) expect((await rowOf(each)).revokedAt).not.toBeNull();
  expect((await rowOf(other)).revokedAt).toBeNull();
  const events = await world.db.event.findMany({ where: { workspaceId, type: 'api_key.revoked' } });
  expect(new Set(events.map(({ targetId }) => targetId))).toEqual(
    new Set([key, ...made].map(({ actor }) => actor.apiKeyId)),
  );
});

test('a key that is revoked while it makes others leaves none of them alive', async () => {
  const workspace = await openMaker();
  const { workspaceId, owner, key } = workspace;
  const create = await world.permit(key.actor, 'apiKeys:create', workspaceId);
  const revoke = await world.permit(owner, 'apiKeys:revoke', workspaceId);
  await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) =>
      index === 6
        ? revokeApiKey(world.db, revoke, { apiKeyId: key.actor.apiKeyId })
        : createApiKey(world.db, create, { name: 'Racing', idempotencyKey: randomUUID() }),
    ),
  );
  expect((await rowOf(key)).revokedAt).not.toBeNull();
  expect(await world.db.apiKey.count({ where: { parentId: key.actor.apiKeyId, revokedAt: null } })).toBe(0);
});

test('a lesser key made again with the same idempotency key is the same; by its maker alone', async () => {
  const workspace = await openMaker();
  const input = { name: 'Once', idempotencyKey: 'lesser-once' };
  const permit = await world.permit(workspace.key.actor, 'apiKeys:create', workspace.workspaceId);
  const first = await createApiKey(world.db, permit, input);
  expect(await createApiKey(world.db, permit, input)).toEqual({ ...first, secret: null, replayed: true });
  const own = await world.permit(workspace.owner, 'apiKeys:create', workspace.workspaceId);
  await expect(createApiKey(world.db, own, input)).rejects.toThrow('already used with another input');
});

test('a lesser key has no scope that its maker has not now', () => {
  const parent = { scopes: ['usage:read', 'keys:write'] };
  expect(heldScopes({ scopes: ['usage:write', 'usage:read', 'keys:write'], parent })).toEqual(['usage:read']);
});
