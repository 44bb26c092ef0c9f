import type { CombinedError } from 'urql';

/** What went wrong, as a page says it: one sentence, and what support needs to find it. */
export interface Fault {
  sentence: string;
  requestId: string | null;
}

export function faultOf(error: CombinedError): Fault {
  const [first] = error.graphQLErrors;
  const response = error.response as Response | undefined;
  const told = first?.extensions['requestId'];
  const requestId = typeof told === 'string' ? told : (response?.headers.get('x-request-id') ?? null);
  if (first) return { sentence: first.message, requestId };
  return { sentence: 'The server cannot be reached. Check your connection, then try again.', requestId };
}
