import { type DocumentNode, type ExecutionResult, getOperationAST, type GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isAsyncIterable, mapAsyncIterator } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Metrics, OperationKind } from '#server/metrics';
import { stampRequestId } from '#server/presented-errors';
import type { ServerContext } from '#server/server-context';

interface RunningOperation {
  document: DocumentNode;
  operationName?: string | null;
  /** Yoga's context, which carries the very parameters that came in. */
  contextValue: { params: object };
}

/** Measures and logs every operation of every transport, and puts the request id into what was masked. */
export function useOperationRecord({ log, metrics }: { log: Logger; metrics: Metrics }): Plugin<object, ServerContext> {
  const kinds = new WeakMap<object, OperationKind>();
  const noteKind = (args: unknown): void => {
    const { document, operationName, contextValue } = args as RunningOperation;
    const kind = getOperationAST(document, operationName)?.operation;
    if (kind) kinds.set(contextValue.params, kind);
  };
  return {
    onExecute: ({ args }) => noteKind(args),
    onSubscribe: ({ args }) => noteKind(args),
    onParams({ params, context, paramsHandler, setParamsHandler }) {
      const { caller, transport } = context;
      const startedAt = performance.now();
      const present = (result: ExecutionResult): ExecutionResult => {
        for (const error of result.errors ?? []) stampRequestId(error, { requestId: caller.requestId, log });
        return result;
      };
      setParamsHandler(async (payload) => {
        const result = await paramsHandler(payload);
        const kind = kinds.get(payload.params) ?? kinds.get(params) ?? 'invalid';
        const hasFailed = !isAsyncIterable(result) && 'errors' in result && (result.errors?.length ?? 0) > 0;
        const seconds = (performance.now() - startedAt) / 1_000;
        metrics.operations.observe({ transport, kind, outcome: hasFailed ? 'error' : 'ok' }, seconds);
        if (!isAsyncIterable(result)) {
          if ('errors' in result && result.errors?.some(isRateLimit)) metrics.rateLimited.inc({ transport });
          return present(result);
        }
        return mapAsyncIterator(result, present);
      });
    },
  };
}

function isRateLimit({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'RATE_LIMITED';
}
