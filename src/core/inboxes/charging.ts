import type { Credits } from '#core/credits/credits';
import type { Db } from '#core/db';
import { encodeId } from '#core/ids';

/** What an event costs is the price of this operation; without one, or at 0, events are free. */
export const EVENT_OPERATION = 'inbox.received';

const LOOK_INTERVAL_MS = 5_000;
/** Whoever stored a delivery charges it at once: what is still due after this long was left behind by a crash or an outage. */
const LEFT_BEHIND_MS = 5_000;
const DELIVERIES_PER_LOOK = 500;

/** A stored delivery whose price is to be charged. */
export interface DueDelivery {
  id: string;
  inboxId: string;
  inboxName: string;
  workspaceId: string;
}

/**
 * Charges events after they were stored, each exactly once: the idempotency key is the delivery's, so that what a crash
 * left undone is done by any process, and what it left unwritten is found again. An event that the balance does not cover
 * stays stored, and says so.
 */
export class DeliveryCharging {
  readonly #db: Db;
  readonly #credits: Pick<Credits, 'chargeWorkspace'>;
  readonly #onError: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #running = new Set<Promise<void>>();
  #isLooking = false;

  constructor(options: {
    db: Db;
    credits: Pick<Credits, 'chargeWorkspace'>;
    onError: (error: unknown) => void;
    lookIntervalMs?: number;
  }) {
    this.#db = options.db;
    this.#credits = options.credits;
    this.#onError = options.onError;
    this.#timer = setInterval(() => this.#run(this.#look()), options.lookIntervalMs ?? LOOK_INTERVAL_MS).unref();
  }

  /** Begins at once and keeps nobody waiting. Never throws. */
  begin(delivery: DueDelivery): void {
    this.#run(this.charge(delivery));
  }

  /** @throws Unavailable (outcome unknown: charge it again), NotFound for a workspace that was deleted meanwhile. */
  async charge({ id, inboxId, inboxName, workspaceId }: DueDelivery): Promise<void> {
    const { entry } = await this.#credits.chargeWorkspace({
      workspaceId,
      operation: EVENT_OPERATION,
      tag: inboxName,
      metadata: { deliveryId: encodeId('InboxDelivery', id) },
      // No caller's key is hashed with the id of an inbox, so none can stand in the way.
      scopeId: inboxId,
      idempotencyKey: id,
    });
    await this.#db.inboxDelivery.updateMany({
      where: { id, charge: 'DUE' },
      data: { charge: entry.outcome === 'DECLINED' ? 'UNPAID' : 'CHARGED', chargeSeq: entry.seq },
    });
  }

  /** Stops; resolves when what runs has ended. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
  }

  #run(work: Promise<void>): void {
    const running = work.catch(this.#onError).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const delivery of await findLeftBehind(this.#db)) await this.charge(delivery);
    } finally {
      this.#isLooking = false;
    }
  }
}

/** Those that were left behind longest, and whose workspace is there. */
function findLeftBehind(db: Db): Promise<DueDelivery[]> {
  return db.$queryRaw<DueDelivery[]>`
    SELECT d.id, d.inbox_id AS "inboxId", i.name AS "inboxName", i.workspace_id AS "workspaceId"
    FROM inbox_delivery d JOIN inbox i ON i.id = d.inbox_id JOIN workspace w ON w.id = i.workspace_id
    WHERE d.charge = 'DUE' AND d.received_at < clock_timestamp() - make_interval(secs => ${LEFT_BEHIND_MS / 1_000}::float8)
      AND w.deleted_at IS NULL
    ORDER BY d.received_at LIMIT ${DELIVERIES_PER_LOOK}::int`;
}
