import type { Actor } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { type Action, keyAllows, POLICY, type Role, roleAllows } from '#core/access/policy';
import { apiKeyState, LIFETIME } from '#core/api-keys/state';
import { now, type Tx } from '#core/db';
import { Forbidden, NotFound, Unauthenticated } from '#core/errors';

const ONLY_OWN = 'An API key may touch only itself and the lesser keys it made, which may do no more than it.';

/** Who would come to hold a key's secret, or to widen the key: a member, or a key with the scope keys:write. */
export type Holder =
  | { kind: 'USER'; memberId: string; role: Role }
  | {
      kind: 'API_KEY';
      apiKeyId: string;
      parentId: string | null;
      memberId: string;
      environment: 'LIVE' | 'TEST';
      scopes: readonly string[];
    };

/** What decides who may hold a key; `id` and `parentId` as they will be, for a key that is to be created. */
export interface HeldKey {
  id: string;
  parentId: string | null;
  memberId: string;
  environment: 'LIVE' | 'TEST';
  scopes: readonly string[];
}

/**
 * Whether a holder may create, rotate, change or enable this key: only whoever could do by themselves all that it can,
 * since whoever does it could use it. A key reaches itself and the lesser keys it made; a lesser key makes none.
 */
export function reaches(holder: Holder, key: HeldKey): boolean {
  if (holder.kind === 'API_KEY') return isOwnOrLesser(holder, key);
  // One's own keys never exceed one's own role. With another's, it counts what they could come to do: roles grow.
  return holder.memberId === key.memberId || actionsOf(key.scopes).every((action) => roleAllows(holder.role, action));
}

/** @throws Forbidden when the holder does not reach the key. */
export function requireReach(holder: Holder, key: HeldKey): void {
  if (reaches(holder, key)) return;
  throw new Forbidden(
    holder.kind === 'USER'
      ? 'This API key may do what your role may not: ask somebody whose role may, or revoke it.'
      : ONLY_OWN,
  );
}

/**
 * Ending a key is for everybody whom the policy lets: it gives nobody anything. Only keys end no others than their own.
 * @throws Forbidden
 */
export function requireMayEnd(actor: Actor, key: Pick<HeldKey, 'id' | 'parentId'>): void {
  if (actor.kind !== 'API_KEY' || key.id === actor.apiKeyId || key.parentId === actor.apiKeyId) return;
  throw new Forbidden(ONLY_OWN);
}

/**
 * Who the permit's actor is as a holder, read anew: what a cache knew of their rights may be over.
 * @throws NotFound, Unauthenticated when they have no rights here any more, Forbidden for operators and
 *   for who may not do this any more.
 */
export async function findHolder(
  tx: Tx,
  { action, actor, workspaceId }: Permit<'apiKeys:create' | 'apiKeys:rotate' | 'apiKeys:update'>,
): Promise<Holder> {
  const lost = new Forbidden(`This credential may not do this (${action}) any more.`);
  if (actor.kind === 'USER') {
    const where = { workspaceId, userId: actor.userId, removedAt: null };
    const member = await tx.member.findFirst({ where, select: { id: true, role: true } });
    if (!member) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
    if (!roleAllows(member.role, action)) throw lost;
    return { kind: 'USER', memberId: member.id, role: member.role };
  }
  if (actor.kind !== 'API_KEY') throw new Forbidden('Only a member or an API key of theirs may do this.');
  const key = await tx.apiKey.findFirst({
    where: { id: actor.apiKeyId, workspaceId },
    include: { parent: { select: LIFETIME }, member: { select: { role: true } } },
  });
  if (!key || apiKeyState(key, now()) !== 'ACTIVE') throw new Unauthenticated('This API key has ended.');
  if (!keyAllows(key.scopes, key.member.role, action)) throw lost;
  const { parentId, memberId, environment, scopes } = key;
  return { kind: 'API_KEY', apiKeyId: key.id, parentId, memberId, environment, scopes };
}

function isOwnOrLesser(holder: Extract<Holder, { kind: 'API_KEY' }>, key: HeldKey): boolean {
  const isLesser = key.parentId === holder.apiKeyId && holder.parentId === null;
  return (
    (key.id === holder.apiKeyId || isLesser) &&
    key.memberId === holder.memberId &&
    key.environment === holder.environment &&
    key.scopes.every((scope) => holder.scopes.includes(scope))
  );
}

/** Every action that one of the scopes is enough for, whatever the role of the key's creator lets it do today. */
function actionsOf(scopes: readonly string[]): Action[] {
  return (Object.keys(POLICY) as Action[]).filter((action) => keyAllows(scopes, 'OWNER', action));
}
