import { originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { requireLesser } from '#core/api-keys/lesser';
import { findHolder, requireMayEnd, requireReach } from '#core/api-keys/reach';
import { heldScopes } from '#core/api-keys/scopes';
import {
  checkSettings,
  describeSettings,
  type KeySettings,
  refuse,
  requireAhead,
  type SettingsInput,
} from '#core/api-keys/settings';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, Forbidden, NotFound } from '#core/errors';
import type { ApiKeySettings } from '#core/events/catalogue';
import { recordEvent } from '#core/events/events';
import type { ApiKey } from '#generated/prisma/client';

export interface UpdateApiKeyInput extends SettingsInput {
  apiKeyId: string;
  /** True: refused everywhere until it is false again. */
  disabled?: boolean | null | undefined;
}

/**
 * Changes what is said and keeps the rest. Whoever lets a key do something must be able to do it themselves; switching
 * it off is for everybody with the permit. The caller tells the bus, since caches and streams have to look again.
 * @throws ValidationFailed, NotFound, Forbidden out of reach (reach.ts), Conflict for a revoked key.
 */
export async function updateApiKey(
  db: Db,
  permit: Permit<'apiKeys:update'>,
  { apiKeyId, disabled, ...input }: UpdateApiKeyInput,
): Promise<void> {
  const said = checkSettings(input);
  requireAhead(said.expiresAt);
  if (disabled === null) refuse('disabled', 'cannot be cleared: say true or false.');
  await inTransaction(db, async (tx) => {
    const key = await lockKey(tx, permit, apiKeyId);
    await requireMayChange(tx, permit, { key, said, disabled });
    if (key.revokedAt) throw new Conflict('This API key is revoked for ever: create another one.');
    if (key.parent) requireLesser(key.parent, said);
    const isSwitched = disabled !== undefined && disabled !== (key.disabledAt !== null);
    const disabledAt = disabled === true ? now() : null;
    await tx.apiKey.update({ where: { id: apiKeyId }, data: { ...said, ...(isSwitched && { disabledAt }) } });
    const changes = changesBetween(key, { ...key, ...said });
    await recordChanges(tx, permit, { key, changes, switchedTo: isSwitched ? disabled : undefined });
  });
}

type KeyWithMaker = ApiKey & { parent: ApiKey | null };

/** Locks the key before its workspace, as every change to a key does. @throws NotFound */
async function lockKey(tx: Tx, { workspaceId }: Permit<'apiKeys:update'>, id: string): Promise<KeyWithMaker> {
  await tx.$queryRaw`SELECT id FROM api_key WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  const key = await tx.apiKey.findFirst({ where: { id, workspaceId }, include: { parent: true } });
  if (!key) throw new NotFound('No such API key.', ['input', 'apiKeyId']);
  return key;
}

async function requireMayChange(
  tx: Tx,
  permit: Permit<'apiKeys:update'>,
  { key, said, disabled }: { key: KeyWithMaker; said: Partial<KeySettings>; disabled: boolean | undefined },
): Promise<void> {
  const holder = await findHolder(tx, permit);
  // Like ending it, this gives nobody anything.
  if (disabled === true && Object.keys(said).length === 0) return requireMayEnd(permit.actor, key);
  if (holder.kind === 'USER') {
    requireReach(holder, key);
    return requireReach(holder, { ...key, ...said });
  }
  // It could take its own caps off.
  if (holder.apiKeyId === key.id)
    throw new Forbidden('An API key may change the keys it made, not itself: ask a member.');
  requireReach(holder, { ...key, scopes: said.scopes ?? heldScopes(key) });
}

interface Changes {
  before: Partial<ApiKeySettings>;
  after: Partial<ApiKeySettings>;
}

function changesBetween(key: KeySettings, changed: KeySettings): Changes {
  const [was, is] = [describeSettings(key), describeSettings(changed)];
  const fields = (Object.keys(is) as (keyof typeof is)[]).filter(
    (field) => JSON.stringify(was[field]) !== JSON.stringify(is[field]),
  );
  const pick = (from: typeof is) => Object.fromEntries(fields.map((field) => [field, from[field]]));
  return { before: pick(was), after: pick(is) };
}

/** What decides at each debit alone, or nothing at all: no cache and no stream need hear of it. */
const NO_RIGHTS = new Set(['name', 'caps']);

async function recordChanges(
  tx: Tx,
  { workspaceId, actor }: Permit<'apiKeys:update'>,
  { key, changes, switchedTo }: { key: ApiKey; changes: Changes; switchedTo: boolean | undefined },
): Promise<void> {
  const changed = Object.keys(changes.after);
  if (switchedTo !== undefined || changed.some((field) => !NO_RIGHTS.has(field))) {
    await tx.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } });
  }
  const event = { ...originOf(actor), workspaceId, targetId: key.id };
  if (changed.length > 0) await recordEvent(tx, { ...event, type: 'api_key.updated', ...changes });
  if (switchedTo === undefined) return;
  const type = switchedTo ? 'api_key.disabled' : 'api_key.enabled';
  await recordEvent(tx, { ...event, type, after: { name: changes.after.name ?? key.name } });
}
