import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '#core/access/actor';
import { Conflict, Forbidden, NotFound, Unauthenticated, ValidationFailed } from '#core/errors';
import { newId } from '#core/ids';
import { deleteWorkspace, listRestorableWorkspaces, restoreWorkspace } from '#core/workspaces/deletion';
import { createWorkspace, ensureDefaultWorkspace, renameWorkspace } from '#core/workspaces/workspaces';
import { violationsOf } from '../../world/invariants.ts';
import { credits, openWorld, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const DAY_MS = 24 * 3_600_000;

const remove = async (actor: Actor, workspaceId: string, name = 'Acme') =>
  deleteWorkspace(world.db, await world.permit(actor, 'workspace:delete', workspaceId), { name });

const restore = async (actor: Actor, workspaceId: string) =>
  restoreWorkspace(world.db, await world.permit(actor, 'workspace:restore', workspaceId));

const age = (workspaceId: string, ms: number) =>
  world.db.workspace.update({ where: { id: workspaceId }, data: { deletedAt: new Date(Date.now() - ms) } });

async function join(workspaceId: string, role: 'OWNER' | 'ADMIN' | 'MEMBER') {
  const user = await world.makeUser();
  await world.db.member.create({
    data: { id: newId(), workspaceId, userId: user.userId, role, createdAt: new Date() },
  });
  return user;
}

test('a deleted workspace exists for nobody, and comes back as it was', async () => {
  const { workspaceId, owner, key } = await world.makeWorkspace({ credits: credits(5) });
  const revoked = await world.makeKey(owner, workspaceId);
  await world.db.apiKey.update({ where: { id: revoked.actor.apiKeyId }, data: { revokedAt: new Date() } });
  const { deletedAt, erasesAt } = await remove(owner, workspaceId);
  expect(erasesAt.getTime() - deletedAt.getTime()).toBe(7 * DAY_MS);
  world.keys.forget(workspaceId);

  await expect(world.permit(owner, 'workspace:read', workspaceId)).rejects.toThrow(NotFound);
  await expect(world.permit(owner, 'workspace:transfer', workspaceId)).rejects.toThrow(NotFound);
  await expect(world.keys.verify(key.secret, null)).rejects.toThrow(Unauthenticated);
  const spend = { apiKeyId: key.actor.apiKeyId, credits: credits(1), idempotencyKey: randomUUID() };
  const stale = await world.permit(key.actor, 'usage:write', workspaceId);
  await expect(world.credits.recordUsage(stale, spend)).rejects.toThrow(Unauthenticated);

  expect(await listRestorableWorkspaces(world.db, owner.userId)).toEqual([
    { id: workspaceId, name: 'Acme', slug: expect.stringMatching(/^acme/), deletedAt, erasesAt },
  ]);
  await restore(owner, workspaceId);
  expect(await listRestorableWorkspaces(world.db, owner.userId)).toEqual([]);
  expect(await world.keys.verify(key.secret, null)).toMatchObject({ workspaceId });
  await expect(world.keys.verify(revoked.secret, null)).rejects.toThrow(Unauthenticated);
  expect((await world.credits.recordUsage(stale, spend)).entry).toMatchObject({ availableAfter: credits(4) });
  expect(await violationsOf(world, workspaceId)).toEqual([]);
});

test('an operator grants no credits to a deleted workspace, and a grant from before answers as it did', async () => {
  const { workspaceId, owner } = await world.makeWorkspace();
  const permit = await world.permit(world.operator, 'credits:grant', workspaceId);
  const grant = { credits: credits(1), source: 'PURCHASE', idempotencyKey: 'before' } as const;
  await world.credits.grantCredits(permit, grant);
  await remove(owner, workspaceId);
  await expect(world.credits.grantCredits(permit, { ...grant, idempotencyKey: 'after' })).rejects.toThrow(NotFound);
  expect(await world.credits.grantCredits(permit, grant)).toMatchObject({ replayed: true });
  expect(await violationsOf(world, workspaceId)).toEqual([]);
});

test('a name that is changed while the workspace is deleted changes nothing', async () => {
  const { workspaceId, owner } = await world.makeWorkspace();
  const permit = await world.permit(owner, 'workspace:rename', workspaceId);
  await remove(owner, workspaceId);
  await expect(renameWorkspace(world.db, permit, { name: 'Late' })).rejects.toThrow(NotFound);
  expect(await world.db.event.count({ where: { workspaceId, type: 'workspace.renamed' } })).toBe(0);
});

test('deletion and restoration are each one event, however often they are asked for', async () => {
  const { workspaceId, owner } = await world.makeWorkspace();
  const before = await world.db.workspace.findUniqueOrThrow({ where: { id: workspaceId } });
  const both = await Promise.all([remove(owner, workspaceId), remove(owner, workspaceId)]);
  expect(both[0]).toEqual(both[1]);
  expect(await remove(owner, workspaceId)).toEqual(both[0]);
  const after = await world.db.workspace.findUniqueOrThrow({ where: { id: workspaceId } });
  expect(after.accessVersion).toBe(before.accessVersion + 1);
  const outcomes = await Promise.allSettled([restore(owner, workspaceId), restore(owner, workspaceId)]);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: expect.any(Conflict) }]);
  const events = await world.db.event.findMany({
    where: { workspaceId, type: { in: ['workspace.deleted', 'workspace.restored'] } },
    orderBy: { number: 'asc' },
  });
  expect(events).toMatchObject([
    { type: 'workspace.deleted', actorKind: 'USER', actorId: owner.userId, targetId: workspaceId },
    { type: 'workspace.restored', actorKind: 'USER', actorId: owner.userId, targetId: workspaceId },
  ]);
});

