import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '#graph/context';

/** What the nodes of a connection select, as the `include` or `select` that core's list functions pass on: a page is one query. */
export function connectionQuery<Query extends object>(
  context: Context,
  info: GraphQLResolveInfo,
  typeName: string,
): Query {
  // The library derives this from the models; its type only cannot say which model.
  return queryFromInfo({ context, info, typeName, paths: [['edges', 'node']] }) as Query;
}
