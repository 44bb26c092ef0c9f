import { type ExecutionResult, GraphQLError, parse } from 'graphql';
import { isAsyncIterable, mapAsyncIterator } from 'graphql-yoga';
import type { Caller } from '#server/callers';
import type { GraphqlServer } from '#server/graphql';
import { presentError } from '#server/presented-errors';
import { wireResult } from '#server/wire-result';

/** What onSubscribe hands to the library: a document, by which it tells streams from single answers, and the answer. */
export interface StartedOperation {
  document: ReturnType<typeof parse>;
  operationName: string | null;
  result: ExecutionResult | AsyncIterable<ExecutionResult>;
  rootValue: undefined;
  contextValue: undefined;
}

interface SocketOperation {
  caller: Caller;
  params: Record<string, unknown>;
  /** Called when an answer says that the caller is nobody, or no longer somebody. */
  onUnauthenticated: () => void;
}

/** Runs an operation that came over a socket on the path that HTTP takes too. Never throws. */
export async function startOperation(
  yoga: GraphqlServer,
  { caller, params, onUnauthenticated }: SocketOperation,
): Promise<never> {
  const present = (result: ExecutionResult): ExecutionResult => {
    if (result.errors?.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED')) onUnauthenticated();
    return wireResult(result);
  };
  try {
    const request = {
      method: 'POST',
      url: 'http://localhost/graphql',
      headers: { get: () => null },
    } as unknown as Request;
    const result = await yoga.getResultForParams({ params, request }, { caller, transport: 'socket' });
    if (isAsyncIterable(result)) {
      return started('subscription', mapAsyncIterator(result, present));
    }
    const { errors, ...rest } = present(result as ExecutionResult);
    // Without data nothing was executed: the protocol wants an error message, not a result.
    if (errors && !('data' in rest)) return errors as never;
    return started('query', { ...rest, ...(errors && { errors }) });
  } catch (error) {
    // Thrown past this point it would close the socket and end the operations of others on it.
    return [wireResult({ errors: [presentError(error)] }).errors?.[0] ?? new GraphQLError('Refused.')] as never;
  }
}

const DOCUMENTS = { query: parse('{ __typename }'), subscription: parse('subscription { __typename }') };

function started(kind: keyof typeof DOCUMENTS, result: StartedOperation['result']): never {
  const operation: StartedOperation = {
    document: DOCUMENTS[kind],
    operationName: null,
    result,
    rootValue: undefined,
    contextValue: undefined,
  };
  return operation as never;
}
