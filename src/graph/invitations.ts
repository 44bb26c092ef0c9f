import { visibleTo } from '#core/access/visibility';
import {
  AlreadyMember,
  Conflict,
  Forbidden,
  IdempotencyConflict,
  InvitationExpired,
  NotFound,
  Unauthenticated,
  ValidationFailed,
} from '#core/errors';
import { decodeId } from '#core/ids';
import {
  acceptInvitation,
  findInvitation,
  findWorkspaceOfInvitation,
  listInvitations,
  revokeInvitation,
} from '#core/members/invitations';
import { findMember } from '#core/members/members';
import { findWorkspace } from '#core/workspaces/workspaces';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import type { Context } from '#graph/context';
import { RoleEnum } from '#graph/enums';
import { MemberType } from '#graph/members';
import { workspaceIdOf } from '#graph/workspaces';

const InvitationType = builder.prismaNode('Invitation', {
  description: 'A role in a workspace, offered by mail. Its token is in that mail alone.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),
  select: { workspaceId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'invitations:read', workspaceId } }),
  fields: (t) => ({
    email: t.exposeString('email', { description: 'The address it went to, in lower case.' }),
    role: t.expose('role', { type: RoleEnum, description: 'What whoever accepts may do.' }),
    invitedBy: t.relation('invitedBy', { type: MemberType, description: 'Who offered it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was first sent.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it can be accepted.' }),
    acceptedAt: t.expose('acceptedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was accepted; null unless it was.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was taken back or replaced; null unless it was.',
    }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  invitations: t.connection(
    {
      type: InvitationType,
      description: 'The invitations neither accepted nor revoked, newest first, expired ones included.',
      resolve: async ({ id }, page, context, info) =>
        listInvitations(context.db, await context.access.permit('invitations:read', id), {
          ...page,
          query: connectionQuery(context, info, 'Invitation'),
        }),
    },
    { name: 'InvitationsConnection', description: 'A page of invitations.' },
    { name: 'InvitationsEdge', description: 'An invitation in a page.' },
  ),
}));

const InviteMemberInput = builder.inputType('InviteMemberInput', {
  description: 'What inviteMember needs.',
  fields: (t) => ({
    workspaceId: t.id({ required: true, description: 'The workspace to invite to.' }),
    email: t.string({ required: true, description: 'The address to invite; only who signs in with it can accept.' }),
    role: t.field({ type: RoleEnum, defaultValue: 'MEMBER', description: 'What they may do, at most your own role.' }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it creates nothing twice.',
    }),
  }),
});

const InviteMemberPayload = builder
  .objectRef<{ invitationId: string; mailed: boolean; replayed: boolean }>('InviteMemberPayload')
  .implement({
    description: 'The invitation is open.',
    fields: (t) => ({
      invitation: t.prismaField({
        type: InvitationType,
        description: 'The invitation.',
        resolve: (query, { invitationId }, _args, { db }) => findInvitation(db, invitationId, query),
      }),
      mailed: t.exposeBoolean('mailed', {
        description: 'Whether this request handed the mail over. If not, resendInvitation sends it again.',
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
      }),
    }),
  });

builder.mutationField('inviteMember', (t) =>
  t.field({
    type: InviteMemberPayload,
    description:
      'Invites an address by mail, for seven days; an earlier invitation of that address is replaced. For OWNERs and ADMINs.',
    args: { input: t.arg({ type: InviteMemberInput, required: true, description: 'Whom, and as what.' }) },
    errors: { types: [NotFound, ValidationFailed, AlreadyMember, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input }, { access, invitations }) => {
      const { workspaceId, role, ...rest } = input;
      const path = ['input', 'workspaceId'];
      const permit = await access.permit('members:invite', workspaceIdOf(workspaceId), path);
      return invitations.invite(permit, { ...rest, role: role ?? 'MEMBER' });
    },
  }),
);

const ResendInvitationInput = builder.inputType('ResendInvitationInput', {
  description: 'What resendInvitation needs.',
  fields: (t) => ({ invitationId: t.id({ required: true, description: 'The open invitation.' }) }),
});

