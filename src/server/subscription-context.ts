import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { Unavailable } from '#core/errors';
import { onceReachable } from '#core/outage';
import type { LiveStream } from '#graph/live-streams';
import type { Caller } from '#server/callers';
import { withCursor } from '#server/event-ids';
import { LiveSubscription, type LiveSubscriptionOptions } from '#server/live-subscription';
import { isOutage } from '#server/presented-errors';
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

/** Where what happens to subscriptions is told, and where they hear of changes of rights. */
type Recording = Pick<LiveSubscriptionOptions, 'rights' | 'log' | 'metrics'>;

async function subscribe(
  args: ExecutionArgs,
  options: Recording,
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const { caller, takeLive } = args.contextValue as ServerContext;
  const stream = await begin(args, caller);
  if (!(Symbol.asyncIterator in stream)) return stream;
  const subscription = new LiveSubscription(stream, { ...options, args, caller });
  if (!takeLive) return resultsOf(subscription);
  takeLive(subscription);
  return nothing();
}

/** Whoever waits to be known waits for a database that is away here too. */
async function begin(args: ExecutionArgs, { isWaiting }: Caller): Promise<LiveStream | ExecutionResult> {
  let refused: ExecutionResult | null = null;
  const beginOnce = async (): Promise<LiveStream | ExecutionResult> => {
    const begun = (await createSourceEventStream(args)) as LiveStream | ExecutionResult;
    if (!('errors' in begun) || !isOutage(begun)) return begun;
    refused = begun;
    throw new Unavailable();
  };
  return onceReachable(beginOnce, isWaiting).catch((error: unknown) => {
    // It says where in the operation.
    if (refused) return refused;
    throw error;
  });
}

// oxlint-disable-next-line eslint/require-yield -- it is the empty stream: whoever took the subscription sends its events
async function* nothing(): AsyncGenerator<ExecutionResult, void> {}

/** The results of a stream one by one, and at last why it is over. */
function resultsOf(subscription: LiveSubscription): AsyncIterableIterator<ExecutionResult> {
  const source = subscription.stream[Symbol.asyncIterator]();
  let isOver = false;
  let lost: { error: unknown } | null = null;
  const isWanted = (): boolean => !isOver;
  let stopListening: (() => void) | null = null;
  // Its rights are asked about with each event anyway; this is for one that says nothing.
  const listen = (): (() => void) =>
    subscription.onDoubt(() => {
      subscription.check(isWanted).catch(async (error: unknown) => {
        lost ??= { error };
        stopListening?.();
        await source.return?.();
      });
    });
  const end = async (): Promise<void> => {
    isOver = true;
    stopListening?.();
    await source.return?.();
  };
  const next = async (): Promise<IteratorResult<ExecutionResult>> => {
    if (isOver) return { done: true, value: undefined };
    // Not before: one that nobody reads is not ended either.
    stopListening ??= listen();
    try {
      const step = await source.next();
      if (lost) throw lost.error;
      if (!step.done) {
        const { sent } = await subscription.resultOf(step.value, isWanted);
        subscription.count(step.value, 1);
        return { done: false, value: withCursor(sent, step.value) };
      }
    } catch (error) {
      await end();
      return { done: false, value: await subscription.lastResult(error) };
    }
    await end();
    return { done: true, value: undefined };
  };
  const leave = async (): Promise<IteratorResult<ExecutionResult>> => {
    await end();
    return { done: true, value: undefined };
  };
  const results: AsyncIterableIterator<ExecutionResult> = {
    next,
    return: leave,
    throw: async (error) => {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}
