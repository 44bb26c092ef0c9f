import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor, UserActor } from '#core/access/actor';
import type { Role } from '#core/access/policy';
import { createApiKey, revokeApiKey } from '#core/api-keys/api-keys';
import { updateApiKey, type UpdateApiKeyInput } from '#core/api-keys/changes';
import { Conflict, Forbidden, NotFound } from '#core/errors';
import { newId } from '#core/ids';
import { credits, openWorld, type TestKey, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

type Changes = Omit<UpdateApiKeyInput, 'apiKeyId'>;

async function change(actor: Actor, { workspaceId }: TestWorkspace, key: TestKey, changes: Changes): Promise<void> {
  const permit = await world.permit(actor, 'apiKeys:update', workspaceId);
  await updateApiKey(world.db, permit, { ...changes, apiKeyId: key.actor.apiKeyId });
}

const rowOf = ({ actor }: TestKey) => world.db.apiKey.findUniqueOrThrow({ where: { id: actor.apiKeyId } });
const versionOf = async ({ workspaceId }: TestWorkspace) =>
  (await world.db.workspace.findUniqueOrThrow({ where: { id: workspaceId } })).accessVersion;
const eventsOf = (key: TestKey) =>
  world.db.event.findMany({ where: { targetId: key.actor.apiKeyId }, orderBy: { number: 'asc' } });

async function join({ workspaceId }: TestWorkspace, role: Role): Promise<UserActor> {
  const user = await world.makeUser();
  const member = { id: newId(), workspaceId, userId: user.userId, role, createdAt: new Date() };
  await world.db.member.create({ data: member });
  return user;
}

test('what is said changes, null clears, and what is not said stays', async () => {
  const workspace = await world.makeWorkspace();
  const { owner, key } = workspace;
  const until = new Date(Date.now() + 60_000);
  const caps = [
    { period: 'DAY', credits: credits(1) },
    { period: 'TOTAL', credits: credits(9) },
  ] as const;
  await change(owner, workspace, key, {
    caps,
    expiresAt: until,
    allowedAddresses: ['192.0.2.0/24'],
    requestsPerMinute: 5,
  });
  await change(owner, workspace, key, { name: 'Renamed', caps: [{ period: 'WEEK', credits: credits(3) }] });
  const all = { name: 'Renamed', expiresAt: until, allowedAddresses: ['192.0.2.0/24'], requestsPerMinute: 5 };
  expect(await rowOf(key)).toMatchObject({ ...all, capDay: null, capTotal: null, capWeek: credits(3), capMonth: null });
  await change(owner, workspace, key, { caps: null, expiresAt: null, allowedAddresses: null, requestsPerMinute: null });
  const none = { expiresAt: null, allowedAddresses: [], requestsPerMinute: null, capWeek: null };
  expect(await rowOf(key)).toMatchObject({ ...none, name: 'Renamed', scopes: key.actor.scopes });
});

test('each change is an event with what changed and no more; no change is none', async () => {
  const workspace = await world.makeWorkspace();
  const { owner, key } = workspace;
  await change(owner, workspace, key, { name: 'New', caps: [{ period: 'DAY', credits: 1_500_000n }] });
  await change(owner, workspace, key, { name: 'New', disabled: true });
  await change(owner, workspace, key, { name: 'New', disabled: true });
  await change(owner, workspace, key, { disabled: false, scopes: ['usage:read'] });
  const [, ...events] = await eventsOf(key);
  const scopes = key.actor.scopes;
  expect(events.map(({ type, before, after }) => ({ type, before, after }))).toEqual([
    { type: 'api_key.updated', before: { name: 'Test key', caps: {} }, after: { name: 'New', caps: { DAY: '1.5' } } },
    { type: 'api_key.disabled', before: null, after: { name: 'New' } },
    { type: 'api_key.updated', before: { scopes }, after: { scopes: ['usage:read'] } },
    { type: 'api_key.enabled', before: null, after: { name: 'New' } },
  ]);
});

test.each<[string, Changes, number]>([
  ['another name and other caps, which are no rights', { name: 'Other', caps: [{ period: 'DAY', credits: 1n }] }, 0],
  ['fewer scopes', { scopes: ['usage:read'] }, 1],
  ['a sooner expiry', { expiresAt: new Date(Date.now() + 60_000) }, 1],
  ['addresses', { allowedAddresses: ['192.0.2.1'] }, 1],
  ['a switch', { disabled: true }, 1],
  ['a switch that stands so', { disabled: false }, 0],
])('streams look again at what they may do after %s', async (_what, changes, steps) => {
  const workspace = await world.makeWorkspace();
  const before = await versionOf(workspace);
  await change(workspace.owner, workspace, workspace.key, changes);
  expect((await versionOf(workspace)) - before).toBe(steps);
});

test('a disabled key is refused until it is enabled, and one that is revoked changes no more', async () => {
  const workspace = await world.makeWorkspace();
  const { owner, key, workspaceId } = workspace;
  const verify = () => (world.keys.forget(workspaceId), world.keys.verify(key.secret, null));
  await change(owner, workspace, key, { disabled: true });
  await expect(verify()).rejects.toThrow('unknown or was revoked');
  await change(owner, workspace, key, { disabled: false });
  expect((await verify()).apiKeyId).toBe(key.actor.apiKeyId);
  await revokeApiKey(world.db, await world.permit(owner, 'apiKeys:revoke', workspaceId), key.actor);
  await expect(change(owner, workspace, key, { disabled: false })).rejects.toThrow(Conflict);
});

test('a member changes another’s key within their own role alone, and may disable any', async () => {
  const workspace = await world.makeWorkspace({ key: { scopes: ['usage:read', 'audit:read'] } });
  const { key } = workspace;
  const member = await join(workspace, 'MEMBER');
  await expect(change(member, workspace, key, { name: 'Mine' })).rejects.toThrow(Forbidden);
  await expect(change(member, workspace, key, { scopes: ['usage:read'] })).rejects.toThrow(Forbidden);
  await change(member, workspace, key, { disabled: true });
  await expect(change(member, workspace, key, { disabled: false })).rejects.toThrow(Forbidden);
  const admin = await join(workspace, 'ADMIN');
  await change(admin, workspace, key, { disabled: false, scopes: ['usage:read'] });
  await change(member, workspace, key, { name: 'Reachable' });
  await expect(change(member, workspace, key, { scopes: ['usage:read', 'audit:read'] })).rejects.toThrow(Forbidden);
});

test('a member who was demoted after the permit changes nothing', async () => {
  const workspace = await world.makeWorkspace();
  const { workspaceId, owner, key } = workspace;
  const permit = await world.permit(owner, 'apiKeys:update', workspaceId);
  await world.db.member.updateMany({ where: { userId: owner.userId }, data: { role: 'VIEWER' } });
  const late = updateApiKey(world.db, permit, { apiKeyId: key.actor.apiKeyId, disabled: true });
  await expect(late).rejects.toThrow(Forbidden);
});

test('a key changes the keys it made within its own limits, neither itself nor others', async () => {
  const scopes = ['usage:write', 'keys:write'];
  const workspace = await world.makeWorkspace({ key: { scopes, caps: [{ period: 'DAY', credits: credits(5) }] } });
  const { workspaceId, key, owner } = workspace;
  const input = { name: 'Lesser', idempotencyKey: randomUUID() };
  const made = await createApiKey(world.db, await world.permit(key.actor, 'apiKeys:create', workspaceId), input);
  const secret = made.secret ?? '';
  const lesser = { secret, actor: await world.keys.verify(secret, null) };
  await change(key.actor, workspace, lesser, { caps: [{ period: 'DAY', credits: credits(4) }] });
  for (const beyond of [{ caps: [{ period: 'DAY', credits: credits(6) }] }, { scopes: ['keys:write'] }] as const) {
    await expect(change(key.actor, workspace, lesser, beyond)).rejects.toThrow(/caps|scopes|API key may/);
    await expect(change(owner, workspace, lesser, beyond)).rejects.toThrow(/^(caps|scopes) /);
  }
  await expect(change(key.actor, workspace, key, { caps: null })).rejects.toThrow('not itself');
  const other = await world.makeKey(owner, workspaceId, { scopes: ['usage:write'] });
  await expect(change(key.actor, workspace, other, { name: 'Taken' })).rejects.toThrow(Forbidden);
  await expect(change(key.actor, workspace, other, { disabled: true })).rejects.toThrow(Forbidden);
  expect(await rowOf(lesser)).toMatchObject({ capDay: credits(4), scopes: ['usage:write'] });
});

test('another workspace’s key is not there to be changed', async () => {
  const [workspace, other] = [await world.makeWorkspace(), await world.makeWorkspace()];
  await expect(change(workspace.owner, workspace, other.key, { disabled: true })).rejects.toThrow(NotFound);
});

test.each<[string, Changes]>([
  ['name', { name: null }],
  ['scopes', { scopes: null }],
  ['scopes', { scopes: ['everything'] }],
  ['expiresAt', { expiresAt: new Date(1) }],
  ['allowedAddresses', { allowedAddresses: ['10.0.0.0/33'] }],
  ['allowedAddresses', { allowedAddresses: Array.from({ length: 51 }, (_, at) => `10.0.0.${at}`) }],
  ['caps', { caps: [{ period: 'DAY', credits: 0n }] }],
  ['caps', { caps: [{ period: 'DAY', credits: credits(1_000_000_000_000) + 1n }] }],
  [
    'caps',
    {
      caps: [
        { period: 'DAY', credits: 1n },
        { period: 'DAY', credits: 2n },
      ],
    },
  ],
  ['requestsPerMinute', { requestsPerMinute: 0 }],
  ['disabled', { disabled: null }],
])('what can never be is refused by the name of its field: %s', async (field, changes) => {
  const workspace = await world.makeWorkspace();
  const refusal = await change(workspace.owner, workspace, workspace.key, changes).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', inputPath: ['input', field] });
});

test('20 simultaneous changes of one key all end, and the last one stands', async () => {
  const workspace = await world.makeWorkspace();
  const { owner, key } = workspace;
  const all = Array.from({ length: 20 }, (_, at) => change(owner, workspace, key, { requestsPerMinute: at + 1 }));
  expect((await Promise.allSettled(all)).every(({ status }) => status === 'fulfilled')).toBe(true);
  const [last] = (await eventsOf(key)).toReversed();
  expect(last?.after).toEqual({ requestsPerMinute: (await rowOf(key)).requestsPerMinute });
});
