import type { Credits } from '#core/credits/credits';
import { IdempotencyConflict, ValidationFailed } from '#core/errors';
import type { TestWorkspace, World } from '../world/world.ts';
import type { Attempt } from './history.ts';
import type { Send } from './load.ts';

/** Calls the core of this process. */
export async function sendTo(world: World, workspace: TestWorkspace, credits: Credits): Promise<Send> {
  const { workspaceId, key } = workspace;
  const { apiKeyId } = key.actor;
  const usage = await world.permit(key.actor, 'usage:write', workspaceId);
  const granting = await world.permit(world.operator, 'credits:grant', workspaceId);
  return async (name, request) => {
    const { credits: amount } = request;
    try {
      const { entry, replayed } =
        request.kind === 'DEBIT'
          ? await credits.recordUsage(usage, { apiKeyId, idempotencyKey: name, tag: name, credits: amount })
          : await credits.grantCredits(granting, {
              credits: amount,
              source: 'PURCHASE',
              priority: request.priority,
              expiresAt: request.expiresAt === null ? null : new Date(request.expiresAt),
              reason: name,
              idempotencyKey: name,
            });
      const outcome = entry.outcome === 'DECLINED' ? 'DECLINED' : 'SUCCEEDED';
      return { seq: Number(entry.seq), outcome, availableAfter: entry.availableAfter, replayed };
    } catch (error) {
      if (error instanceof IdempotencyConflict) return 'CONFLICT';
      return error instanceof ValidationFailed ? 'REFUSED' : 'UNKNOWN';
    }
  };
}

const RECORD = `mutation ($input: RecordUsageInput!) {
  recordUsage(input: $input) {
    __typename
    ... on RecordUsagePayload { seq replayed balance { available } }
    ... on InsufficientCredits { balance { seq available } replayed }
  }
}`;

interface Recorded {
  __typename: string;
  seq?: string;
  replayed: boolean;
  balance: { seq?: string; available: string };
}

const PATIENCE_MS = 4_000;

/** Calls of the API key over HTTP, to whatever server is there at the moment; grants have no key and go another way. */
export function sendOverHttp(urlOf: () => string, { key }: TestWorkspace, grants: Send): Send {
  return async (name, request) => {
    if (request.kind === 'GRANT') return grants(name, request);
    try {
      const response = await fetch(`${urlOf()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key.secret}` },
        body: JSON.stringify({
          query: RECORD,
          variables: { input: { credits: creditsText(request.credits), idempotencyKey: name, tag: name } },
        }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const { data } = (await response.json()) as { data?: { recordUsage: Recorded } };
      return answerOf(data?.recordUsage);
    } catch {
      return 'UNKNOWN';
    }
  };
}

function answerOf(recorded: Recorded | undefined): Attempt['answer'] {
  if (!recorded) return 'UNKNOWN';
  const { __typename: type, seq, balance, replayed } = recorded;
  if (type === 'IdempotencyConflict') return 'CONFLICT';
  if (type !== 'RecordUsagePayload' && type !== 'InsufficientCredits') throw new Error(`The server answered ${type}`);
  return {
    seq: Number(seq ?? balance.seq),
    outcome: type === 'RecordUsagePayload' ? 'SUCCEEDED' : 'DECLINED',
    availableAfter: microOf(balance.available),
    replayed,
  };
}

/** Micro-credits as the API writes them. */
const creditsText = (micro: bigint): string => `${micro / 1_000_000n}.${String(micro % 1_000_000n).padStart(6, '0')}`;

/** Micro-credits of what the API writes. */
export function microOf(text: string): bigint {
  const [whole = '0', part = ''] = text.split('.');
  return BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0'));
}
