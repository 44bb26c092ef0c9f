import { Conflict, Forbidden, NotFound, ValidationFailed } from '#core/errors';
import { decodeId, encodeId } from '#core/ids';
import {
  type DeletedWorkspace,
  deleteWorkspace,
  listRestorableWorkspaces,
  restoreWorkspace,
} from '#core/workspaces/deletion';
import { transferWorkspace } from '#core/workspaces/ownership';
import { findWorkspace } from '#core/workspaces/workspaces';
import { builder } from '#graph/builder';
import { required, workspaceIdOf, WorkspaceType } from '#graph/workspaces';

const PATH = ['input', 'workspaceId'];

const DeletedWorkspaceType = builder.objectRef<DeletedWorkspace>('DeletedWorkspace').implement({
  description: 'A deleted workspace in the 7 days in which restoreWorkspace brings it back.',
  fields: (t) => ({
    id: t.id({
      description: 'Id of the workspace, such as "ws_...". Until it is restored, nothing else finds it.',
      resolve: ({ id }) => encodeId('Workspace', id),
    }),
    name: t.exposeString('name', { description: 'Name that people saw.' }),
    slug: t.exposeString('slug', { description: 'Its slug, which stays taken until it is erased.' }),
    deletedAt: t.expose('deletedAt', { type: 'DateTime', description: 'When it was deleted.' }),
    erasesAt: t.expose('erasesAt', { type: 'DateTime', description: 'Until when it can be restored.' }),
  }),
});

builder.prismaObjectFields('User', (t) => ({
  deletedWorkspaces: t.field({
    type: [DeletedWorkspaceType],
    description:
      'The deleted workspaces that the viewer, as their OWNER, can still restore, newest first, at most 100.',
    select: { id: true },
    resolve: ({ id }, _args, { db, actor }) => {
      if (actor.kind === 'USER' && actor.userId === id) return listRestorableWorkspaces(db, id);
      throw new Forbidden('Only the user may see which workspaces they deleted.');
    },
  }),
}));

const DeleteWorkspaceInput = builder.inputType('DeleteWorkspaceInput', {
  description: 'What deleteWorkspace needs.',
  fields: (t) => ({
    workspaceId: t.id({ required: true, description: 'The workspace to delete.' }),
    name: t.string({ required: true, description: 'Its name, typed to confirm.' }),
  }),
});

const DeleteWorkspacePayload = builder.objectRef<DeletedWorkspace>('DeleteWorkspacePayload').implement({
  description: 'The workspace is deleted.',
  fields: (t) => ({
    deletedWorkspace: t.field({
      type: DeletedWorkspaceType,
      description: 'What is left of it, and until when it can be restored.',
      resolve: (deleted) => deleted,
    }),
  }),
});

builder.mutationField('deleteWorkspace', (t) =>
  t.field({
    type: DeleteWorkspacePayload,
    description:
      'Deletes a workspace: its API keys and live streams end at once. Its OWNER can restore it for 7 days; then it is erased. Deleting it again changes nothing. For its OWNER.',
    args: { input: t.arg({ type: DeleteWorkspaceInput, required: true, description: 'The workspace.' }) },
    errors: { types: [NotFound, ValidationFailed] },
    resolve: async (_root, { input }, { db, access, bus }) => {
      const permit = await access.permit('workspace:delete', workspaceIdOf(input.workspaceId), PATH);
      const deleted = await deleteWorkspace(db, permit, { name: input.name });
      access.forget(permit.workspaceId);
      bus.publish({ kind: 'access', workspaceId: permit.workspaceId });
      return deleted;
    },
  }),
);

const RestoreWorkspaceInput = builder.inputType('RestoreWorkspaceInput', {
  description: 'What restoreWorkspace needs.',
  fields: (t) => ({ workspaceId: t.id({ required: true, description: 'The deleted workspace.' }) }),
});

const RestoreWorkspacePayload = builder.objectRef<{ workspaceId: string }>('RestoreWorkspacePayload').implement({
  description: 'The workspace is back.',
  fields: (t) => ({
    workspace: t.prismaField({
      type: WorkspaceType,
      description: 'The workspace as it was; its keys work again, but for those that were revoked.',
      resolve: async (query, { workspaceId }, _args, { db }) =>
        required(await findWorkspace(db, { id: workspaceId }, query)),
    }),
  }),
});

builder.mutationField('restoreWorkspace', (t) =>
  t.field({
    type: RestoreWorkspacePayload,
    description: 'Brings back a workspace that was deleted less than 7 days ago. For its OWNER and operators.',
    args: { input: t.arg({ type: RestoreWorkspaceInput, required: true, description: 'The workspace.' }) },
    errors: { types: [NotFound, Conflict] },
    resolve: async (_root, { input }, { db, access }) => {
      const permit = await access.permit('workspace:restore', workspaceIdOf(input.workspaceId), PATH);
      await restoreWorkspace(db, permit);
      access.forget(permit.workspaceId);
      return { workspaceId: permit.workspaceId };
    },
  }),
);

const TransferWorkspaceInput = builder.inputType('TransferWorkspaceInput', {
  description: 'What transferWorkspace needs.',
  fields: (t) => ({
    workspaceId: t.id({ required: true, description: 'The workspace to hand over.' }),
    memberId: t.id({ required: true, description: 'The member who becomes OWNER.' }),
  }),
});

const TransferWorkspacePayload = builder.objectRef<{ workspaceId: string }>('TransferWorkspacePayload').implement({
  description: 'The workspace has another OWNER; the caller is now an ADMIN of it.',
  fields: (t) => ({
    workspace: t.prismaField({
      type: WorkspaceType,
      description: 'The workspace.',
      resolve: async (query, { workspaceId }, _args, { db }) =>
        required(await findWorkspace(db, { id: workspaceId }, query)),
    }),
  }),
});

builder.mutationField('transferWorkspace', (t) =>
  t.field({
    type: TransferWorkspacePayload,
    description: 'Makes another member OWNER and the caller ADMIN, both at once. For its OWNER.',
    args: { input: t.arg({ type: TransferWorkspaceInput, required: true, description: 'Who gets it.' }) },
    errors: { types: [NotFound, Conflict] },
    resolve: async (_root, { input }, { db, access, bus }) => {
      const permit = await access.permit('workspace:transfer', workspaceIdOf(input.workspaceId), PATH);
      const memberId = decodeId('Member', input.memberId);
      if (memberId === null) throw new NotFound('No such member.', ['input', 'memberId']);
      await transferWorkspace(db, permit, { memberId });
      access.forget(permit.workspaceId);
      bus.publish({ kind: 'access', workspaceId: permit.workspaceId });
      return { workspaceId: permit.workspaceId };
    },
  }),
);
