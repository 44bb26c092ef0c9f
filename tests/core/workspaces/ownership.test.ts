import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#core/access/policy';
import { Conflict, Forbidden, NotFound } from '#core/errors';
import { newId } from '#core/ids';
import { transferWorkspace } from '#core/workspaces/ownership';
import { openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

async function join({ workspaceId }: TestWorkspace, role: Role, removedAt: Date | null = null): Promise<string> {
  const { userId } = await world.makeUser();
  const id = newId();
  await world.db.member.create({ data: { id, workspaceId, userId, role, removedAt, createdAt: new Date() } });
  return id;
}

const permitOf = ({ owner, workspaceId }: TestWorkspace) => world.permit(owner, 'workspace:transfer', workspaceId);

async function rolesOf({ workspaceId }: TestWorkspace): Promise<Record<string, Role>> {
  const members = await world.db.member.findMany({ where: { workspaceId, removedAt: null } });
  return Object.fromEntries(members.map(({ id, role }) => [id, role]));
}

const ownerIdOf = ({ workspaceId, owner }: TestWorkspace) =>
  world.db.member.findFirstOrThrow({ where: { workspaceId, userId: owner.userId } }).then(({ id }) => id);

test('a transfer changes both roles at once, and one event says so', async () => {
  const workspace = await world.makeWorkspace();
  const { workspaceId, owner } = workspace;
  const [from, to] = [await ownerIdOf(workspace), await join(workspace, 'MEMBER')];
  const { accessVersion } = await world.db.workspace.findUniqueOrThrow({ where: { id: workspaceId } });
  await transferWorkspace(world.db, await permitOf(workspace), { memberId: to });
  expect(await rolesOf(workspace)).toEqual({ [from]: 'ADMIN', [to]: 'OWNER' });
  await expect(permitOf(workspace)).rejects.toThrow(Forbidden);
  expect(await world.db.event.findMany({ where: { workspaceId, type: 'workspace.transferred' } })).toMatchObject([
    {
      actorId: owner.userId,
      before: { memberId: from, heirRole: 'MEMBER' },
      after: { memberId: to, formerOwnerRole: 'ADMIN' },
    },
  ]);
  const after = await world.db.workspace.findUniqueOrThrow({ where: { id: workspaceId } });
  expect(after.accessVersion).toBe(accessVersion + 1);
});

test('who hands a workspace over takes back the OWNERship they offered others, and no lesser offer', async () => {
  const workspace = await world.makeWorkspace();
  const { workspaceId } = workspace;
  const [invitedById, memberId] = [await ownerIdOf(workspace), await join(workspace, 'MEMBER')];
  for (const role of ['OWNER', 'ADMIN'] as const) {
    const data = {
      id: newId(),
      workspaceId,
      email: `${newId()}@example.com`,
      role,
      invitedById,
      createdAt: new Date(),
    };
    await world.db.invitation.create({ data: { ...data, tokenHash: Buffer.from(data.id), expiresAt: new Date() } });
  }
  await transferWorkspace(world.db, await permitOf(workspace), { memberId });
  const open = await world.db.invitation.findMany({ where: { workspaceId, revokedAt: null } });
  expect(open.map(({ role }) => role)).toEqual(['ADMIN']);
});

test('it goes to another current member or to nobody', async () => {
  const workspace = await world.makeWorkspace();
  const permit = await permitOf(workspace);
  const foreign = await join(await world.makeWorkspace(), 'MEMBER');
  const gone = await join(workspace, 'MEMBER', new Date());
  const refusals = await Promise.all(
    [foreign, gone, newId()].map((memberId) =>
      transferWorkspace(world.db, permit, { memberId }).catch((error: Error) => error),
    ),
  );
  for (const refusal of refusals) expect(refusal).toEqual(new NotFound('No such member.', ['input', 'memberId']));
  const self = await ownerIdOf(workspace);
  await expect(transferWorkspace(world.db, permit, { memberId: self })).rejects.toThrow(Conflict);
  expect(await rolesOf(workspace)).toEqual({ [self]: 'OWNER' });
});

test('of ten transfers that an OWNER starts at once one happens, and one OWNER is left', async () => {
  const workspace = await world.makeWorkspace();
  const heirs = await Promise.all(Array.from({ length: 10 }, () => join(workspace, 'MEMBER')));
  const permit = await permitOf(workspace);
  const outcomes = await Promise.allSettled(heirs.map((memberId) => transferWorkspace(world.db, permit, { memberId })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(Object.values(await rolesOf(workspace)).filter((role) => role === 'OWNER')).toHaveLength(1);
});

test('two OWNERs who hand over to each other at once leave one OWNER or two, never none', async () => {
  for (let round = 0; round < 5; round++) {
    const workspace = await world.makeWorkspace();
    const { workspaceId } = workspace;
    const second = await world.makeUser();
    const secondId = newId();
    await world.db.member.create({
      data: { id: secondId, workspaceId, userId: second.userId, role: 'OWNER', createdAt: new Date() },
    });
    const firstId = await ownerIdOf(workspace);
    const permits = [await permitOf(workspace), await world.permit(second, 'workspace:transfer', workspaceId)] as const;
    await Promise.allSettled([
      transferWorkspace(world.db, permits[0], { memberId: secondId }),
      transferWorkspace(world.db, permits[1], { memberId: firstId }),
    ]);
    expect(Object.values(await rolesOf(workspace))).toContain('OWNER');
  }
});
