import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Context } from '#graph/context';
import { schema } from '#graph/schema';
import type { Caller } from '#server/callers';
import { useEventIds } from '#server/event-ids';
import { useLimits } from '#server/limits';
import type { Metrics } from '#server/metrics';
import { useOperationRecord } from '#server/operation-record';
import { presentError } from '#server/presented-errors';
import type { RightsWatch } from '#server/rights-watch';
import type { ServerContext } from '#server/server-context';
import { useSubscriptionContext } from '#server/subscription-context';

export type GraphqlServer = YogaServerInstance<ServerContext, Context>;

export interface GraphqlServerOptions {
  contextFor: (caller: Caller, lastEventId?: string) => Promise<Context>;
  rights: RightsWatch;
  log: Logger;
  metrics: Metrics;
  corsOrigins: readonly string[];
}

const BODY_BYTES_MAX = 1024 * 1024;

/**
 * The one path of every operation. Whatever must hold for all transports is a plugin here, since POST, GET, SSE and
 * sockets all come through `getResultForParams`; rules of HTTP alone live with the HTTP edge.
 */
export function createGraphqlServer(options: GraphqlServerOptions): GraphqlServer {
  const { contextFor, rights, log, metrics, corsOrigins } = options;
  return createYoga<ServerContext, Context>({
    schema,
    context: ({ caller, lastEventId }) => contextFor(caller, lastEventId),
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    healthCheckEndpoint: '/graphql/health',
    maxRequestBodySize: BODY_BYTES_MAX,
    cors:
      corsOrigins.length === 0
        ? false
        : { origin: [...corsOrigins], credentials: true, methods: ['GET', 'POST', 'OPTIONS'] },
    // Everything that is masked is logged once, with its request id, by useOperationRecord.
    logging: false,
    maskedErrors: { maskError: presentError, isDev: false },
    plugins: [
      useOperationRecord({ log, metrics }),
      useLimits(),
      useSubscriptionContext({ rights, log, metrics }),
      useEventIds(),
      useHttpRules(),
    ],
  });
}

// A foreign page can send these, or no type at all, without asking first; nobody who speaks GraphQL needs them.
const CROSS_SITE_TYPES = /^($|application\/x-www-form-urlencoded\b|multipart\/form-data\b|text\/plain\b)/i;

/** Refusals of HTTP alone, of what yoga would take or trip over. */
function useHttpRules(): Plugin {
  return {
    onRequestParse({ request, url, endResponse, fetchAPI }) {
      const refuse = (status: number, message: string): void =>
        endResponse(fetchAPI.Response.json({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] }, { status }));
      if (request.method === 'POST' && CROSS_SITE_TYPES.test(request.headers.get('content-type') ?? '')) {
        return refuse(415, 'Send the operation as application/json.');
      }
      if (request.method !== 'GET') return;
      const malformed = ['variables', 'extensions'].find((name) => !isJson(url.searchParams.get(name) || 'null'));
      if (malformed) refuse(400, `The parameter ${malformed} is not JSON.`);
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Which position is wrong is no help in a URL.
    return false;
  }
}
