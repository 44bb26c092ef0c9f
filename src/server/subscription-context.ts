import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { FreshEvent } from '#graph/subscriptions';

/**
 * Runs each event of a subscription in the context that came with it. Pothos remembers scopes and loaded objects for as
 * long as a context lives; with the usual recipe a revoked subscriber would go on hearing, and reading stale data.
 */
export function useSubscriptionContext(): Plugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(subscribe);
    },
  };
}

async function subscribe(args: ExecutionArgs): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const source = (await createSourceEventStream(args)) as AsyncIterableIterator<FreshEvent> | ExecutionResult;
  return Symbol.asyncIterator in source ? resultsOf(source, args) : source;
}

function resultsOf(
  source: AsyncIterableIterator<FreshEvent>,
  args: ExecutionArgs,
): AsyncIterableIterator<ExecutionResult> {
  let hasFailed = false;
  const next = async (): Promise<IteratorResult<ExecutionResult>> => {
    if (hasFailed) return { done: true, value: undefined };
    try {
      const step = await source.next();
      if (step.done) return { done: true, value: undefined };
      const { value: event } = step;
      return { done: false, value: await execute({ ...args, rootValue: event, contextValue: event.context }) };
    } catch (error) {
      // Thrown on, it would pass the masking by and cut the connection: a database that is away is told like any error.
      hasFailed = true;
      const originalError = error instanceof Error ? error : new Error(String(error));
      return { done: false, value: { errors: [new GraphQLError(originalError.message, { originalError })] } };
    }
  };
  const results: AsyncIterableIterator<ExecutionResult> = {
    next,
    return: async () => {
      await source.return?.();
      return { done: true, value: undefined };
    },
    throw: async (error) => {
      await source.return?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}