const ResendInvitationPayload = builder
  .objectRef<{ invitationId: string; mailed: boolean }>('ResendInvitationPayload')
  .implement({
    description: 'The invitation has a new token and another seven days.',
    fields: (t) => ({
      invitation: t.prismaField({
        type: InvitationType,
        description: 'The invitation.',
        resolve: (query, { invitationId }, _args, { db }) => findInvitation(db, invitationId, query),
      }),
      mailed: t.exposeBoolean('mailed', { description: 'Whether this request handed the mail over.' }),
    }),
  });

builder.mutationField('resendInvitation', (t) =>
  t.field({
    type: ResendInvitationPayload,
    description: 'Mails an open invitation again, with a new token; the old one is dead. For OWNERs and ADMINs.',
    args: { input: t.arg({ type: ResendInvitationInput, required: true, description: 'Which.' }) },
    errors: { types: [NotFound, Conflict] },
    resolve: async (_root, { input }, context) => {
      const { permit, invitationId } = await permitToInvite(input.invitationId, context);
      return context.invitations.resend(permit, { invitationId });
    },
  }),
);

const RevokeInvitationInput = builder.inputType('RevokeInvitationInput', {
  description: 'What revokeInvitation needs.',
  fields: (t) => ({ invitationId: t.id({ required: true, description: 'The open invitation.' }) }),
});

const RevokeInvitationPayload = builder.objectRef<{ invitationId: string }>('RevokeInvitationPayload').implement({
  description: 'The invitation is revoked.',
  fields: (t) => ({
    invitation: t.prismaField({
      type: InvitationType,
      description: 'The invitation.',
      resolve: (query, { invitationId }, _args, { db }) => findInvitation(db, invitationId, query),
    }),
  }),
});

builder.mutationField('revokeInvitation', (t) =>
  t.field({
    type: RevokeInvitationPayload,
    description: 'Takes an open invitation back. For OWNERs and ADMINs.',
    args: { input: t.arg({ type: RevokeInvitationInput, required: true, description: 'Which.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input }, context) => {
      const { permit, invitationId } = await permitToInvite(input.invitationId, context);
      await revokeInvitation(context.db, permit, { invitationId });
      return { invitationId };
    },
  }),
);

const AcceptInvitationInput = builder.inputType('AcceptInvitationInput', {
  description: 'What acceptInvitation needs.',
  fields: (t) => ({ token: t.string({ required: true, description: 'The end of the link in the mail.' }) }),
});

const AcceptInvitationPayload = builder
  .objectRef<{ memberId: string; workspaceId: string }>('AcceptInvitationPayload')
  .implement({
    description: 'The caller is a member.',
    fields: (t) => ({
      member: t.prismaField({
        type: MemberType,
        description: 'The caller as a member.',
        resolve: (query, { memberId }, _args, { db }) => findMember(db, memberId, query),
      }),
      workspace: t.prismaField({
        type: 'Workspace',
        nullable: true,
        description: 'The workspace they joined; null if it was deleted since.',
        resolve: (query, { workspaceId }, _args, { db }) => findWorkspace(db, { id: workspaceId }, query),
      }),
    }),
  });

builder.mutationField('acceptInvitation', (t) =>
  t.field({
    type: AcceptInvitationPayload,
    description:
      'Joins the workspace of an invitation, signed in with the invited address. Accepting again changes nothing.',
    args: { input: t.arg({ type: AcceptInvitationInput, required: true, description: 'The mailed token.' }) },
    errors: { types: [NotFound, InvitationExpired] },
    resolve: async (_root, { input }, { db, actor, bus }) => {
      if (actor.kind === 'NOBODY') throw new Unauthenticated('Sign in to accept an invitation.');
      if (actor.kind !== 'USER') throw new Forbidden('Only a signed-in user may accept an invitation.');
      const accepted = await acceptInvitation(db, actor, input);
      bus.publish({ kind: 'access', workspaceId: accepted.workspaceId });
      return accepted;
    },
  }),
);

/** Unknown and foreign invitations take the same way out. */
async function permitToInvite(id: string, { db, access }: Context) {
  access.requireSomebody();
  const path = ['input', 'invitationId'];
  const invitationId = decodeId('Invitation', id);
  const workspaceId = invitationId && (await findWorkspaceOfInvitation(db, access.actor, invitationId));
  if (!workspaceId) throw new NotFound('No such open invitation.', path);
  return { invitationId, permit: await access.permit('members:invite', workspaceId, path) };
}
