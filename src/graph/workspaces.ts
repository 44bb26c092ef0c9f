import type { Actor } from '#core/access/actor';
import { visibleTo } from '#core/access/visibility';
import { Conflict, Forbidden, IdempotencyConflict, NotFound, Unauthenticated, ValidationFailed } from '#core/errors';
import { decodeId } from '#core/ids';
import {
  createWorkspace,
  findWorkspace,
  listWorkspaces,
  listWorkspacesOf,
  renameWorkspace,
} from '#core/workspaces/workspaces';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import type { Context } from '#graph/context';

export const WorkspaceType = builder.prismaNode('Workspace', {
  description: 'The tenancy unit: one credit balance shared by its API keys, its members, its usage log.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, AND: visibleTo(actor) }),
  authScopes: ({ id }) => ({ can: { action: 'workspace:read', workspaceId: id } }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name that people see.' }),
    slug: t.exposeString('slug', {
      description: 'Unique short name for links. Does not change when the workspace is renamed.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
  }),
});

builder.queryField('workspace', (t) =>
  t.prismaField({
    type: WorkspaceType,
    nullable: true,
    description:
      'One workspace, by id or slug; with an API key both may be left out. Null when it does not exist for the caller.',
    args: {
      id: t.arg.id({ description: 'Id of the workspace, such as "ws_...".' }),
      slug: t.arg.string({ description: 'Slug of the workspace.' }),
    },
    resolve: async (query, _root, { id, slug }, { db, access }) => {
      const where = selectWorkspace({ id, slug }, access);
      return where && findWorkspace(db, { ...where, AND: visibleTo(access.actor) }, query);
    },
  }),
);

builder.queryField('workspaces', (t) =>
  t.connection(
    {
      type: WorkspaceType,
      description: 'All workspaces, newest first. Operators only.',
      args: { search: t.arg.string({ description: 'Only those whose name or slug contains this.' }) },
      resolve: (_root, { search, ...page }, context, info) =>
        listWorkspaces(context.db, context.access.operatorPermit('workspaces:list'), {
          ...page,
          search: search ?? null,
          query: connectionQuery(context, info, 'Workspace'),
        }),
    },
    { name: 'WorkspacesConnection', description: 'A page of workspaces.' },
    { name: 'WorkspacesEdge', description: 'A workspace in a page.' },
  ),
);

builder.prismaObjectFields('User', (t) => ({
  workspaces: t.prismaField({
    type: [WorkspaceType],
    description: 'The workspaces this user is a member of and the caller may see, oldest first, at most 100.',
    resolve: (query, { id: userId }, _args, { db, actor }) => listWorkspacesOf(db, { userId, actor, query }),
  }),
}));

const CreateWorkspaceInput = builder.inputType('CreateWorkspaceInput', {
  description: 'What createWorkspace needs.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name that people see, 1 to 80 characters.' }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it creates nothing twice.',
    }),
  }),
});

const CreateWorkspacePayload = builder
  .objectRef<{ workspaceId: string; replayed: boolean }>('CreateWorkspacePayload')
  .implement({
    description: 'A workspace was created.',
    fields: (t) => ({
      workspace: t.prismaField({
        type: WorkspaceType,
        description: 'The new workspace; the caller is its OWNER.',
        resolve: async (query, { workspaceId }, _args, { db }) =>
          required(await findWorkspace(db, { id: workspaceId }, query)),
      }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
      }),
    }),
  });

builder.mutationField('createWorkspace', (t) =>
  t.field({
    type: CreateWorkspacePayload,
    description:
      'Creates a workspace that the signed-in user owns. Not for API keys: a key belongs to one workspace for ever.',
    args: { input: t.arg({ type: CreateWorkspaceInput, required: true, description: 'The new workspace.' }) },
    errors: { types: [ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: (_root, { input }, { db, actor }) => {
      if (actor.kind === 'NOBODY') throw new Unauthenticated('Sign in to create a workspace.');
      if (actor.kind !== 'USER') throw new Forbidden('Only a signed-in user may create a workspace.');
      return createWorkspace(db, actor, input);
    },
  }),
);

const RenameWorkspaceInput = builder.inputType('RenameWorkspaceInput', {
  description: 'What renameWorkspace needs.',
  fields: (t) => ({
    workspaceId: t.id({ required: true, description: 'The workspace to rename.' }),
    name: t.string({ required: true, description: 'The new name, 1 to 80 characters.' }),
  }),
});

const RenameWorkspacePayload = builder.objectRef<{ workspaceId: string }>('RenameWorkspacePayload').implement({
  description: 'The workspace was renamed.',
  fields: (t) => ({
    workspace: t.prismaField({
      type: WorkspaceType,
      description: 'The workspace under its new name; the slug stays.',
      resolve: async (query, { workspaceId }, _args, { db }) =>
        required(await findWorkspace(db, { id: workspaceId }, query)),
    }),
  }),
});

builder.mutationField('renameWorkspace', (t) =>
  t.field({
    type: RenameWorkspacePayload,
    description: 'Gives a workspace another name. For its OWNER and ADMINs.',
    args: { input: t.arg({ type: RenameWorkspaceInput, required: true, description: 'The change.' }) },
    errors: { types: [NotFound, ValidationFailed] },
    resolve: async (_root, { input }, { db, access }) => {
      const permit = await access.permit('workspace:rename', workspaceIdOf(input.workspaceId), [
        'input',
        'workspaceId',
      ]);
      await renameWorkspace(db, permit, { name: input.name });
      return { workspaceId: permit.workspaceId };
    },
  }),
);

/** The UUID in a workspace id from an input. @throws NotFound for anything that is no workspace id. */
export function workspaceIdOf(id: string, path: readonly string[] = ['input', 'workspaceId']): string {
  const workspaceId = decodeId('Workspace', id);
  if (workspaceId === null) throw new NotFound('No such workspace.', path);
  return workspaceId;
}

/** The same where an API key may leave it out. @throws NotFound, ValidationFailed when only an API key implies one. */
export function workspaceOrOwn(id: string | null | undefined, actor: Actor, path?: readonly string[]): string {
  if (id != null) return workspaceIdOf(id, path);
  if (actor.kind === 'API_KEY') return actor.workspaceId;
  throw new ValidationFailed('workspaceId is missing: only an API key implies one.', path ?? ['input', 'workspaceId']);
}

function selectWorkspace(
  { id, slug }: { id?: string | null | undefined; slug?: string | null | undefined },
  access: Context['access'],
) {
  if (id != null && slug != null) throw new ValidationFailed('Give id or slug, not both.', ['id']);
  if (slug != null) return { slug };
  if (id != null) {
    const workspaceId = decodeId('Workspace', id);
    return workspaceId === null ? null : { id: workspaceId };
  }
  if (access.actor.kind === 'API_KEY') return { id: access.actor.workspaceId };
  access.requireSomebody();
  throw new ValidationFailed('Give the id or the slug of a workspace; only an API key implies one.', ['id']);
}

export function required<T>(value: T | null): T {
  if (value === null) throw new NotFound('No such workspace.');
  return value;
}
