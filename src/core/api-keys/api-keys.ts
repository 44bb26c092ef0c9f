import { originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { type Scope, SCOPES } from '#core/access/policy';
import { requireMayEnd } from '#core/api-keys/reach';
import { addSecret } from '#core/api-keys/secrets';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, Forbidden, NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { newId } from '#core/ids';
import { checkName } from '#core/names';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import type { ApiKey, Prisma } from '#generated/prisma/client';

/** What a key carries when its creator chooses nothing: spend, and see what was spent. */
const DEFAULT_SCOPES: readonly Scope[] = ['usage:write', 'usage:read', 'balance:read'];

const KEYS_PER_WORKSPACE_MAX = 1_000;

export interface CreateApiKeyInput {
  name: string;
  environment: 'LIVE' | 'TEST';
  scopes?: readonly string[] | null;
  expiresAt?: Date | null;
  idempotencyKey: string;
}

export interface CreatedApiKey {
  apiKeyId: string;
  /** The text to hand out, once; null when this is a replay. */
  secret: string | null;
  replayed: boolean;
}

/**
 * A new key of the permit's workspace. Only the hash of its secret is stored.
 * @throws ValidationFailed, Conflict at 1,000 unrevoked keys, IdempotencyConflict.
 */
export async function createApiKey(
  db: Db,
  permit: Permit<'apiKeys:create'>,
  input: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  const { idempotencyKey, environment } = input;
  const name = checkName(input.name);
  const scopes = checkScopes(input.scopes ?? DEFAULT_SCOPES);
  const { expiresAt = null } = input;
  const { workspaceId } = permit;
  const request = {
    scopeId: workspaceId,
    mutation: 'createApiKey',
    idempotencyKey,
    input: { name, environment, scopes, expiresAt },
  };
  return inTransaction(db, (tx) =>
    onceOnly<{ apiKeyId: string }, CreatedApiKey>(tx, request, {
      // Checked inside: a repeated request gets its answer even when the time it named is over.
      work: async () => insertApiKey(tx, permit, { name, environment, scopes, expiresAt: checkExpiry(expiresAt) }),
      answer: ({ apiKeyId }) => ({ apiKeyId }),
      replay: async ({ apiKeyId }) => ({ apiKeyId, secret: null, replayed: true }),
    }),
  );
}

/**
 * Ends a key for ever; revoking a revoked key changes nothing. Live streams of the workspace check themselves again.
 * @throws NotFound when the workspace has no such key, Forbidden for a key that ends one that is not its own.
 */
export async function revokeApiKey(
  db: Db,
  permit: Permit<'apiKeys:revoke'>,
  { apiKeyId }: { apiKeyId: string },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const key = await tx.apiKey.findFirst({ where: { id: apiKeyId, workspaceId } });
    if (!key) throw new NotFound('No such API key.', ['input', 'apiKeyId']);
    requireMayEnd(actor, key);
    const { count } = await tx.apiKey.updateMany({
      where: { id: apiKeyId, revokedAt: null },
      data: { revokedAt: now() },
    });
    if (count === 0) return;
    await tx.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } });
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'api_key.revoked',
      targetId: apiKeyId,
      before: { name: key.name },
    });
  });
}

/** The keys of a workspace, newest first, revoked ones included; never their secrets. */
export function listApiKeys(
  db: Db,
  _permit: Permit<'apiKeys:read'>,
  { query, ...request }: PageRequest & { query: Prisma.ApiKeyDefaultArgs },
): Promise<Page<ApiKey>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.apiKey.findMany({
        ...query,
        where: { workspaceId: _permit.workspaceId, ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: (apiKey) => apiKey.id,
  });
}

/** The workspace that owns a key, or null: the first step of every change to a key named by id alone. */
export async function findWorkspaceOfApiKey(db: Db, apiKeyId: string): Promise<string | null> {
  const key = await db.apiKey.findUnique({ where: { id: apiKeyId }, select: { workspaceId: true } });
  return key?.workspaceId ?? null;
}

/** A key by id. Rights are the caller's business. @throws Error when there is none. */
export function findApiKey<Q extends Prisma.ApiKeyDefaultArgs>(db: Db, id: string, query: Q) {
  return db.apiKey.findUniqueOrThrow({ ...query, where: { id } });
}

/** The keys with these ids, in the order asked; null where there is none. Rights are the caller's business. */
export async function findApiKeys(db: Db, ids: readonly string[]): Promise<(ApiKey | null)[]> {
  const keys = await db.apiKey.findMany({ where: { id: { in: [...ids] } } });
  return ids.map((id) => keys.find((key) => key.id === id) ?? null);
}

type NewApiKey = Pick<ApiKey, 'name' | 'environment' | 'scopes' | 'expiresAt'>;

async function insertApiKey(
  tx: Tx,
  { workspaceId, actor }: Permit<'apiKeys:create'>,
  key: NewApiKey,
): Promise<CreatedApiKey> {
  if (actor.kind !== 'USER') throw new Forbidden('Only a signed-in member may create this API key.');
  const member = await tx.member.findFirst({ where: { workspaceId, userId: actor.userId, removedAt: null } });
  if (!member) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
  // Creations queue here: two that count at once would both find the last free place.
  await tx.$queryRaw`SELECT id FROM workspace WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
  const live = await tx.apiKey.count({ where: { workspaceId, revokedAt: null } });
  if (live >= KEYS_PER_WORKSPACE_MAX) {
    throw new Conflict(
      `A workspace has at most ${KEYS_PER_WORKSPACE_MAX} keys that are not revoked: revoke one first.`,
    );
  }
  const apiKeyId = newId();
  const createdAt = now();
  await tx.apiKey.create({ data: { ...key, id: apiKeyId, workspaceId, memberId: member.id, createdAt } });
  const secret = await addSecret(tx, { ...key, id: apiKeyId }, createdAt);
  await recordEvent(tx, {
    ...originOf(actor),
    workspaceId,
    type: 'api_key.created',
    targetId: apiKeyId,
    after: { name: key.name, environment: key.environment, scopes: key.scopes },
  });
  return { apiKeyId, secret: secret.text, replayed: false };
}

function checkScopes(scopes: readonly string[]): string[] {
  const path = ['input', 'scopes'];
  if (scopes.length === 0)
    throw new ValidationFailed('scopes is empty: leave it out for the default or name at least one.', path);
  const unknown = scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown !== undefined) {
    throw new ValidationFailed(`scopes has an unknown scope. Known scopes: ${SCOPES.join(', ')}.`, path);
  }
  return SCOPES.filter((scope) => scopes.includes(scope));
}

function checkExpiry(expiresAt: Date | null): Date | null {
  if (expiresAt !== null && expiresAt <= now()) {
    throw new ValidationFailed('expiresAt is in the past: give a future time or leave it out.', ['input', 'expiresAt']);
  }
  return expiresAt;
}
