import { type Actor, originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Scope } from '#core/access/policy';
import { visibleTo } from '#core/access/visibility';
import { requireLesser } from '#core/api-keys/lesser';
import { findHolder, requireMayEnd, requireReach } from '#core/api-keys/reach';
import { addSecret } from '#core/api-keys/secrets';
import {
  checkSettings,
  describeSettings,
  type KeySettings,
  refuse,
  requireAhead,
  type SettingsInput,
} from '#core/api-keys/settings';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, NotFound } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { newId } from '#core/ids';
import { checkName } from '#core/names';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import type { ApiKey, Prisma } from '#generated/prisma/client';

/** What a key carries when its creator chooses nothing: spend, and see what was spent. */
const DEFAULT_SCOPES: readonly Scope[] = ['usage:write', 'usage:read', 'holds:write', 'balance:read'];

const KEYS_PER_WORKSPACE_MAX = 1_000;

export interface CreateApiKeyInput extends SettingsInput {
  name: string;
  /** Left out: LIVE, or that of the key that makes it. */
  environment?: 'LIVE' | 'TEST' | null | undefined;
  idempotencyKey: string;
}

export interface CreatedApiKey {
  apiKeyId: string;
  /** The text to hand out, once; null when this is a replay. */
  secret: string | null;
  replayed: boolean;
}

/**
 * A new key of the permit's workspace; made by a key, a lesser one of that key. Only the hash of its secret is stored.
 * @throws ValidationFailed, Conflict at 1,000 unrevoked keys, IdempotencyConflict.
 */
export async function createApiKey(
  db: Db,
  permit: Permit<'apiKeys:create'>,
  { idempotencyKey, environment = null, scopes = null, name, ...input }: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  const said = { name: checkName(name), ...checkSettings({ ...input, scopes: scopes ?? undefined }) };
  const { workspaceId, actor } = permit;
  const madeBy = actor.kind === 'API_KEY' ? actor.apiKeyId : null;
  const request = {
    scopeId: workspaceId,
    mutation: 'createApiKey',
    idempotencyKey,
    input: { ...said, environment, madeBy },
  };
  return inTransaction(db, (tx) =>
    onceOnly<{ apiKeyId: string }, CreatedApiKey>(tx, request, {
      work: async () => {
        // Inside: a repeated request gets its answer even when the time it named is over.
        requireAhead(said.expiresAt);
        return insertApiKey(tx, permit, { ...said, environment });
      },
      answer: ({ apiKeyId }) => ({ apiKeyId }),
      replay: async ({ apiKeyId }) => ({ apiKeyId, secret: null, replayed: true }),
    }),
  );
}

/**
 * Ends a key for ever, with the keys it made; revoking a revoked key changes nothing. Live streams of the workspace check
 * themselves again.
 * @throws NotFound when the workspace has no such key, Forbidden for a key that ends one that is not its own.
 */
export async function revokeApiKey(
  db: Db,
  permit: Permit<'apiKeys:revoke'>,
  { apiKeyId }: { apiKeyId: string },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    // Whoever makes a lesser key of it waits, and then finds it revoked.
    await tx.$queryRaw`SELECT id FROM api_key WHERE id = ${apiKeyId}::uuid FOR NO KEY UPDATE`;
    const key = await tx.apiKey.findFirst({ where: { id: apiKeyId, workspaceId } });
    if (!key) throw new NotFound('No such API key.', ['input', 'apiKeyId']);
    requireMayEnd(actor, key);
    const where = { OR: [{ id: apiKeyId }, { parentId: apiKeyId }], revokedAt: null };
    const ended = await tx.apiKey.updateManyAndReturn({ where, data: { revokedAt: now() } });
    if (ended.length === 0) return;
    await tx.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } });
    for (const { id: targetId, name } of ended) {
      await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'api_key.revoked', targetId, before: { name } });
    }
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

/** The workspace that owns a key, or null for an absent and a foreign one alike, by the same work. */
export async function findWorkspaceOfApiKey(db: Db, actor: Actor, apiKeyId: string): Promise<string | null> {
  const where = { id: apiKeyId, workspace: visibleTo(actor) };
  const key = await db.apiKey.findFirst({ where, select: { workspaceId: true } });
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

type NewApiKey = Partial<KeySettings> & Pick<KeySettings, 'name'> & { environment: 'LIVE' | 'TEST' | null };

async function insertApiKey(tx: Tx, permit: Permit<'apiKeys:create'>, said: NewApiKey): Promise<CreatedApiKey> {
  const { workspaceId, actor } = permit;
  const maker = await lockMaker(tx, permit);
  // Creations queue here: two that count at once would both find the last free place.
  await tx.$queryRaw`SELECT id FROM workspace WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
  const holder = await findHolder(tx, permit);
  await requireFreePlace(tx, permit);
  const id = newId();
  const origin = { id, parentId: maker?.id ?? null, memberId: holder.memberId };
  const key = { ...(maker ? lesserKey(maker, said) : memberKey(said)), ...origin };
  requireReach(holder, key);
  const createdAt = now();
  const created = await tx.apiKey.create({ data: { ...key, workspaceId, createdAt } });
  const secret = await addSecret(tx, created, createdAt);
  const { environment, parentId } = created;
  await recordEvent(tx, {
    ...originOf(actor),
    workspaceId,
    type: 'api_key.created',
    targetId: id,
    after: { ...describeSettings(created), environment, ...(parentId !== null && { parentId }) },
  });
  return { apiKeyId: id, secret: secret.text, replayed: false };
}

/** The key that makes another, locked, so that it is revoked before or after but not meanwhile; null for a member. */
async function lockMaker(tx: Tx, { actor, workspaceId }: Permit<'apiKeys:create'>): Promise<ApiKey | null> {
  if (actor.kind !== 'API_KEY') return null;
  await tx.$queryRaw`SELECT id FROM api_key WHERE id = ${actor.apiKeyId}::uuid FOR NO KEY UPDATE`;
  return tx.apiKey.findFirst({ where: { id: actor.apiKeyId, workspaceId } });
}

async function requireFreePlace(tx: Tx, { workspaceId }: Permit<'apiKeys:create'>): Promise<void> {
  const live = await tx.apiKey.count({ where: { workspaceId, revokedAt: null } });
  if (live < KEYS_PER_WORKSPACE_MAX) return;
  throw new Conflict(`A workspace has at most ${KEYS_PER_WORKSPACE_MAX} keys that are not revoked: revoke one first.`);
}

function memberKey({ scopes = [...DEFAULT_SCOPES], ...said }: NewApiKey) {
  return { ...said, scopes, environment: said.environment ?? 'LIVE' };
}

/** @throws ValidationFailed, naming what goes beyond its maker. */
function lesserKey(maker: ApiKey, { environment, ...said }: NewApiKey) {
  if (environment !== null && environment !== maker.environment) {
    refuse('environment', `must be ${maker.environment}, that of the key that makes it.`);
  }
  const scopes = said.scopes ?? DEFAULT_SCOPES.filter((scope) => maker.scopes.includes(scope));
  if (scopes.length === 0)
    refuse('scopes', 'must name a scope of the key that makes it: it has none of the usual ones.');
  requireLesser(maker, { ...said, scopes });
  return { ...said, scopes, environment: maker.environment };
}
