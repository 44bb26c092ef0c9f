import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { LiveStream } from '#graph/subscriptions';
import { withCursor } from '#server/event-ids';
import { LiveSubscription, type LiveSubscriptionOptions } from '#server/live-subscription';
import type { ServerContext } from '#server/server-context';

/**
 * Runs each event of a subscription in a context of its own. Pothos remembers scopes and loaded objects for as long as a
 * context lives; with the usual recipe a revoked subscriber would go on hearing, and reading stale data.
 */
export function useSubscriptionContext(options: Recording): Plugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => subscribe(args, options));
    },
  };
}

/** Where what happens to subscriptions is told. */
type Recording = Pick<LiveSubscriptionOptions, 'log' | 'metrics'>;

async function subscribe(
  args: ExecutionArgs,
  options: Recording,
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const stream = (await createSourceEventStream(args)) as LiveStream | ExecutionResult;
  if (!(Symbol.asyncIterator in stream)) return stream;
  const { caller, takeLive } = args.contextValue as ServerContext;
  const subscription = new LiveSubscription(stream, { ...options, args, caller });
  if (!takeLive) return resultsOf(subscription);
  takeLive(subscription);
  return nothing();
}

// oxlint-disable-next-line eslint/require-yield -- it is the empty stream: whoever took the subscription sends its events
async function* nothing(): AsyncGenerator<ExecutionResult, void> {}

function resultsOf(subscription: LiveSubscription): AsyncIterableIterator<ExecutionResult> {
  const source = subscription.stream[Symbol.asyncIterator]();
  let isOver = false;
  const next = async (): Promise<IteratorResult<ExecutionResult>> => {
    if (isOver) return { done: true, value: undefined };
    try {
      const step = await source.next();
      if (step.done) return { done: true, value: undefined };
      const value = withCursor(await subscription.resultOf(step.value), step.value);
      subscription.count(step.value, 1);
      return { done: false, value };
    } catch (error) {
      isOver = true;
      await source.return?.();
      return { done: false, value: await subscription.lastResult(error) };
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
