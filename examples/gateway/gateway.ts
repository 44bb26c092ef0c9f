import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { CommonpurseClient } from '#client/client';
import { CommonpurseError } from '#client/errors';
import type { RecordedUsage } from '#client/usage';
import { enrichCompany, searchPeople, summarize } from './work.ts';

/** What a priced endpoint produced, and how much of it there is to pay for. */
interface Produced {
  body: object;
  /** Left out: one. */
  units?: string;
}

type Work = (context: Context) => Produced | Promise<Produced>;

const TEXT_LENGTH_MAX = 100_000;

/**
 * A small API that sells three operations. It keeps no accounts: its operator token lets it name the customer's key, and
 * Commonpurse verifies and debits that key in one round trip.
 */
export function createGateway(purse: CommonpurseClient): Hono {
  const app = new Hono();
  app.get(
    '/v1/people',
    priced(purse, 'search.people', ({ req }) => ({ body: searchPeople(req.query('query') ?? '') })),
  );
  app.get(
    '/v1/companies/:domain',
    priced(purse, 'enrich.company', async ({ req }) => ({ body: await enrichCompany(req.param('domain') ?? '') })),
  );
  app.post(
    '/v1/summaries',
    priced(purse, 'ai.summarize', async ({ req }) => {
      const text = await req.text();
      if (text === '' || text.length > TEXT_LENGTH_MAX) {
        throw new HTTPException(400, { message: `Send 1 to ${TEXT_LENGTH_MAX} characters of text.` });
      }
      // A unit is a thousand characters, to the character.
      return { body: await summarize(text), units: (text.length / 1_000).toFixed(3) };
    }),
  );
  app.onError((error, context) => respondToError(context, error));
  return app;
}

/**
 * Does the work, then pays for it, then hands it over: a call that the balance does not cover is answered without its
 * result. The customer's Idempotency-Key becomes the debit's, so a customer who repeats a call pays once.
 */
function priced(purse: CommonpurseClient, operation: string, work: Work): (context: Context) => Promise<Response> {
  return async (context) => {
    const apiKey = bearerOf(context);
    const idempotencyKey = context.req.header('idempotency-key');
    const startedAt = performance.now();
    const call = { apiKey, ...clientAddressOf(context), operation, metadata: { path: context.req.path } };
    let produced: Produced;
    try {
      produced = await work(context);
    } catch (error) {
      if (error instanceof HTTPException) throw error;
      // Under a key of its own: the customer's stays free for the attempt that succeeds.
      const failed = await purse.recordUsage({ ...call, outcome: 'FAILED', latencyMs: elapsed(startedAt) });
      return refuse(
        context,
        502,
        { code: 'UPSTREAM_FAILED', message: 'Our source failed; this call was free.' },
        failed,
      );
    }
    const recorded = await purse.recordUsage({
      ...call,
      ...(produced.units !== undefined && { units: produced.units }),
      latencyMs: elapsed(startedAt),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    if (!recorded.ok) {
      const { code, ...facts } = recorded.error;
      // Paying helps against an empty balance, not against a cap of the key.
      const problem = { ...facts, code: code === 'INSUFFICIENT_CREDITS' ? 'PAYMENT_REQUIRED' : code };
      return refuse(context, 402, problem, recorded);
    }
    setReceipt(context, recorded);
    return context.json(produced.body);
  };
}

function bearerOf(context: Context): string {
  const apiKey = /^Bearer +(cp_\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (apiKey === undefined)
    throw new HTTPException(401, { message: 'Send your API key: "Authorization: Bearer cp_live_...".' });
  return apiKey;
}

/** Where the customer called from, for keys that work from listed addresses alone. Behind a proxy it would be the proxy's word. */
function clientAddressOf(context: Context): { clientAddress?: string } {
  // Without a server in between, as in a test, there is no connection to ask.
  const bindings = context.env as Partial<HttpBindings> | undefined;
  const clientAddress = bindings?.incoming?.socket.remoteAddress;
  return clientAddress === undefined ? {} : { clientAddress };
}

function elapsed(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

/** What the call cost, in headers, so that bodies stay the API's own. */
function setReceipt(context: Context, recorded: RecordedUsage): void {
  context.header('Commonpurse-Cost', recorded.ok ? recorded.credits : '0');
  context.header('Commonpurse-Balance', recorded.balance.available);
  context.header('Commonpurse-Seq', recorded.seq);
  if (recorded.replayed) context.header('Commonpurse-Replayed', 'true');
}

interface Problem {
  code: string;
  message: string;
  required?: string;
  available?: string;
}

type Status = 400 | 401 | 402 | 422 | 429 | 500 | 502 | 503;

function refuse(context: Context, status: Status, error: Problem, recorded?: RecordedUsage): Response {
  if (recorded) setReceipt(context, recorded);
  return context.json({ error }, status);
}

function respondToError(context: Context, error: Error): Response {
  if (error instanceof HTTPException) {
    const code = error.status === 401 ? 'UNAUTHENTICATED' : 'BAD_REQUEST';
    return refuse(context, error.status as Status, { code, message: error.message });
  }
  if (!(error instanceof CommonpurseError)) return refuse(context, 500, FAULT);
  if (error.isTransient) {
    context.header('Retry-After', String(Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1_000))));
    const message = 'We could not settle the payment. Repeat the call with the same Idempotency-Key.';
    return refuse(context, error.code === 'RATE_LIMITED' ? 429 : 503, { code: error.code, message });
  }
  const field = error.path.at(-1);
  if (error.code === 'NOT_FOUND' && field === 'apiKey') {
    return refuse(context, 401, { code: 'UNAUTHENTICATED', message: 'This API key is unknown, ended or mistyped.' });
  }
  if (error.code === 'NOT_FOUND' && field === 'clientAddress') {
    return refuse(context, 401, {
      code: 'UNAUTHENTICATED',
      message: 'This API key may not be used from your address.',
    });
  }
  if (error.code === 'IDEMPOTENCY_CONFLICT') return refuse(context, 422, { code: error.code, message: error.message });
  if (field === 'idempotencyKey') return refuse(context, 400, { code: error.code, message: error.message });
  // What is left is between us and Commonpurse: a dead operator token, a price that nobody set.
  return refuse(context, 500, FAULT);
}

const FAULT: Problem = { code: 'INTERNAL', message: 'Something went wrong on our side.' };
