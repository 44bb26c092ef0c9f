import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
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
  if (!(Symbol.asyncIterator in source)) return source;
  const run = async (step: IteratorResult<FreshEvent>): Promise<IteratorResult<ExecutionResult>> =>
    step.done
      ? { done: true, value: undefined }
      : { done: false, value: await execute({ ...args, rootValue: step.value, contextValue: step.value.context }) };
  const results: AsyncIterableIterator<ExecutionResult> = {
    next: async () => run(await source.next()),
    return: async () => {
      await source.return?.();
      return { done: true, value: undefined };
    },
    throw: async (error) => {
      await source.return?.();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return results;
    },
  };
  return results;
}
