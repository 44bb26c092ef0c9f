import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { backoffMs, pause, retryAfterMs, type RetryPolicy } from './backoff.ts';
import { CommonpurseError, errorOfResponse, type ResponseError } from './errors.ts';

/** Text of an operation that knows the types of its data and its variables, as code generators write it. */
export type TypedDocument<Data, Variables> = DocumentTypeDecoration<Data, Variables> & { toString(): string };

export interface RequestOptions {
  /** Gives up when it aborts, with the signal's reason; the server may have decided nevertheless. */
  signal?: AbortSignal | undefined;
}

export type SendRequest = <Data, Variables>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  options?: RequestOptions,
) => Promise<Data>;

export interface RequestSettings {
  endpoint: URL;
  credential: string;
  fetch: typeof fetch;
  retry: RetryPolicy;
  /** For one attempt. */
  timeoutMs: number;
}

/**
 * Sends operations and repeats those whose outcome is unknown or that came too early: no answer, 5xx, 429, UNAVAILABLE.
 * The repeated request is byte for byte the first, so its idempotency key makes repeating a mutation safe.
 */
export function createRequester(settings: RequestSettings): SendRequest {
  const { retry } = settings;
  return async (document, variables, { signal } = {}) => {
    const body = JSON.stringify({ query: document.toString(), variables });
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      try {
        // The types of the data are those that the document was generated with.
        return (await send(settings, body, signal)) as never;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof CommonpurseError) || !error.isTransient || attempt >= retry.attemptsMax) throw error;
        const asked = error.retryAfterMs ?? 0;
        if (asked > retry.delayMaxMs) throw error;
        await pause(Math.max(asked, backoffMs(retry, attempt)), signal);
      }
    }
  };
}

interface Answer {
  data?: unknown;
  errors?: ResponseError[];
}

async function send(settings: RequestSettings, body: string, signal: AbortSignal | undefined): Promise<unknown> {
  const { endpoint, credential, timeoutMs } = settings;
  const limit = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await settings.fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        authorization: `Bearer ${credential}`,
      },
      body,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    text = await response.text();
  } catch (cause) {
    const what = limit.aborted ? `did not answer within ${timeoutMs} ms` : 'could not be reached';
    throw new CommonpurseError('UNAVAILABLE', `${endpoint.origin} ${what}.`, { cause });
  }
  return dataOf(response, readAnswer(text));
}

function dataOf(response: Response, answer: Answer | null): unknown {
  const { status, headers } = response;
  const details = { requestId: headers.get('x-request-id'), retryAfterMs: retryAfterMs(headers.get('retry-after')) };
  const [error] = answer?.errors ?? [];
  const refusal = error && errorOfResponse(error, details);
  // A fault is masked, so a 5xx says less by its code than by its status: the outcome is unknown.
  if (refusal && (refusal.code !== 'UNEXPECTED' || status < 500)) throw refusal;
  const message = refusal?.message ?? `The answer was HTTP ${status} and not of Commonpurse.`;
  if (status >= 500) throw new CommonpurseError('UNAVAILABLE', message, { ...details, cause: refusal });
  if (status === 429) throw new CommonpurseError('RATE_LIMITED', message, details);
  if (!response.ok || answer?.data == null) throw new CommonpurseError('UNEXPECTED', message, details);
  return answer.data;
}

function readAnswer(text: string): Answer | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : null;
  } catch {
    return null;
  }
}
