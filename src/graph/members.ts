import { visibleTo } from '#core/access/visibility';
import { Conflict, NotFound } from '#core/errors';
import { decodeId } from '#core/ids';
import {
  changeMemberRole,
  findMember,
  findWorkspaceOfMember,
  leaveWorkspace,
  listMembers,
  removeMember,
} from '#core/members/members';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import type { Context } from '#graph/context';
import { RoleEnum } from '#graph/enums';
import { UserType } from '#graph/users';
import { workspaceIdOf } from '#graph/workspaces';

export const MemberType = builder.prismaNode('Member', {
  description: 'A user in a workspace, or one who was.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),
  select: { workspaceId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'members:read', workspaceId } }),
  fields: (t) => ({
    user: t.relation('user', { type: UserType, description: 'Who it is.' }),
    role: t.expose('role', { type: RoleEnum, description: 'What they may do; for who has left, their last role.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they first joined.' }),
    removedAt: t.expose('removedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When they left or were removed; null while they are a member.',
    }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  viewerRole: t.field({
    type: RoleEnum,
    nullable: true,
    description: 'What the signed-in user may do here; null for API keys and operators.',
    select: { id: true },
    resolve: ({ id }, _args, { access }) => access.roleIn(id),
  }),
  members: t.connection(
    {
      type: MemberType,
      description: 'The members, in the order they joined.',
      resolve: async ({ id }, page, context, info) =>
        listMembers(context.db, await context.access.permit('members:read', id), {
          ...page,
          query: connectionQuery(context, info, 'Member'),
        }),
    },
    { name: 'MembersConnection', description: 'A page of members.' },
    { name: 'MembersEdge', description: 'A member in a page.' },
  ),
}));

builder.prismaObjectFields('ApiKey', (t) => ({
  createdBy: t.field({
    type: MemberType,
    nullable: true,
    description: 'Who created it, also after they left; null when the caller may not see members.',
    select: (_args, _context, nestedSelection) => ({ workspaceId: true, member: nestedSelection(true) }),
    resolve: async ({ workspaceId, member }, _args, { access }) =>
      (await access.can('members:read', workspaceId)) ? member : null,
  }),
  creatorHasLeft: t.boolean({
    description: 'Whether its creator is no longer a member: it keeps working, within their last role.',
    select: { member: { select: { removedAt: true } } },
    resolve: ({ member }) => member.removedAt !== null,
  }),
}));

const MemberPayload = (name: string, description: string) =>
  builder.objectRef<{ memberId: string }>(name).implement({
    description,
    fields: (t) => ({
      member: t.prismaField({
        type: MemberType,
        description: 'The member, as it is now.',
        resolve: (query, { memberId }, _args, { db }) => findMember(db, memberId, query),
      }),
    }),
  });

const ChangeMemberRoleInput = builder.inputType('ChangeMemberRoleInput', {
  description: 'What changeMemberRole needs.',
  fields: (t) => ({
    memberId: t.id({ required: true, description: 'The member, such as "mem_...".' }),
    role: t.field({ type: RoleEnum, required: true, description: 'The new role, at most your own.' }),
  }),
});

builder.mutationField('changeMemberRole', (t) =>
  t.field({
    type: MemberPayload('ChangeMemberRolePayload', 'The member has the role.'),
    description:
      'Gives a member another role, at once; keys they made shrink or grow with it. For OWNERs, and for ADMINs below OWNER.',
    args: { input: t.arg({ type: ChangeMemberRoleInput, required: true, description: 'Whom and which role.' }) },
    errors: { types: [NotFound, Conflict] },
    resolve: async (_root, { input }, context) => {
      const { memberId, workspaceId } = await locateMember(input.memberId, context);
      const permit = await context.access.permit('members:changeRole', workspaceId, ['input', 'memberId']);
      await changeMemberRole(context.db, permit, { memberId, role: input.role });
      context.bus.publish({ kind: 'access', workspaceId });
      return { memberId };
    },
  }),
);

const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  description: 'What removeMember needs.',
  fields: (t) => ({ memberId: t.id({ required: true, description: 'The member, such as "mem_...".' }) }),
});

builder.mutationField('removeMember', (t) =>
  t.field({
    type: MemberPayload('RemoveMemberPayload', 'The member is removed.'),
    description:
      'Ends a membership with its live streams. Keys they made keep working within their last role until revoked. For OWNERs, and for ADMINs below OWNER.',
    args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'Whom.' }) },
    errors: { types: [NotFound, Conflict] },
    resolve: async (_root, { input }, context) => {
      const { memberId, workspaceId } = await locateMember(input.memberId, context);
      const permit = await context.access.permit('members:remove', workspaceId, ['input', 'memberId']);
      await removeMember(context.db, permit, { memberId });
      context.bus.publish({ kind: 'access', workspaceId });
      return { memberId };
    },
  }),
);

const LeaveWorkspaceInput = builder.inputType('LeaveWorkspaceInput', {
  description: 'What leaveWorkspace needs.',
  fields: (t) => ({ workspaceId: t.id({ required: true, description: 'The workspace to leave.' }) }),
});

const LeaveWorkspacePayload = builder.objectRef<{ workspaceId: string }>('LeaveWorkspacePayload').implement({
  description: 'The caller is no longer a member.',
  fields: (t) => ({ workspaceId: t.exposeID('workspaceId', { description: 'The workspace that was left.' }) }),
});

builder.mutationField('leaveWorkspace', (t) =>
  t.field({
    type: LeaveWorkspacePayload,
    description: 'Ends your own membership. The last OWNER cannot leave.',
    args: { input: t.arg({ type: LeaveWorkspaceInput, required: true, description: 'Which workspace.' }) },
    errors: { types: [NotFound, Conflict] },
    resolve: async (_root, { input }, { db, access, bus }) => {
      access.requireSomebody();
      const workspaceId = workspaceIdOf(input.workspaceId);
      await leaveWorkspace(db, await access.permit('members:leave', workspaceId, ['input', 'workspaceId']));
      bus.publish({ kind: 'access', workspaceId });
      return { workspaceId: input.workspaceId };
    },
  }),
);

/** Unknown and foreign members take the same way out. */
async function locateMember(id: string, { db, access }: Context) {
  access.requireSomebody();
  const memberId = decodeId('Member', id);
  const workspaceId = memberId && (await findWorkspaceOfMember(db, access.actor, memberId));
  if (!workspaceId) throw new NotFound('No such member.', ['input', 'memberId']);
  return { memberId, workspaceId };
}
