import { useCallback, useEffect } from 'react';
import { type AnyVariables, type TypedDocumentNode, useQuery } from 'urql';
import { type Fault, faultOf } from './errors.ts';
import { onRefresh } from './refreshes.ts';

export interface Reading<Data> {
  /** What is known; kept while it is read again, and beside the errors of a part. */
  data: Data | undefined;
  /** Nothing is known yet. */
  isLoading: boolean;
  fault: Fault | null;
  again: () => void;
}

/** Reads a document: from the cache at once, then from the server, and again after each refresh. */
export function useReading<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { isPaused = false }: { isPaused?: boolean } = {},
): Reading<Data> {
  const [{ data, fetching, error, stale }, execute] = useQuery<Data, Variables>({
    query,
    variables,
    requestPolicy: 'cache-and-network',
    pause: isPaused,
  });
  const again = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  useEffect(() => (isPaused ? undefined : onRefresh(again)), [again, isPaused]);
  return { data, isLoading: data === undefined && (fetching || stale), fault: error ? faultOf(error) : null, again };
}
