import { type ExecutionResult, GraphQLError, parse } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
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
  id: string;
  caller: Caller;
  params: Record<string, unknown>;
  /** Writes to the socket; resolves when the kernel has taken it. */
  send: (frame: string) => Promise<void>;
  /** Called when an answer says that the caller is nobody, or no longer somebody. */
  onUnauthenticated: () => void;
}

/** Runs an operation that came over a socket on the path that HTTP takes too. Never throws. */
export async function startOperation(
  yoga: GraphqlServer,
  { id, caller, params, send, onUnauthenticated }: SocketOperation,
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
      return started('subscription', written(result, { id, send, textOf: (event) => textOf(event, present) }));
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

const texts = new WeakMap<ExecutionResult, string>();

/** A cohort is sent one result: it is put in text once. */
function textOf(result: ExecutionResult, present: (result: ExecutionResult) => ExecutionResult): string {
  // What went wrong is told to each by itself: it carries the id of their request.
  if (result.errors) return JSON.stringify(present(result));
  const known = texts.get(result);
  if (known !== undefined) return known;
  const text = JSON.stringify(result);
  texts.set(result, text);
  return text;
}

/**
 * Writes a stream's events to the socket itself and yields none of them: the protocol's library, which would put each in
 * text for each subscriber, hears only that it is over.
 */
function written(
  results: AsyncIterable<ExecutionResult>,
  {
    id,
    send,
    textOf: payloadOf,
  }: { id: string; send: SocketOperation['send']; textOf: (event: ExecutionResult) => string },
): AsyncIterableIterator<never> {
  const source = results[Symbol.asyncIterator]();
  const frameStart = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  let hasLeft = false;
  const leave = async (): Promise<IteratorResult<never>> => {
    hasLeft = true;
    await source.return?.();
    return { done: true, value: undefined };
  };
  const stream: AsyncIterableIterator<never> = {
    async next() {
      for (;;) {
        const step = await source.next();
        if (step.done || hasLeft) return { done: true, value: undefined };
        await send(`${frameStart}${payloadOf(step.value)}}`);
      }
    },
    return: leave,
    throw: leave,
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
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
