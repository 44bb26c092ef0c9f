/** One place to break: the text must stand in the file exactly once. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

/** A fault that people make, and what it would cost. */
export interface PlantedBug {
  name: string;
  edits: readonly Edit[];
}

/** Idempotency keys are hashed with their workspace and looked up in it: a fault takes both away. */
const UNSCOPED_KEYS: Edit = {
  file: 'src/core/idempotency.ts',
  find: "return sha256(Buffer.concat([Buffer.from(scopeId.replaceAll('-', ''), 'hex'), keyHash])).slice(0, HASH_BYTES);",
  replace: 'return keyHash.slice();',
};

/** Faults of isolation that the search must find: each was once made somewhere, or nearly. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'node() loads a member of any workspace and leaves the rest to the type',
    edits: [
      {
        file: 'src/graph/members.ts',
        find: 'findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),',
        replace: 'findUnique: (id) => ({ id }),',
      },
    ],
  },
  {
    name: 'node() hands out grants to whoever knows their id',
    edits: [
      {
        file: 'src/graph/credits.ts',
        find: 'findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),',
        replace: 'findUnique: (id) => ({ id }),',
      },
      {
        file: 'src/graph/credits.ts',
        find: "authScopes: ({ workspaceId }) => ({ can: { action: 'balance:read', workspaceId } }),",
        replace: 'authScopes: () => true,',
      },
    ],
  },
  {
    name: 'a foreign workspace is FORBIDDEN, and only one that never was NOT_FOUND',
    edits: [
      {
        file: 'src/core/access/access.ts',
        find: "throw new NotFound('No such workspace.', path);",
        replace:
          "throw (await this.#db.workspace.findUnique({ where: { id: workspaceId } })) ? new Forbidden('This workspace is not yours.') : new NotFound('No such workspace.', path);",
      },
    ],
  },
  {
    name: 'the second page of the usage log forgets whose log it is',
    edits: [
      {
        file: 'src/core/credits/ledger-pages.ts',
        find: '      workspaceId,\n      createdAt: { gte: since, lt: until },',
        replace: '      ...(beyond === null && { workspaceId }),\n      createdAt: { gte: since, lt: until },',
      },
    ],
  },
  {
    name: 'the audit log by actor reads every workspace',
    edits: [
      {
        file: 'src/core/events/audit.ts',
        find: 'where: { workspaceId, ...conditions,',
        replace: 'where: { ...(filter?.actorId ? {} : { workspaceId }), ...conditions,',
      },
      {
        file: 'src/graph/audit-log.ts',
        find: "authScopes: ({ workspaceId }) => ({ can: { action: 'audit:read', workspaceId } }),",
        replace: 'authScopes: () => true,',
      },
    ],
  },
  {
    name: 'usage entries are loaded by their numbers without asking whose they are',
    edits: [
      {
        file: 'src/graph/usage-entry.ts',
        find: 'await Promise.all(keys.map(({ workspaceId }) => access.belongsTo(workspaceId)))',
        replace: 'keys.map(() => true)',
      },
    ],
  },
  {
    name: 'an entry is read before it is asked whose it is: more work for one that exists',
    edits: [
      {
        file: 'src/graph/usage-entry.ts',
        find: 'await Promise.all(keys.map(({ workspaceId }) => access.belongsTo(workspaceId)))',
        replace:
          'await Promise.all((await findUsage(db, keys)).map(async (entry) => entry !== null && access.belongsTo(entry.workspaceId)))',
      },
    ],
  },
  {
    name: 'the refusal of an invitation quotes its address',
    edits: [
      {
        file: 'src/graph/invitations.ts',
        find: "if (!workspaceId) throw new NotFound('No such open invitation.', path);",
        replace:
          "if (!workspaceId) throw new NotFound(`No such open invitation: ${invitationId ? (await db.invitation.findUnique({ where: { id: invitationId } }))?.email : ''}.`, path);",
      },
    ],
  },
  {
    name: "a workspace is looked up by a slug that may be anybody's",
    edits: [
      {
        file: 'src/graph/workspaces.ts',
        find: 'findWorkspace(db, { ...where, AND: visibleTo(access.actor) }, query)',
        replace: 'findWorkspace(db, where, query)',
      },
    ],
  },
  {
    name: 'an invitation is accepted by whoever has its token',
    edits: [
      {
        file: 'src/core/members/invitations.ts',
        find: 'if (user?.email.toLowerCase() !== invitation.email) throw unknownToken();',
        replace: 'if (!user) throw unknownToken();',
      },
    ],
  },
  {
    name: 'a revoked key reads on from the cache',
    edits: [
      {
        file: 'src/core/api-keys/verification.ts',
        find: "if (hint.kind === 'access') this.forget(hint.workspaceId);",
        replace: "if (hint.kind === 'access') this.#generation++;",
      },
    ],
  },
  {
    name: 'a stream asks for rights when it begins and never again',
    edits: [
      {
        file: 'src/graph/live-streams.ts',
        find: 'Promise<Access> => context.recheck();',
        replace: 'Promise<Access> => Promise.resolve(context.access);',
      },
    ],
  },
  {
    name: 'a stream asks for rights with its first event and not before',
    edits: [
      {
        file: 'src/graph/live-streams.ts',
        find: "  await context.access.permit(action, workspaceId, ['workspaceId']);\n  const liveSteps",
        replace: '  const liveSteps',
      },
    ],
  },
  {
    name: 'a debit is replayed by the idempotency key of another workspace',
    edits: [
      UNSCOPED_KEYS,
      {
        file: 'src/core/credits/store.ts',
        find: ' WHERE workspace_id = ${workspaceId}::uuid`;\n  if (places',
        replace: '`;\n  if (places',
      },
      { file: 'src/core/credits/store.ts', find: 'where: { workspaceId, seq: {', replace: 'where: { seq: {' },
      {
        file: 'prisma/migrations/20261128102900_sums_of_named_tags/migration.sql',
        find: 'WHERE replayed IS NULL OR f <> ALL (replayed));',
        replace: 'WHERE replayed IS NULL);',
      },
    ],
  },
  {
    name: 'a creation is replayed by the idempotency key of another workspace',
    edits: [
      UNSCOPED_KEYS,
      {
        file: 'src/core/idempotency.ts',
        find: 'tx.idempotencyRecord.findUnique({ where: { scopeId_keyHash: { scopeId, keyHash } } })',
        replace: 'tx.idempotencyRecord.findFirst({ where: { keyHash } })',
      },
    ],
  },
  {
    name: 'the path of an error carries the id that the database knows',
    edits: [
      {
        file: 'src/graph/api-key-permits.ts',
        find: "throw new NotFound('No such API key.', path);",
        replace: "throw new NotFound('No such API key.', [...path, apiKeyId ?? '']);",
      },
    ],
  },
  {
    name: 'a session is ended by whoever knows its id',
    edits: [
      {
        file: 'src/core/access/sessions.ts',
        find: 'deleteMany({ where: { id: sessionId, userId } })',
        replace: 'deleteMany({ where: { id: sessionId } })',
      },
    ],
  },
  {
    name: "a colleague's other workspaces are listed",
    edits: [
      {
        file: 'src/core/workspaces/workspaces.ts',
        find: 'AND: [allVisibleTo(actor), {',
        replace: 'AND: [{ deletedAt: null }, {',
      },
      {
        file: 'src/graph/workspaces.ts',
        find: "authScopes: ({ id }) => ({ can: { action: 'workspace:read', workspaceId: id } }),",
        replace: 'authScopes: () => true,',
      },
    ],
  },
];
