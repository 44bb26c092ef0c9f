import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';

/** Goes along when a result is copied, and into no text. */
const CURSOR = Symbol('cursor');

type Placed = ExecutionResult & { [CURSOR]?: string };

/** Notes with a result where it leaves whoever follows. */
export function withCursor(result: ExecutionResult, { cursor }: { cursor: string }): ExecutionResult {
  return Object.assign(result, { [CURSOR]: cursor });
}

/**
 * Gives each server-sent event the cursor of its stream as `id`, which an EventSource that comes back sends as
 * Last-Event-ID. Yoga lets a result put itself in text, as the event's last line: another line may follow.
 */
export function useEventIds(): Plugin {
  return {
    onResultProcess(process) {
      if (isAsyncIterable(process.result)) process.setResult(mapAsyncIterator(process.result, withIdLine));
    },
  };
}

function withIdLine(result: Placed): ExecutionResult {
  const cursor = result[CURSOR];
  if (cursor === undefined) return result;
  return { ...result, stringify: (told: unknown) => `${JSON.stringify(told)}\nid: ${cursor}` } as ExecutionResult;
}
