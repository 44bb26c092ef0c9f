import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { DomainError } from '#core/errors';
import type { Ended, LiveEvent } from '#graph/subscriptions';
import { cohortKey, onceForCohort } from '#server/cohorts';

/**
 * Runs each event of a subscription in a context of its own, once for all who are sent the same. Pothos remembers scopes
 * and loaded objects for as long as a context lives; with the usual recipe a revoked subscriber would go on hearing, and
 * reading stale data.
 */
export function useSubscriptionContext(): Plugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(subscribe);
    },
  };
}

async function subscribe(args: ExecutionArgs): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const source = (await createSourceEventStream(args)) as AsyncIterableIterator<LiveEvent> | ExecutionResult;
  return Symbol.asyncIterator in source ? resultsOf(source, args) : source;
}

function resultsOf(
  source: AsyncIterableIterator<LiveEvent>,
  args: ExecutionArgs,
): AsyncIterableIterator<ExecutionResult> {
  const key = cohortKey(args);
  let isOver = false;
  const next = async (): Promise<IteratorResult<ExecutionResult>> => {
    if (isOver) return { done: true, value: undefined };
    try {
      const step = await source.next();
      if (step.done) return { done: true, value: undefined };
      const live = step.value;
      const access = await live.recheck();
      const value = await onceForCohort({ access, origin: live.origin, key: `${live.event.type} ${key}` }, async () =>
        execute({ ...args, rootValue: live, contextValue: await live.contextFor(access) }),
      );
      return { done: false, value };
    } catch (error) {
      isOver = true;
      await source.return?.();
      return { done: false, value: await lastWord(error, args) };
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

/** What a stream ends with: why its rights are over, or a fault. Thrown on, that would pass the masking by and cut the connection. */
async function lastWord(error: unknown, args: ExecutionArgs): Promise<ExecutionResult> {
  if (error instanceof DomainError) {
    const event: Ended = { type: 'Ended', error };
    return execute({ ...args, rootValue: { event } });
  }
  const originalError = error instanceof Error ? error : new Error(String(error));
  return { errors: [new GraphQLError(originalError.message, { originalError })] };
}
