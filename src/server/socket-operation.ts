import { type ExecutionResult, getOperationAST, GraphQLError, OperationTypeNode, parse } from 'graphql';
import type { Caller } from '#server/callers';
import type { GraphqlServer } from '#server/graphql';
import type { LiveSubscription } from '#server/live-subscription';
import { presentError } from '#server/presented-errors';
import { wireResult } from '#server/wire-result';

/** What onSubscribe hands to the library: a document, by which it tells streams from single answers, and the answer. */
export interface StartedOperation {
  document: ReturnType<typeof parse>;
  operationName: string | null;
  result: ExecutionResult | AsyncIterableIterator<never, void>;
  rootValue: undefined;
  contextValue: undefined;
}

interface SocketOperation {
  caller: Caller;
  params: Record<string, unknown>;
  /** Called when a stream begins, which is not the library's from then on. */
  onStream: (live: LiveSubscription) => void;
  /** Called when an answer says that the caller is nobody, or no longer somebody. */
  onUnauthenticated: () => void;
  /** Called when a stream could not begin because the database is away: to be refused is final to clients, to be cut off is not. */
  onAway: () => void;
}

/** Runs an operation that came over a socket on the path that HTTP takes too. Never throws. */
export async function startOperation(
  yoga: GraphqlServer,
  { caller, params, onStream, onUnauthenticated, onAway }: SocketOperation,
): Promise<never> {
  try {
    const request = {
      method: 'POST',
      url: 'http://localhost/graphql',
      headers: { get: () => null },
    } as unknown as Request;
    const taken: LiveSubscription[] = [];
    const takeLive = (live: LiveSubscription): void => void taken.push(live);
    const result = await yoga.getResultForParams({ params, request }, { caller, transport: 'socket', takeLive });
    const [live] = taken;
    if (live)
      return started(
        'subscription',
        handedOver(() => onStream(live)),
      );
    const { errors, ...rest } = wireResult(result as ExecutionResult);
    const hasFailedWith = (code: string): boolean =>
      errors?.some(({ extensions }) => extensions['code'] === code) ?? false;
    if (hasFailedWith('UNAUTHENTICATED')) onUnauthenticated();
    if (hasFailedWith('UNAVAILABLE') && isSubscription(params)) onAway();
    // Without data nothing was executed: the protocol wants an error message, not a result.
    if (errors && !('data' in rest)) return errors as never;
    return started('query', { ...rest, ...(errors && { errors }) });
  } catch (error) {
    // Thrown past this point it would close the socket and end the operations of others on it.
    return [wireResult({ errors: [presentError(error)] }).errors?.[0] ?? new GraphQLError('Refused.')] as never;
  }
}

/**
 * A stream as the library sees it: over as soon as it begins. It would put each event in text for each subscriber, and
 * keep for each of thousands all that it needs to wait for the next.
 */
function handedOver(begin: () => void): AsyncIterableIterator<never, void> {
  const over = { done: true, value: undefined } as const;
  return {
    async next() {
      begin();
      return over;
    },
    return: async () => over,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function isSubscription({ query, operationName }: Record<string, unknown>): boolean {
  const document = parse(String(query));
  return getOperationAST(document, operationName as string | undefined)?.operation === OperationTypeNode.SUBSCRIPTION;
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
