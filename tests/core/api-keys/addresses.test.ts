import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeCustomer, verifyCustomer } from '#core/api-keys/customers';
import { effectiveScopes } from '#core/api-keys/scopes';
import { NotFound, Unauthenticated, ValidationFailed } from '#core/errors';
import { openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

async function restrict({ workspaceId, key }: TestWorkspace, allowedAddresses: string[]): Promise<void> {
  await world.db.apiKey.update({ where: { id: key.actor.apiKeyId }, data: { allowedAddresses } });
  world.keys.forget(workspaceId);
}

const worksFrom = (secret: string, address: string | null): Promise<boolean> =>
  world.keys.verify(secret, address).then(
    () => true,
    () => false,
  );

test('a key with a list of addresses works from those, of either kind, and from nowhere else, cold and warm', async () => {
  const workspace = await world.makeWorkspace();
  await restrict(workspace, ['192.0.2.0/24', '2001:db8::/32']);
  const addresses = ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::7', '192.0.3.7', '2001:db9::7', '', null];
  const works = () => Promise.all(addresses.map((address) => worksFrom(workspace.key.secret, address)));
  const expected = [true, true, true, false, false, false, false];
  expect(await works()).toEqual(expected);
  expect(await works()).toEqual(expected);
  await restrict(workspace, []);
  expect(await worksFrom(workspace.key.secret, null)).toBe(true);
});

test('the address is told to who holds a working secret, to nobody else', async () => {
  const workspace = await world.makeWorkspace();
  const { secret, actor } = workspace.key;
  await restrict(workspace, ['192.0.2.7']);
  await expect(world.keys.verify(secret, '192.0.2.8')).rejects.toThrow('from this address');
  await expect(world.keys.verify(secret, '192.0.2.8')).rejects.toThrow(Unauthenticated);
  await world.db.apiKey.update({ where: { id: actor.apiKeyId }, data: { disabledAt: new Date() } });
  world.keys.forget(workspace.workspaceId);
  await expect(world.keys.verify(secret, '192.0.2.8')).rejects.toThrow('unknown or was revoked');
});

test('a lesser key works only from where the key that made it works too', async () => {
  const workspace = await world.makeWorkspace();
  const { owner, workspaceId, key } = workspace;
  const lesser = await world.makeKey(owner, workspaceId);
  await world.db.apiKey.update({
    where: { id: lesser.actor.apiKeyId },
    data: { parentId: key.actor.apiKeyId, allowedAddresses: ['192.0.2.0/24'] },
  });
  await restrict(workspace, ['192.0.2.0/25']);
  expect(await worksFrom(lesser.secret, '192.0.2.1')).toBe(true);
  expect(await worksFrom(lesser.secret, '192.0.2.200')).toBe(false);
});

test('a range that cannot be read opens nothing', async () => {
  const workspace = await world.makeWorkspace();
  await restrict(workspace, ['nonsense']);
  expect(await worksFrom(workspace.key.secret, '192.0.2.1')).toBe(false);
});

test('for an operator the customer’s address counts, and must be given where the key has a list', async () => {
  const workspace = await world.makeWorkspace();
  const { secret: apiKey, actor } = workspace.key;
  const path = ['input'];
  const verify = (clientAddress: string | null) => verifyCustomer(world.keys, { apiKey, clientAddress, path });
  expect(await verify(null)).toEqual(actor);
  await restrict(workspace, ['192.0.2.0/24']);
  expect(await verify('192.0.2.9')).toEqual(actor);
  const inputPath = ['input', 'clientAddress'];
  await expect(verify('198.51.100.1')).rejects.toThrow(NotFound);
  await expect(verify('198.51.100.1')).rejects.toMatchObject({ inputPath });
  await expect(verify(null)).rejects.toThrow('clientAddress is missing');
  await expect(verify(null)).rejects.toMatchObject({ inputPath });
  for (const wrong of ['', 'localhost', '192.0.2.0/24', '192.0.2.9, 10.0.0.1']) {
    await expect(verify(wrong)).rejects.toThrow(ValidationFailed);
  }
});

test('the verdict on a customer’s key names what ended it', async () => {
  const workspace = await world.makeWorkspace();
  const { secret: apiKey, actor } = workspace.key;
  const refusal = async (data: object, clientAddress: string | null = null): Promise<unknown> => {
    await world.db.apiKey.update({ where: { id: actor.apiKeyId }, data });
    world.keys.forget(workspace.workspaceId);
    return (await judgeCustomer(world.keys, { apiKey, clientAddress, path: [] })).refusal;
  };
  expect(await refusal({})).toBeNull();
  expect(await refusal({ allowedAddresses: ['::1'] }, '192.0.2.1')).toBe('ADDRESS');
  expect(await refusal({ expiresAt: new Date() })).toBe('EXPIRED');
  expect(await refusal({ disabledAt: new Date() })).toBe('DISABLED');
  expect(await refusal({ revokedAt: new Date() })).toBe('REVOKED');
  const guess = await judgeCustomer(world.keys, { apiKey: `${apiKey}x`, clientAddress: null, path: [] });
  expect(guess).toEqual({ refusal: 'UNKNOWN', key: null });
});

test('a key’s scopes shrink to what its creator’s role carries', () => {
  const scopes = ['usage:write', 'usage:read', 'keys:write', 'audit:read'];
  expect(effectiveScopes({ scopes, ceiling: 'ADMIN' })).toEqual(scopes);
  expect(effectiveScopes({ scopes, ceiling: 'MEMBER' })).toEqual(['usage:write', 'usage:read', 'keys:write']);
  expect(effectiveScopes({ scopes, ceiling: 'VIEWER' })).toEqual(['usage:read']);
});
