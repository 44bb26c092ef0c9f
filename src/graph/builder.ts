import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import ValidationPlugin from '@pothos/plugin-validation';
import type { Action } from '#core/access/policy';
import { Forbidden, ValidationFailed } from '#core/errors';
import { checkPageSize, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from '#core/paging';
import type { default as PrismaTypes } from '#generated/pothos-prisma-types';
import { getDatamodel } from '#generated/pothos-prisma-types';
import type { Context } from '#graph/context';
import { decodeGlobalId, encodeGlobalId } from '#graph/global-ids';

/** Deep enough for every query of the dashboard and for the full introspection query; cost is points, a page multiplies. */
const LIMITS = { depth: 15, breadth: 200, complexity: 5_000 };

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultAuthStrategy: 'all';
  PrismaTypes: PrismaTypes;
  AuthScopes: { can: { action: Action; workspaceId: string }; operator: boolean; signedIn: boolean };
  Scalars: {
    ID: { Input: string; Output: string };
    Credits: { Input: bigint; Output: bigint };
    Units: { Input: bigint; Output: bigint };
    Seq: { Input: bigint; Output: bigint };
    DateTime: { Input: Date; Output: Date };
    JSONObject: { Input: Record<string, unknown>; Output: unknown };
  };
}>({
  plugins: [
    RelayPlugin,
    ComplexityPlugin,
    ScopeAuthPlugin,
    ErrorsPlugin,
    PrismaPlugin,
    DataloaderPlugin,
    ValidationPlugin,
  ],
  defaultFieldNullability: false,
  relay: {
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    clientMutationId: 'omit',
    nodeTypeOptions: { description: 'Anything with a globally unique id.' },
    nodeQueryOptions: { description: 'The object with this id; null when it does not exist for the caller.' },
    nodesQueryOptions: {
      description: 'The objects with these ids, in the order asked; null for each that does not exist for the caller.',
    },
    pageInfoTypeOptions: { description: 'Where a page of a connection stands in the whole list.' },
  },
  scopeAuth: {
    // The library's default lets a caller pass on any one of several scopes.
    defaultStrategy: 'all',
    authScopes: ({ access, actor }) => ({
      can: ({ action, workspaceId }) => access.can(action, workspaceId),
      operator: actor.kind === 'OPERATOR',
      signedIn: actor.kind === 'USER',
    }),
    unauthorizedError: () => new Forbidden('This credential may not read this field.'),
  },
  errors: {
    directResult: true,
    defaultTypes: [],
    defaultUnionOptions: { name: ({ fieldName }) => `${fieldName[0]?.toUpperCase()}${fieldName.slice(1)}Result` },
  },
  prisma: { client: ({ db }) => db, dmmf: getDatamodel(), onUnusedQuery: null },
  complexity: {
    limit: LIMITS,
    // Every page is counted with its coerced size, so a variable costs what a literal does.
    fieldComplexity: (args) => {
      const { first, last, ids } = args as { first?: number | null; last?: number | null; ids?: readonly string[] };
      if (first != null) checkPageSize('first', first);
      if (last != null) checkPageSize('last', last);
      if (ids !== undefined) {
        checkIdCount(ids.length);
        return { field: 1, multiplier: Math.max(ids.length, 1) };
      }
      return { field: 1, multiplier: 'first' in args || 'last' in args ? (first ?? last ?? PAGE_SIZE_DEFAULT) : 1 };
    },
    complexityError: (kind) =>
      new ValidationFailed(`This operation is too large (${kind}): ask for less at once, or for smaller pages.`),
  },
});

builder.queryType({ description: 'Everything that can be read.' });
builder.mutationType({
  description: 'Everything that can be changed. Each mutation answers with its payload or with a named refusal.',
});
builder.subscriptionType({
  description: 'Live streams: the state first, then every change in order, resumable by `after`.',
});

/** `nodes` is a page that the caller wrote down: the same bound. */
function checkIdCount(count: number): void {
  if (count > PAGE_SIZE_MAX) {
    throw new ValidationFailed(`ids has ${count} ids: ask for at most ${PAGE_SIZE_MAX} at once.`, ['ids']);
  }
}
