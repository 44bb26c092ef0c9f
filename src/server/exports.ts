import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Actor } from '#core/access/actor';
import { RateLimited, ValidationFailed } from '#core/errors';
import { ENTRY_KINDS, type Export, exportLedger, exportUsage, OUTCOMES } from '#core/usage/export';
import type { Context } from '#graph/context';
import { storedFilter } from '#graph/usage';
import { workspaceOrOwn } from '#graph/workspaces';
import { type Caller, type Callers, credentialsOf } from '#server/callers';
import { hasDrained } from '#server/drain';
import { presentError, stampRequestId } from '#server/presented-errors';

/** At once: of one caller, and of all together, since each keeps a connection of the database busy. */
const OF_ONE_MAX = 2;
const OF_ALL_MAX = 4;
const RETRY_AFTER_S = 10;

const ROUTE = /^\/export\/(usage|ledger)\.(csv|ndjson)$/;
const TYPES = { csv: 'text/csv; charset=utf-8; header=present', ndjson: 'application/x-ndjson; charset=utf-8' };

const text = z.string().min(1).max(256);
const time = z.iso.datetime({ offset: true }).transform((iso) => new Date(iso));
const times = { workspaceId: text.optional(), since: time.optional(), until: time.optional() };
const PARAMETERS = {
  usage: z.strictObject({
    ...times,
    apiKeyId: text.optional(),
    memberId: text.optional(),
    operation: text.optional(),
    outcome: z.enum(OUTCOMES).optional(),
    tag: text.optional(),
  }),
  ledger: z.strictObject({
    ...times,
    kinds: z
      .string()
      .transform((list) => list.split(','))
      .pipe(z.array(z.enum(ENTRY_KINDS)))
      .optional(),
  }),
};

export interface ExportOptions {
  callers: Callers;
  contextFor: (caller: Caller) => Promise<Context>;
  addressOf: (request: IncomingMessage) => string | null;
  /** Aborted when the server stops. */
  draining: AbortSignal;
  log: Logger;
}

/** GET /export/usage.csv, usage.ndjson, ledger.csv and ledger.ndjson: a whole log, streamed. */
export class Exports {
  readonly #options: ExportOptions;
  /** By who asked. */
  readonly #running = new Map<string, number>();

  constructor(options: ExportOptions) {
    this.#options = options;
  }

  isRoute(pathname: string): boolean {
    return ROUTE.test(pathname);
  }

  async serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { callers, addressOf, log } = this.#options;
    const requestId = request.headers['x-request-id']?.toString();
    const answerHeaders = {};
    const visit = { address: addressOf(request), requestId, answerHeaders };
    const caller = callers.caller(credentialsOf(request.headers), visit);
    response.setHeader('X-Request-Id', caller.requestId);
    try {
      await this.#answer(request, response, { caller, url });
    } catch (error) {
      const presented = presentError(error);
      stampRequestId(presented, { requestId: caller.requestId, log });
      // Cut off without its last chunk, which tells the client that something is missing.
      if (response.headersSent) response.destroy();
      else refuse(response, presented, answerHeaders);
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { caller, url: { pathname, searchParams } }: { caller: Caller; url: URL },
  ): Promise<void> {
    const [, what = '', format = ''] = ROUTE.exec(pathname) ?? [];
    const context = await this.#options.contextFor(caller);
    const end = this.#begin(context.actor);
    try {
      const asked = { what, format, searchParams } as Asked;
      const { firstSeq, lastSeq, chunks, workspaceId } = await openExport(context, asked);
      response.writeHead(200, {
        ...caller.answerHeaders,
        'Content-Type': TYPES[asked.format],
        'Content-Disposition': `attachment; filename="${what}-${new Date().toISOString().slice(0, 10)}.${format}"`,
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        // Through what it reads, for whoever shows how far it is.
        'X-First-Seq': String(firstSeq),
        'X-Last-Seq': String(lastSeq),
      });
      if (request.method !== 'HEAD')
        await this.#send(response, chunks, () => recheck(caller, { what: asked.what, workspaceId }));
      response.end();
    } finally {
      end();
    }
  }

