import type { Db } from '#core/db';

/** A delivery that is this process's to attempt until its lease is over. */
export interface Claim {
  deliveryId: string;
  /** Number of the attempt, from 1. */
  number: number;
  attemptsBefore: number;
  endpointId: string;
  workspaceId: string;
  url: string;
  /** Of an integration its provider and its settings but for secret ones. */
  provider: string | null;
  settings: unknown;
  secret: Uint8Array;
  previousSecret: Uint8Array | null;
  previousSecretEndsAt: Date | null;
  isFailing: boolean;
  isOrdered: boolean;
  isTest: boolean;
  announcementId: string;
  type: string;
  data: unknown;
  occurredAt: Date;
}

/** Longer than any attempt takes: who has not reported by then is dead, and another tries. */
const LEASE_MS = 60_000;

/**
 * Takes due deliveries, at most `room` of each endpoint; of an ordered one the first that is not over, if it is due.
 * What others take at the same time is passed over.
 */
export function claimDeliveries(
  db: Db,
  { rooms, at }: { rooms: ReadonlyMap<string, number>; at: Date },
): Promise<Claim[]> {
  const leaseEnd = new Date(at.getTime() + LEASE_MS);
  return db.$queryRaw<Claim[]>`
    WITH due AS MATERIALIZED (
      SELECT d.id FROM unnest(${[...rooms.keys()]}::uuid[], ${[...rooms.values()]}::int[]) AS want (endpoint_id, room)
      JOIN webhook_endpoint e ON e.id = want.endpoint_id AND e.disabled_at IS NULL
      CROSS JOIN LATERAL (
        SELECT one.id FROM webhook_delivery one
        WHERE one.endpoint_id = e.id AND one.state = 'PENDING' AND one.next_attempt_at <= ${at}
          AND (NOT e.is_ordered OR one.position = (
            SELECT min(first.position) FROM webhook_delivery first
            WHERE first.endpoint_id = e.id AND first.state = 'PENDING'))
        ORDER BY one.next_attempt_at, one.position LIMIT want.room FOR UPDATE SKIP LOCKED) AS d),
    claimed AS (
      UPDATE webhook_delivery d SET attempt_count = d.attempt_count + 1, next_attempt_at = ${leaseEnd}
      FROM due WHERE d.id = due.id
      RETURNING d.id, d.attempt_count, d.attempts_before, d.endpoint_id, d.is_test, d.announcement_id, d.position)
    SELECT c.id AS "deliveryId", c.attempt_count AS number, c.attempts_before AS "attemptsBefore",
      e.id AS "endpointId", e.workspace_id AS "workspaceId", e.url, e.provider, e.settings, e.secret, e.previous_secret AS "previousSecret",
      e.previous_secret_ends_at AS "previousSecretEndsAt", e.failing_since IS NOT NULL AS "isFailing", e.is_ordered AS "isOrdered",
      c.is_test AS "isTest", a.id AS "announcementId", a.type, a.data, a.occurred_at AS "occurredAt"
    FROM claimed c JOIN webhook_endpoint e ON e.id = c.endpoint_id JOIN announcement a ON a.id = c.announcement_id
    ORDER BY c.position`;
}

/** An endpoint with something due. */
export interface DueEndpoint {
  id: string;
  /** Whether it is sent one at a time, with pauses: an integration. */
  isPaced: boolean;
}

/**
 * Endpoints with something due, of one workspace or of all. Walks the index from endpoint to endpoint: a backlog of one
 * costs no more than a single delivery.
 */
export async function findDueEndpoints(db: Db, at: Date, workspaceId: string | null): Promise<DueEndpoint[]> {
  return workspaceId === null
    ? db.$queryRaw<DueEndpoint[]>`
        WITH RECURSIVE pending AS (
          (SELECT endpoint_id AS id FROM webhook_delivery WHERE state = 'PENDING' ORDER BY endpoint_id LIMIT 1)
          UNION ALL
          SELECT (SELECT d.endpoint_id FROM webhook_delivery d
            WHERE d.state = 'PENDING' AND d.endpoint_id > pending.id ORDER BY d.endpoint_id LIMIT 1)
          FROM pending WHERE pending.id IS NOT NULL)
        SELECT e.id, e.provider IS NOT NULL AS "isPaced" FROM pending JOIN webhook_endpoint e USING (id) WHERE EXISTS (
          SELECT FROM webhook_delivery d
          WHERE d.endpoint_id = pending.id AND d.state = 'PENDING' AND d.next_attempt_at <= ${at})`
    : db.$queryRaw<DueEndpoint[]>`
        SELECT e.id, e.provider IS NOT NULL AS "isPaced" FROM webhook_endpoint e WHERE e.workspace_id = ${workspaceId}::uuid AND EXISTS (
          SELECT FROM webhook_delivery d
          WHERE d.endpoint_id = e.id AND d.state = 'PENDING' AND d.next_attempt_at <= ${at})`;
}
