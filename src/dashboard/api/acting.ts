import { useCallback, useState } from 'react';
import { toast } from 'sonner';
import { type AnyVariables, type TypedDocumentNode, useClient } from 'urql';
import { faultOf } from './errors.ts';

/** A refusal that the person can act on; `path` names the field of the input. */
export interface Refusal {
  code: string;
  message: string;
  path: string[];
}

type Result<Data> = Exclude<Data[Exclude<keyof Data, '__typename'>], null | undefined>;
type Payload<Data> = Extract<Result<Data>, { __typename: `${string}Payload` }>;

export type Outcome<Data> = { payload: Payload<Data>; refusal: null } | { payload: null; refusal: Refusal | null };

/**
 * Runs a mutation of one root field. Its payload or its refusal comes back; any other fault is told in a toast, and then
 * both are null.
 */
export function useAction<Data extends object, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): [run: (variables: Variables) => Promise<Outcome<Data>>, isRunning: boolean] {
  const client = useClient();
  const [isRunning, setRunning] = useState(false);
  const run = useCallback(
    async (variables: Variables): Promise<Outcome<Data>> => {
      setRunning(true);
      const { data, error } = await client.mutation(document, variables).toPromise();
      setRunning(false);
      const result = Object.values(data ?? {}).find((value) => typeof value === 'object' && value !== null) as
        | { __typename: string }
        | undefined;
      if (!result) {
        const fault = error ? faultOf(error) : { sentence: 'The server gave no answer.', requestId: null };
        toast.error(fault.sentence, fault.requestId === null ? {} : { description: `Request ${fault.requestId}` });
        return { payload: null, refusal: null };
      }
      if (result.__typename.endsWith('Payload')) return { payload: result as Payload<Data>, refusal: null };
      return { payload: null, refusal: result as unknown as Refusal };
    },
    [client, document],
  );
  return [run, isRunning];
}