  /** Writes as fast as it is read, and stops when nobody reads, when the server does, or when a right is gone. */
  async #send(response: ServerResponse, chunks: Export['chunks'], mayGoOn: () => Promise<void>): Promise<void> {
    const { draining } = this.#options;
    for await (const { text: written } of chunks) {
      if (draining.aborted) throw new Error('The server stops');
      if (response.destroyed) return;
      await mayGoOn();
      if (written !== '' && !response.write(written)) await hasDrained(response);
    }
  }

  /** @throws RateLimited */
  #begin(actor: Actor): () => void {
    const name = nameOf(actor);
    const running = this.#running.get(name) ?? 0;
    const all = [...this.#running.values()].reduce((sum, count) => sum + count, 0);
    if (running >= OF_ONE_MAX || all >= OF_ALL_MAX) throw new RateLimited(RETRY_AFTER_S);
    this.#running.set(name, running + 1);
    return () => {
      const left = (this.#running.get(name) ?? 1) - 1;
      if (left === 0) this.#running.delete(name);
      else this.#running.set(name, left);
    };
  }
}

interface Asked {
  what: keyof typeof PARAMETERS;
  format: keyof typeof TYPES;
  searchParams: URLSearchParams;
}

/** @throws ValidationFailed, Unauthenticated, NotFound, Forbidden */
async function openExport({ db, access }: Context, { what, format, searchParams }: Asked): Promise<Export> {
  access.requireSomebody();
  const own = (workspaceId: string | undefined): string => workspaceOrOwn(workspaceId, access.actor, ['workspaceId']);
  if (what === 'usage') {
    const { workspaceId, ...filter } = read('usage', searchParams);
    const permit = await access.permit('usage:read', own(workspaceId), ['workspaceId']);
    return exportUsage(db, permit, { filter: storedFilter(filter), format });
  }
  const { workspaceId, kinds, ...range } = read('ledger', searchParams);
  const permit = await access.permit('ledger:read', own(workspaceId), ['workspaceId']);
  return exportLedger(db, permit, { ...range, kinds: kinds ?? null, format });
}

/** The right that an export began with, asked for again while it goes on. @throws Unauthenticated, NotFound, Forbidden */
async function recheck(caller: Caller, { what, workspaceId }: { what: Asked['what']; workspaceId: string }) {
  await (await caller.recheck()).permit(what === 'usage' ? 'usage:read' : 'ledger:read', workspaceId);
}

function read<What extends Asked['what']>(
  what: What,
  searchParams: URLSearchParams,
): z.infer<(typeof PARAMETERS)[What]> {
  const parsed = PARAMETERS[what].safeParse(Object.fromEntries(searchParams));
  if (parsed.success) return parsed.data as z.infer<(typeof PARAMETERS)[What]>;
  const [issue] = parsed.error.issues;
  const name = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0]?.toString();
  const known = Object.keys(PARAMETERS[what].shape).join(', ');
  throw new ValidationFailed(`${name}: ${issue?.message}. An export of ${what} takes ${known}.`, [name ?? '']);
}

function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case 'USER':
      return actor.userId;
    case 'API_KEY':
      return actor.apiKeyId;
    case 'OPERATOR':
      return actor.operatorTokenId;
    case 'NOBODY':
      return '';
  }
}

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  VALIDATION_FAILED: 400,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

function refuse(response: ServerResponse, error: GraphQLError, headers: Record<string, string>): void {
  const { http, ...extensions } = error.extensions as { http?: { headers?: Record<string, string> }; code: string };
  response.writeHead(STATUS[extensions.code] ?? 500, {
    ...headers,
    ...http?.headers,
    'Content-Type': 'application/json; charset=utf-8',
  });
  response.end(JSON.stringify({ errors: [{ message: error.message, extensions }] }));
}
