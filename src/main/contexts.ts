import { Access } from '#core/access/access';
import { RateLimited } from '#core/errors';
import { OperationQuota } from '#core/quotas/operation-quota';
import type { Quotas, Taken } from '#core/quotas/quotas';
import type { Context } from '#graph/context';
import type { Caller } from '#server/callers';
import { quotaHeaders } from '#server/quota-headers';

/**
 * Contexts for callers. Each operation of an API key counts against its quotas, on every transport; within a
 * subscription, what one credential may do is read once for all of them, and counts nothing.
 */
export function contextsOver(
  quotas: Quotas,
  parts: Omit<Context, 'actor' | 'access' | 'recheck' | 'within' | 'quota' | 'lastEventId'>,
): (caller: Caller, lastEventId?: string | null) => Promise<Context> {
  const contextOf = (caller: Caller, access: Access, taken: Taken | null): Context => ({
    ...parts,
    actor: access.actor,
    access,
    quota: new OperationQuota(quotas, taken),
    lastEventId: null,
    recheck: () => caller.recheck(),
    within: (recent) => contextOf(caller, recent, null),
  });
  return async (caller, lastEventId = null) => {
    const actor = await caller.identify();
    const taken = actor.kind === 'API_KEY' ? await takeFor(caller, quotas.take(actor.quotas)) : null;
    return { ...contextOf(caller, new Access(parts.db, actor), taken), lastEventId };
  };
}

/** Tells the caller how the quota stands, whether there was room or not. */
async function takeFor({ answerHeaders }: Caller, taking: Promise<Taken>): Promise<Taken> {
  try {
    const taken = await taking;
    if (answerHeaders) Object.assign(answerHeaders, quotaHeaders(taken.standing));
    return taken;
  } catch (error) {
    if (answerHeaders && error instanceof RateLimited && error.standing)
      Object.assign(answerHeaders, quotaHeaders(error.standing));
    throw error;
  }
}
