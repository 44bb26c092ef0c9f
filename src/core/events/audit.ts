import type { ActorStamp } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Db } from '#core/db';
import { ValidationFailed } from '#core/errors';
import { isStorable } from '#core/names';
import { isNumberKey, numbersBeyond, type Page, type PageRequest, pageOf } from '#core/paging';
import type { Event, Prisma } from '#generated/prisma/client';

/** Which events to list; all conditions must hold. */
export interface AuditFilter {
  type?: string | null | undefined;
  actorId?: string | null | undefined;
  targetId?: string | null | undefined;
  /** From this moment on. */
  since?: Date | null | undefined;
  /** Before this moment. */
  until?: Date | null | undefined;
}

/** What changed in a workspace, newest first. @throws ValidationFailed for a filter that no event could match. */
export function listAuditLog(
  db: Db,
  { workspaceId }: Permit<'audit:read'>,
  { filter, ...request }: PageRequest & { filter: AuditFilter | null | undefined },
): Promise<Page<Event>> {
  const conditions = conditionsOf(filter ?? {});
  return pageOf(request, {
    isKey: isNumberKey,
    rows: ({ beyond, take, newestFirst }) =>
      db.event.findMany({
        where: { workspaceId, ...conditions, ...(beyond && { number: numbersBeyond(beyond) }) },
        orderBy: { number: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: ({ number }) => number.toString(),
  });
}

function conditionsOf({ type, actorId, targetId, since, until }: AuditFilter): Prisma.EventWhereInput {
  if (type && !isStorable(type))
    throw new ValidationFailed('type has a NUL character or half a character: remove it.', ['filter', 'type']);
  if (since && until && since >= until)
    throw new ValidationFailed('since must be before until: exchange them or leave one out.', ['filter', 'since']);
  return {
    ...(type && { type }),
    ...(actorId && { actorId }),
    ...(targetId && { targetId }),
    ...((since || until) && { createdAt: { ...(since && { gte: since }), ...(until && { lt: until }) } }),
  };
}

/** The names of these actors now, in the order asked; null for the system and for whoever is no more. */
export async function findActorNames(db: Db, actors: readonly ActorStamp[]): Promise<(string | null)[]> {
  const idsOf = (kind: ActorStamp['actorKind']): string[] =>
    actors.flatMap(({ actorKind, actorId }) => (actorKind === kind && actorId !== null ? [actorId] : []));
  const select = { id: true, name: true };
  const named = await Promise.all([
    db.user.findMany({ where: { id: { in: idsOf('USER') } }, select }),
    db.apiKey.findMany({ where: { id: { in: idsOf('API_KEY') } }, select }),
    db.operatorToken.findMany({ where: { id: { in: idsOf('OPERATOR') } }, select }),
  ]);
  const names = new Map(named.flat().map(({ id, name }) => [id, name]));
  return actors.map(({ actorId }) => names.get(actorId ?? '') ?? null);
}
