import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { type FetchAPI, type GraphQLParams, isAsyncIterable, processRegularResult } from 'graphql-yoga';
import type { GraphqlServer } from '#server/graphql';
import type { ServerContext } from '#server/server-context';

type MediaType = 'application/json' | 'application/graphql-response+json';

/**
 * Answers the common request, a JSON body and a JSON answer, from plain node:http: yoga's Request, Response and
 * AbortController cost four times the work of the operation itself. Everything else falls through to yoga's own
 * handler; tests/server/post-json.test.ts holds the two equal.
 * @returns false when the request is not of that shape; its body is then untouched, or given back for yoga.
 */
export async function answerPostJson(
  yoga: GraphqlServer,
  {
    request,
    response,
    context,
    body,
  }: { request: IncomingMessage; response: ServerResponse; context: ServerContext; body: string },
): Promise<boolean> {
  const mediaType = ACCEPTED[(request.headers.accept ?? '*/*').replaceAll(' ', '')];
  const params = mediaType && readParams(body);
  if (!mediaType || !params) return false;
  const result = await yoga.getResultForParams(
    { params, request: new PlainRequest(request) as unknown as Request },
    context,
  );
  if (isAsyncIterable(result)) {
    await result[Symbol.asyncIterator]().return?.();
    return false;
  }
  const { status, headers, text } = processRegularResult(
    result as ExecutionResult,
    PLAIN_FETCH_API,
    mediaType,
  ) as unknown as PlainResponse;
  response.writeHead(status, {
    ...context.caller.answerHeaders,
    ...headers,
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
  return true;
}

/** Whether a request may take the short way at all, by its headers alone. */
export function isPostJson({ method, headers }: IncomingMessage): boolean {
  const type = headers['content-type'];
  return (
    method === 'POST' &&
    (type === 'application/json' || (type?.startsWith('application/json;') ?? false)) &&
    !headers['content-encoding']
  );
}

/** What yoga would answer with, for the Accept headers that real clients send; anything else is yoga's to judge. */
const ACCEPTED: Partial<Record<string, MediaType>> = {
  '*/*': 'application/json',
  'application/json': 'application/json',
  'application/graphql-response+json': 'application/graphql-response+json',
  'application/graphql-response+json,application/json': 'application/graphql-response+json',
  'application/graphql-response+json,application/json;q=0.9': 'application/graphql-response+json',
};

const KNOWN_PARAMS = new Set(['query', 'variables', 'operationName', 'extensions']);

/** The parameters of a well-formed request; null for anything that yoga must word the refusal of. */
function readParams(body: string): GraphQLParams | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Malformed JSON: yoga says so.
    return null;
  }
  if (!isObject(parsed) || typeof parsed['query'] !== 'string') return null;
  const { variables, operationName, extensions } = parsed;
  const isPlain = Object.keys(parsed).every((name) => KNOWN_PARAMS.has(name));
  const isOptionalObject = (value: unknown): boolean => value == null || isObject(value);
  if (!isPlain || !isOptionalObject(variables) || !isOptionalObject(extensions)) return null;
  return operationName == null || typeof operationName === 'string' ? (parsed as GraphQLParams) : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As much of a Fetch request as yoga's plugins look at. */
class PlainRequest {
  readonly method = 'POST';
  readonly url: string;
  readonly headers: { get(name: string): string | null };

  constructor(request: IncomingMessage) {
    this.url = `http://localhost${request.url ?? '/graphql'}`;
    this.headers = { get: (name) => request.headers[name.toLowerCase()]?.toString() ?? null };
  }
}

/** Catches what yoga's result processor would make a Response of. */
class PlainResponse {
  readonly text: string;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(
    text: string,
    { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
  ) {
    this.text = text;
    this.status = status;
    this.headers = headers;
  }
}

const PLAIN_FETCH_API = { Response: PlainResponse } as unknown as FetchAPI;
