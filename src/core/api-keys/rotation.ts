import { originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { findHolder, requireReach } from '#core/api-keys/reach';
import { heldScopes } from '#core/api-keys/scopes';
import { addSecret } from '#core/api-keys/secrets';
import { apiKeyState } from '#core/api-keys/state';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, NotFound } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';

const HOUR_MS = 3_600_000;

/** How long the secret before goes on working, in milliseconds. */
const OVERLAPS_MS = { NONE: 0, ONE_HOUR: HOUR_MS, ONE_DAY: 24 * HOUR_MS, SEVEN_DAYS: 7 * 24 * HOUR_MS } as const;
export type Overlap = keyof typeof OVERLAPS_MS;

export interface RotateApiKeyInput {
  apiKeyId: string;
  overlap: Overlap;
  idempotencyKey: string;
}

export interface RotatedApiKey {
  apiKeyId: string;
  /** The text to hand out, once; null when this is a replay. */
  secret: string | null;
  replayed: boolean;
}

/**
 * Gives a key a new secret; the key stays what it is. The secret until now works on for the overlap, and one that
 * still overlapped from an earlier rotation ends at once, so never more than two work. The caller tells the bus.
 * @throws NotFound, Forbidden out of reach (reach.ts), Conflict for a key that is revoked or expired, IdempotencyConflict.
 */
export async function rotateApiKey(
  db: Db,
  permit: Permit<'apiKeys:rotate'>,
  { apiKeyId, overlap, idempotencyKey }: RotateApiKeyInput,
): Promise<RotatedApiKey> {
  const request = {
    scopeId: permit.workspaceId,
    mutation: 'rotateApiKey',
    idempotencyKey,
    input: { apiKeyId, overlap },
  };
  return inTransaction(db, (tx) =>
    onceOnly<{ apiKeyId: string }, RotatedApiKey>(tx, request, {
      work: async () => ({ apiKeyId, secret: await replaceSecret(tx, permit, { apiKeyId, overlap }), replayed: false }),
      answer: () => ({ apiKeyId }),
      replay: async () => ({ apiKeyId, secret: null, replayed: true }),
    }),
  );
}

async function replaceSecret(
  tx: Tx,
  permit: Permit<'apiKeys:rotate'>,
  { apiKeyId, overlap }: Pick<RotateApiKeyInput, 'apiKeyId' | 'overlap'>,
): Promise<string> {
  const { workspaceId, actor } = permit;
  // Rotations queue here: two at once would leave two current secrets.
  await tx.$queryRaw`SELECT id FROM api_key WHERE id = ${apiKeyId}::uuid AND workspace_id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
  const key = await tx.apiKey.findFirst({
    where: { id: apiKeyId, workspaceId },
    include: { parent: true },
  });
  if (!key) throw new NotFound('No such API key.', ['input', 'apiKeyId']);
  const holder = await findHolder(tx, permit);
  // To the key that made it, a lesser key is what it may do now; a member has to reckon with what it could do again.
  requireReach(holder, holder.kind === 'USER' ? key : { ...key, scopes: heldScopes(key) });
  const at = now();
  const state = apiKeyState(key, at);
  if (state === 'REVOKED' || state === 'EXPIRED') {
    throw new Conflict(`This API key is ${state.toLowerCase()}, which no new secret changes: create another key.`);
  }
  const endsAt = new Date(at.getTime() + OVERLAPS_MS[overlap]);
  const current = await tx.apiKeySecret.findFirstOrThrow({ where: { apiKeyId, expiresAt: null } });
  // What has ended goes, so that a key rotated every day has three rows at most.
  await tx.apiKeySecret.deleteMany({ where: { apiKeyId, expiresAt: { lte: at } } });
  await tx.apiKeySecret.updateMany({ where: { apiKeyId }, data: { expiresAt: at } });
  await tx.apiKeySecret.update({ where: { id: current.id }, data: { expiresAt: endsAt } });
  const { text, lastFour } = await addSecret(tx, key, at);
  await tx.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } });
  await recordEvent(tx, {
    ...originOf(actor),
    workspaceId,
    type: 'api_key.rotated',
    targetId: apiKeyId,
    before: { lastFour: current.lastFour },
    after: { lastFour, previousEndsAt: endsAt.toISOString() },
  });
  return text;
}
