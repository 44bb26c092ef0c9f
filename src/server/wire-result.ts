import { type ExecutionResult, GraphQLError } from 'graphql';

/** A result as clients may see it: error extensions that only steer the HTTP status are taken out, as yoga does for HTTP. */
export function wireResult(result: ExecutionResult): ExecutionResult {
  return result.errors ? { ...result, errors: result.errors.map(wireError) } : result;
}

function wireError(error: GraphQLError): GraphQLError {
  const { http, unexpected, ...extensions } = error.extensions;
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(error.message, { nodes, source, positions, path, extensions });
}
