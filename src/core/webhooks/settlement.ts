import { type Db, inTransaction, type Tx } from '#core/db';
import { recordEvent } from '#core/events/events';
import type { Carried } from '#core/webhooks/carrier';
import type { Claim } from '#core/webhooks/claims';
import { parkDeliveries } from '#core/webhooks/endpoints';
import { nextAttemptAt } from '#core/webhooks/schedule';
import type { DisabledReason } from '#generated/prisma/enums';

/** How an attempt ended. */
export interface Attempted extends Carried {
  claim: Claim;
  startedAt: Date;
  endedAt: Date;
}

/** An endpoint that was disabled for what it did. */
export interface Disabled {
  endpointId: string;
  workspaceId: string;
  url: string;
  /** Of an integration; null for a webhook endpoint. */
  provider: string | null;
  description: string;
  reason: Extract<DisabledReason, 'FAILING' | 'GONE'>;
}

const FAILING_MAX_MS = 5 * 24 * 3_600_000;

/** Whether the receiver took it: of statuses nothing but 2xx counts, a redirect is a failure. */
export function isTaken({ status, failure }: Pick<Attempted, 'status' | 'failure'>): boolean {
  return failure === null && (status === null || (status >= 200 && status <= 299));
}

/**
 * Writes down how attempts ended: the log, what becomes of each delivery, how each endpoint stands, and which endpoints
 * are disabled for it, with the event that says so. All of it or nothing; doing it again changes nothing.
 */
export async function settleAttempts(db: Db, attempted: readonly Attempted[]): Promise<Disabled[]> {
  return inTransaction(db, async (tx) => {
    // What was deleted meanwhile has no log. In order, as everybody locks endpoints.
    const ids = [...new Set(attempted.map(({ claim }) => claim.endpointId))].toSorted();
    await tx.$queryRaw`SELECT id FROM webhook_endpoint WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
    const endpoints = await tx.webhookEndpoint.findMany({ where: { id: { in: ids } } });
    const known = await lockDeliveries(tx, attempted);
    const settled = attempted.filter(({ claim }) => known.has(claim.deliveryId));
    await logAttempts(tx, settled);
    await settleDeliveries(tx, settled);
    const disabled: Disabled[] = [];
    for (const endpoint of endpoints) {
      const own = settled.filter(({ claim }) => claim.endpointId === endpoint.id);
      const health = healthAfter(endpoint.failingSince, own);
      await tx.webhookEndpoint.update({ where: { id: endpoint.id }, data: health.change });
      // 410 says it of one address, which may be another by now.
      const isGone = own.some(({ status, claim }) => status === 410 && claim.url === endpoint.url);
      const reason = isGone ? 'GONE' : health.isOver ? 'FAILING' : null;
      if (reason === null || endpoint.disabledAt !== null) continue;
      const { id: endpointId, workspaceId, url, provider, description } = endpoint;
      const one: Disabled = { endpointId, workspaceId, url, provider, description, reason };
      await disable(tx, one, health);
      disabled.push(one);
    }
    return disabled;
  });
}

/** Those that are still there: an endpoint may have been deleted meanwhile, or what it was told forgotten. */
async function lockDeliveries(tx: Tx, attempted: readonly Attempted[]): Promise<Set<string>> {
  const ids = attempted.map(({ claim }) => claim.deliveryId).toSorted();
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM webhook_delivery WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
  return new Set(rows.map(({ id }) => id));
}

async function logAttempts(tx: Tx, attempted: readonly Attempted[]): Promise<void> {
  await tx.webhookAttempt.createMany({
    data: attempted.map(({ claim, startedAt, durationMs, status, failure, responseHead, isCut }) => ({
      deliveryId: claim.deliveryId,
      number: claim.number,
      url: claim.url,
      startedAt,
      durationMs,
      status,
      failure,
      responseHead,
      isCut,
    })),
    skipDuplicates: true,
  });
}

async function settleDeliveries(tx: Tx, attempted: readonly Attempted[]): Promise<void> {
  const rows = attempted.map((one) => {
    const { claim, endedAt: at, retryAfter } = one;
    const isDone = isTaken(one);
    // Gone: it is parked with the others, so that it can be sent to wherever the endpoint leads next.
    const next = isDone ? null : nextAttemptAt(claim.number - claim.attemptsBefore, { at, retryAfter });
    return { id: claim.deliveryId, number: claim.number, before: claim.attemptsBefore, isDone, next, at };
  });
  // A late report of an attempt that was given up for lost, or before a sending anew, says something new only if it was taken.
  await tx.$executeRaw`
    UPDATE webhook_delivery d SET
      state = (CASE WHEN r.is_done THEN 'SUCCEEDED' WHEN r.next IS NULL THEN 'FAILED' ELSE 'PENDING' END)::delivery_state,
      next_attempt_at = r.next,
      finished_at = CASE WHEN r.next IS NULL THEN r.at END
    FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ number }) => number)}::int[],
      ${rows.map(({ before }) => before)}::int[], ${rows.map(({ isDone }) => isDone)}::boolean[], ${rows.map(({ next }) => next)}::timestamptz[],
      ${rows.map(({ at }) => at)}::timestamptz[]) AS r (id, number, before, is_done, next, at)
    WHERE d.id = r.id AND (r.is_done AND d.state <> 'SUCCEEDED'
      OR d.state = 'PENDING' AND d.attempt_count = r.number AND d.attempts_before = r.before)`;
}

interface Health {
  change: { failingSince?: Date | null; lastSuccessAt?: Date; lastFailureAt?: Date; lastError?: string };
  failingSince: Date | null;
  isOver: boolean;
}

/** How an endpoint stands after these attempts, in the order they ended. */
function healthAfter(failingBefore: Date | null, attempted: readonly Attempted[]): Health {
  const change: Health['change'] = {};
  let failingSince = failingBefore;
  let isOver = false;
  for (const one of attempted.toSorted((a, b) => a.endedAt.getTime() - b.endedAt.getTime())) {
    if (isTaken(one)) {
      change.lastSuccessAt = one.endedAt;
      failingSince = null;
    } else {
      change.lastFailureAt = one.endedAt;
      change.lastError = one.failure ?? `The answer was ${one.status}.`;
      failingSince ??= one.startedAt;
    }
    isOver = failingSince !== null && one.endedAt.getTime() - failingSince.getTime() >= FAILING_MAX_MS;
  }
  return { change: { ...change, failingSince }, failingSince, isOver };
}

async function disable(tx: Tx, { endpointId, workspaceId, provider, reason }: Disabled, health: Health): Promise<void> {
  const disabledAt = health.change.lastFailureAt ?? new Date();
  // Written down with it: a notice that only this process knew of would be lost with it.
  const data = { disabledAt, disabledReason: reason, noticeDueAt: disabledAt };
  await tx.webhookEndpoint.update({ where: { id: endpointId }, data });
  await parkDeliveries(tx, endpointId);
  await recordEvent(tx, {
    workspaceId,
    actorKind: 'SYSTEM',
    actorId: null,
    type: provider === null ? 'webhook.disabled' : 'integration.disabled',
    targetId: endpointId,
    after: { reason, failingSince: health.failingSince?.toISOString() ?? null },
  });
}
