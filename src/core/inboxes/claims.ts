import type { Permit } from '#core/access/permit';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { NotFound, ValidationFailed } from '#core/errors';
import { hashIdempotencyKey, onceOnly } from '#core/idempotency';

const CLAIM_MAX = 20;
const CLAIM_DEFAULT = 10;
const SECONDS_MAX = 43_200;
const SECONDS_DEFAULT = 60;
/** Bodies of one claim, unless the first alone is larger: a worker shall not be sent more than it can hold. */
const CLAIM_BYTES_MAX = 4 * 1_048_576;
const ACKNOWLEDGE_MAX = 100;

export interface ClaimDeliveriesInput {
  inboxId: string;
  /** At most so many; 10 unless given. */
  count?: number | null | undefined;
  /** How long they are nobody else's; 60 unless given. */
  seconds?: number | null | undefined;
  idempotencyKey: string;
}

/** Ids, the oldest delivery first. */
export interface TakenDeliveries {
  deliveryIds: string[];
  replayed: boolean;
}

/**
 * Lends the oldest deliveries that wait to one worker: until their time is over nobody else gets them, and then whoever
 * asks next does. Duplicates and deliveries whose signature failed are for nobody. Under the same idempotency key the
 * same claim is answered again, as long as it lasts, so that a lost answer strands nothing.
 * @throws ValidationFailed, NotFound when the workspace has no such inbox.
 */
export async function claimDeliveries(
  db: Db,
  { workspaceId }: Permit<'inboxes:write'>,
  { inboxId, idempotencyKey, ...input }: ClaimDeliveriesInput,
): Promise<TakenDeliveries> {
  const count = within('count', input.count ?? CLAIM_DEFAULT, CLAIM_MAX);
  const seconds = within('seconds', input.seconds ?? SECONDS_DEFAULT, SECONDS_MAX);
  const keyHash = hashIdempotencyKey(inboxId, idempotencyKey);
  return inTransaction(db, async (tx) => {
    await requireInbox(tx, { workspaceId, inboxId });
    // Two claims with one key at once: the second waits, and is answered with what the first took.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${Buffer.from(keyHash).toString('hex')}, 0))`;
    const claimed = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM inbox_delivery
      WHERE claim_key_hash = ${keyHash} AND claimed_until > clock_timestamp() ORDER BY number`;
    if (claimed.length > 0) return { deliveryIds: idsOf(claimed), replayed: true };
    const taken = await tx.$queryRaw<{ id: string }[]>`
      WITH waiting AS MATERIALIZED (
        SELECT id, number, stored_bytes FROM inbox_delivery
        WHERE inbox_id = ${inboxId}::uuid AND acknowledged_at IS NULL AND duplicate_of_id IS NULL AND signature <> 'FAILED'
          AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
        ORDER BY number LIMIT ${count}::int FOR NO KEY UPDATE SKIP LOCKED
      ), picked AS (
        SELECT id, number, sum(stored_bytes) OVER (ORDER BY number) - stored_bytes AS before FROM waiting
      ), claimed AS (
        UPDATE inbox_delivery d
        SET claimed_until = clock_timestamp() + make_interval(secs => ${seconds}::int), claim_key_hash = ${keyHash}
        FROM picked WHERE picked.id = d.id AND picked.before < ${CLAIM_BYTES_MAX}::int
        RETURNING d.id, d.number
      )
      SELECT id FROM claimed ORDER BY number`;
    return { deliveryIds: idsOf(taken), replayed: false };
  });
}

export interface AcknowledgeDeliveriesInput {
  inboxId: string;
  deliveryIds: readonly string[];
  idempotencyKey: string;
}

/**
 * Notes that deliveries were dealt with: all of them or none. One that was acknowledged before stays as it was. It matters
 * not who claimed them: whoever did the work says so.
 * @throws ValidationFailed, NotFound when one is not of this inbox, IdempotencyConflict.
 */
export async function acknowledgeDeliveries(
  db: Db,
  { workspaceId }: Permit<'inboxes:write'>,
  { inboxId, idempotencyKey, ...input }: AcknowledgeDeliveriesInput,
): Promise<TakenDeliveries> {
  const deliveryIds = [...new Set(input.deliveryIds)].toSorted();
  if (deliveryIds.length === 0 || deliveryIds.length > ACKNOWLEDGE_MAX) {
    throw new ValidationFailed(`deliveryIds must be 1 to ${ACKNOWLEDGE_MAX} ids.`, ['input', 'deliveryIds']);
  }
  const request = {
    scopeId: workspaceId,
    mutation: 'acknowledgeDeliveries',
    idempotencyKey,
    input: { inboxId, deliveryIds },
  };
  return inTransaction(db, (tx) =>
    onceOnly<Record<string, never>, TakenDeliveries>(tx, request, {
      work: async () => {
        // In order, so that two who acknowledge the same do not wait for each other in a circle.
        const found = await tx.$queryRaw<{ id: string }[]>`
          SELECT id FROM inbox_delivery
          WHERE id = ANY (${deliveryIds}::uuid[]) AND inbox_id = ${inboxId}::uuid AND workspace_id = ${workspaceId}::uuid
          ORDER BY id FOR NO KEY UPDATE`;
        if (found.length < deliveryIds.length) {
          throw new NotFound('No such delivery in this inbox.', ['input', 'deliveryIds']);
        }
        await tx.inboxDelivery.updateMany({
          where: { id: { in: deliveryIds }, acknowledgedAt: null },
          data: { acknowledgedAt: now(), claimedUntil: null, claimKeyHash: null },
        });
        return { deliveryIds, replayed: false };
      },
      // The request says which they were.
      answer: () => ({}),
      replay: async () => ({ deliveryIds, replayed: true }),
    }),
  );
}

/** @throws NotFound */
async function requireInbox(tx: Tx, where: { workspaceId: string; inboxId: string }): Promise<void> {
  const { workspaceId, inboxId: id } = where;
  if (await tx.inbox.findFirst({ where: { id, workspaceId }, select: { id: true } })) return;
  throw new NotFound('No such inbox.', ['input', 'inboxId']);
}

/** @throws ValidationFailed */
function within(field: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new ValidationFailed(`${field} must be a whole number from 1 to ${most}.`, ['input', field]);
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);
