import { afterAll, beforeAll, expect, test } from 'vitest';
import { Access } from '#core/access/access';
import type { UserActor } from '#core/access/actor';
import type { Role } from '#core/access/policy';
import { Conflict, Forbidden, NotFound } from '#core/errors';
import { newId } from '#core/ids';
import { changeMemberRole, leaveWorkspace, removeMember } from '#core/members/members';
import { openWorld, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

interface Enrolled {
  user: UserActor;
  memberId: string;
}

/** A workspace with one OWNER and, beside, one person for each role named. */
async function makeTeam(...roles: Role[]) {
  const { workspaceId, owner, key } = await world.makeWorkspace();
  const people: Enrolled[] = [];
  for (const role of roles) {
    const user = await world.makeUser();
    const memberId = newId();
    const data = { id: memberId, workspaceId, userId: user.userId, role, createdAt: new Date() };
    await world.db.member.create({ data });
    people.push({ user, memberId });
  }
  const first = { user: owner, memberId: key.actor.memberId };
  const change = async (by: Enrolled, { memberId }: Enrolled, role: Role) =>
    changeMemberRole(world.db, await world.permit(by.user, 'members:changeRole', workspaceId), { memberId, role });
  const remove = async (by: Enrolled, { memberId }: Enrolled) =>
    removeMember(world.db, await world.permit(by.user, 'members:remove', workspaceId), { memberId });
  const leave = async (by: Enrolled) =>
    leaveWorkspace(world.db, await world.permit(by.user, 'members:leave', workspaceId));
  const owners = () => world.db.member.count({ where: { workspaceId, role: 'OWNER', removedAt: null } });
  return { workspaceId, first, people: people as [Enrolled, Enrolled], change, remove, leave, owners };
}

test('an ADMIN can neither touch an OWNER nor make one', async () => {
  const { first, people, change, remove } = await makeTeam('ADMIN', 'MEMBER');
  const [admin, member] = people;
  await expect(change(admin, first, 'VIEWER')).rejects.toThrow(Forbidden);
  await expect(remove(admin, first)).rejects.toThrow(Forbidden);
  await expect(change(admin, member, 'OWNER')).rejects.toThrow(Forbidden);
  await expect(change(admin, admin, 'OWNER')).rejects.toThrow(Forbidden);
  await change(admin, member, 'ADMIN');
  await remove(member, admin);
  await expect(remove(first, admin)).rejects.toThrow(NotFound);
});

test('the last OWNER can neither leave, be demoted nor be removed', async () => {
  const { first, people, change, remove, leave, owners } = await makeTeam('ADMIN');
  await expect(leave(first)).rejects.toThrow(Conflict);
  await expect(change(first, first, 'ADMIN')).rejects.toThrow('make somebody else an OWNER first');
  await expect(remove(first, first)).rejects.toThrow(Conflict);
  expect(await owners()).toBe(1);
  await change(first, people[0], 'OWNER');
  await leave(first);
  await expect(leave(people[0])).rejects.toThrow(Conflict);
});

test.each(['demote', 'remove', 'leave'] as const)('two OWNERs that %s at once leave one', async (how) => {
  for (let round = 0; round < 5; round++) {
    const { first, people, change, remove, leave, owners } = await makeTeam('OWNER');
    const steps = {
      demote: (by: Enrolled, other: Enrolled) => change(by, other, 'MEMBER'),
      remove,
      leave: (by: Enrolled) => leave(by),
    };
    const both = await Promise.allSettled([steps[how](first, people[0]), steps[how](people[0], first)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await owners()).toBe(1);
  }
});

test('a permit from before a demotion is worth nothing after it', async () => {
  const { workspaceId, first, people, change } = await makeTeam('ADMIN', 'MEMBER');
  const [admin, member] = people;
  const stale = await world.permit(admin.user, 'members:remove', workspaceId);
  await change(first, admin, 'MEMBER');
  await expect(removeMember(world.db, stale, member)).rejects.toThrow(Forbidden);
});

test('a member of another workspace is not there', async () => {
  const [team, other] = [await makeTeam('MEMBER'), await makeTeam('MEMBER')];
  await expect(team.remove(team.first, other.people[0])).rejects.toThrow(NotFound);
  await expect(team.change(team.first, other.people[0], 'VIEWER')).rejects.toThrow(NotFound);
});

test('the keys of a removed member keep the role they had last, and those of a demoted one shrink at once', async () => {
  const { workspaceId, first, people, change, remove } = await makeTeam('MEMBER');
  const key = await world.makeKey(people[0].user, workspaceId);
  await change(first, people[0], 'VIEWER');
  world.bus.publish({ kind: 'access', workspaceId });
  const shrunk = await world.keys.verify(key.secret, null);
  expect(await new Access(world.db, shrunk).can('usage:write', workspaceId)).toBe(false);
  const charge = world.credits.recordUsage(await world.permit(key.actor, 'usage:write', workspaceId), {
    credits: 0n,
    idempotencyKey: 'stale',
    apiKeyId: key.actor.apiKeyId,
  });
  await expect(charge).rejects.toThrow('may no longer spend');
  await change(first, people[0], 'MEMBER');
  await remove(first, people[0]);
  world.bus.publish({ kind: 'access', workspaceId });
  const frozen = await world.keys.verify(key.secret, null);
  expect(await new Access(world.db, frozen).can('usage:write', workspaceId)).toBe(true);
});
