import { type ExecutionResult, getOperationAST, GraphQLError } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { ServerContext } from '#server/graphql';
import type { Metrics, OperationKind } from '#server/metrics';
import { maskedCause } from '#server/presented-errors';

/** Measures and logs every operation of every transport, and puts the request id into what was masked. */
export function useOperationRecord({ log, metrics }: { log: Logger; metrics: Metrics }): Plugin<object, ServerContext> {
  const kinds = new WeakMap<object, OperationKind>();
  const noteKind = ({
    args,
  }: {
    args: { contextValue: object; document: Parameters<typeof getOperationAST>[0]; operationName?: string | null };
  }): void => {
    kinds.set(
      (args.contextValue as { params?: object }).params ?? args.contextValue,
      getOperationAST(args.document, args.operationName)?.operation ?? 'invalid',
    );
  };
  return {
    onExecute: noteKind as never,
    onSubscribe: noteKind as never,
    onParams({ params, context, paramsHandler, setParamsHandler }) {
      const { caller, transport } = context as unknown as ServerContext;
      const startedAt = process.hrtime.bigint();
      const present = <R extends ExecutionResult>(result: R): R => {
        for (const error of result.errors ?? []) stampRequestId(error, { requestId: caller.requestId, log });
        return result;
      };
      setParamsHandler(async (payload) => {
        const result = await paramsHandler(payload);
        const kind = kinds.get(payload.params) ?? kinds.get(params) ?? 'invalid';
        const isStream = isAsyncIterable(result);
        const outcome = !isStream && 'errors' in result && result.errors?.length ? 'error' : 'ok';
        metrics.operations.observe({ transport, kind, outcome }, Number(process.hrtime.bigint() - startedAt) / 1e9);
        if (!isStream) return present(result as ExecutionResult);
        return mapAsyncIterator(result as AsyncIterable<ExecutionResult>, (event) => {
          metrics.events.inc();
          return present(event);
        });
      });
    },
  };
}

function stampRequestId(error: GraphQLError, { requestId, log }: { requestId: string; log: Logger }): void {
  const cause = maskedCause(error);
  if (cause === null || 'requestId' in error.extensions) return;
  error.extensions['requestId'] = requestId;
  log.error({ err: cause, requestId, path: error.path }, 'operation failed');
}
