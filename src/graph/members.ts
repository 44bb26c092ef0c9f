import { visibleTo } from '#core/access/visibility';
import { listMembers } from '#core/members/members';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import { UserType } from '#graph/users';

const RoleEnum = builder.enumType('Role', {
  description: 'What a member may do in a workspace.',
  values: {
    OWNER: { description: 'Everything, including deleting and transferring the workspace.' },
    ADMIN: { description: 'Everything but that; may not touch an OWNER.' },
    MEMBER: { description: 'API keys, webhooks, integrations, alerts; sees everything.' },
    VIEWER: { description: 'Sees everything, changes nothing.' },
  },
});

const MemberType = builder.prismaNode('Member', {
  description: 'A user in a workspace.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, removedAt: null, workspace: visibleTo(actor) }),
  select: { workspaceId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'members:read', workspaceId } }),
  fields: (t) => ({
    user: t.relation('user', { type: UserType, description: 'Who it is.' }),
    role: t.expose('role', { type: RoleEnum, description: 'What they may do.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they joined.' }),
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
