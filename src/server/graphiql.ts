import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

const EXAMPLES = `# Commonpurse: send "Authorization: Bearer cp_live_..." in the Headers tab below, or sign in first.

query Balance {
  workspace {
    name
    balance { available held total }
    usage(first: 5) {
      nodes: edges { node { operation credits outcome createdAt } }
    }
  }
}

mutation Spend {
  recordUsage(input: { credits: "5", idempotencyKey: "from-graphiql-1" }) {
    __typename
    ... on RecordUsagePayload { credits seq replayed balance { available } }
    ... on InsufficientCredits { message required available }
    ... on UserError { code message path }
  }
}

subscription Watch {
  balanceChanged {
    __typename
    ... on FeedSnapshot { seq balance { available } }
    ... on BalanceChange { seq balance { available } }
    ... on FeedReset { seq balance { available } }
  }
}
`;

interface Page {
  body: Buffer;
  etag: string;
}

let page: Promise<Page> | undefined;

/** Whether a GET of /graphql comes from a person's browser and carries no operation. */
export function wantsGraphiql({ method, headers }: IncomingMessage, query: URLSearchParams): boolean {
  return method === 'GET' && !query.has('query') && (headers.accept?.includes('text/html') ?? false);
}

/** The explorer, whole in one page: it loads nothing from anywhere. Rendered and compressed once, on first sight. */
export async function serveGraphiql(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { body, etag } = await (page ??= renderPage());
  const headers = { ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Accept' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response
    .writeHead(200, {
      ...headers,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Encoding': 'gzip',
      'Content-Length': body.length,
      // The explorer is inline scripts, and its editor starts workers from blobs; but it may talk to this server only.
      'Content-Security-Policy':
        "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob: data:; style-src 'unsafe-inline'; img-src data: 'self'; font-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    })
    .end(body);
}

async function renderPage(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Commonpurse API',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: EXAMPLES,
    headerEditorEnabled: true,
    shouldPersistHeaders: false,
  } as Parameters<typeof renderGraphiQL>[0]);
  const body = gzipSync(html, { level: 6 });
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