test.each(['', 'acme', 'Acme Inc', 'Other'])(
  'deleting takes the name of the workspace: %j is refused',
  async (name) => {
    const { workspaceId, owner } = await world.makeWorkspace();
    const refusal = await remove(owner, workspaceId, name).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ValidationFailed);
    expect(refusal).toMatchObject({ inputPath: ['input', 'name'] });
    expect(await world.permit(owner, 'workspace:read', workspaceId)).toMatchObject({ workspaceId });
  },
);

test('only an OWNER deletes; an OWNER or an operator restores; to outsiders there is nothing', async () => {
  const { workspaceId, owner, key } = await world.makeWorkspace();
  const [admin, member, outsider, other] = [
    await join(workspaceId, 'ADMIN'),
    await join(workspaceId, 'MEMBER'),
    await world.makeUser(),
    await join(workspaceId, 'OWNER'),
  ];
  for (const actor of [admin, member, key.actor, world.operator]) {
    await expect(remove(actor, workspaceId)).rejects.toThrow(Forbidden);
  }
  await expect(remove(outsider, workspaceId)).rejects.toThrow(NotFound);
  await remove(owner, workspaceId);
  for (const actor of [admin, member]) await expect(restore(actor, workspaceId)).rejects.toThrow(Forbidden);
  const [foreign, absent] = await Promise.all(
    [workspaceId, newId()].map((id) => restore(outsider, id).catch((error: Error) => [error.name, error.message])),
  );
  expect(foreign).toEqual(absent);
  expect(foreign).toEqual(['NotFound', 'No such workspace.']);
  expect(await listRestorableWorkspaces(world.db, admin.userId)).toEqual([]);
  await restore(other, workspaceId);
  await remove(owner, workspaceId);
  await restore(world.operator, workspaceId);
  await expect(restore(world.operator, newId())).rejects.toThrow(NotFound);
});

test('7 days after its deletion a workspace cannot be restored, whether or not the job has come by', async () => {
  const { workspaceId, owner } = await world.makeWorkspace();
  await remove(owner, workspaceId);
  await age(workspaceId, 7 * DAY_MS + 1);
  await expect(restore(owner, workspaceId)).rejects.toThrow(NotFound);
  await expect(restore(world.operator, workspaceId)).rejects.toThrow(NotFound);
  expect(await listRestorableWorkspaces(world.db, owner.userId)).toEqual([]);
  await age(workspaceId, 7 * DAY_MS - 60_000);
  await restore(owner, workspaceId);
});

test('a user who deletes the default workspace gets no other in its place, and may restore it', async () => {
  const user = await world.makeUser();
  const workspaceId = await ensureDefaultWorkspace(world.db, { id: user.userId, name: 'Ada' });
  await remove(user, workspaceId, "Ada's workspace");
  expect(await ensureDefaultWorkspace(world.db, { id: user.userId, name: 'Ada' })).toBe(workspaceId);
  expect(await world.db.workspace.count({ where: { members: { some: { userId: user.userId } } } })).toBe(1);
  await createWorkspace(world.db, user, { name: 'Next', idempotencyKey: randomUUID() });
  await restore(user, workspaceId);
  expect(await world.permit(user, 'workspace:read', workspaceId)).toMatchObject({ workspaceId });
});
