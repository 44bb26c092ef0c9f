import type { ActorStamp } from '#core/access/actor';
import { ValidationFailed } from '#core/errors';
import { type AuditFilter, findActorNames, listAuditLog } from '#core/events/audit';
import { decodeId, encodeEventId, idTypeOf } from '#core/ids';
import type { Event } from '#generated/prisma/client';
import { ActorKindEnum, publicActorId } from '#graph/actors';
import { builder } from '#graph/builder';
import { publicFacts, publicTargetId } from '#graph/event-facts';

export const AuditActor = builder.objectRef<ActorStamp>('AuditActor').implement({
  description: 'Who changed something.',
  fields: (t) => ({
    kind: t.expose('actorKind', { type: ActorKindEnum, description: 'What kind of caller it was.' }),
    id: t.id({
      nullable: true,
      description: 'Id of the user ("user_..."), API key ("key_...") or operator token ("optok_..."); null for SYSTEM.',
      resolve: publicActorId,
    }),
    name: t.loadable({
      type: 'String',
      nullable: true,
      description: 'Name they have now; null for SYSTEM and for whoever was deleted since.',
      load: (actors: ActorStamp[], { db }) => findActorNames(db, actors),
      loaderOptions: { cacheKeyFn: ({ actorKind, actorId }) => `${actorKind}:${actorId}` },
      resolve: ({ actorKind, actorId }) => ({ actorKind, actorId }),
    }),
  }),
});

const AuditEventType = builder.objectRef<Event>('AuditEvent').implement({
  description: 'One change in a workspace. Never changes itself: events are chained by their hashes.',
  authScopes: ({ workspaceId }) => ({ can: { action: 'audit:read', workspaceId } }),
  fields: (t) => ({
    id: t.id({ description: 'Globally unique id, such as "event_..._12".', resolve: (event) => encodeEventId(event) }),
    number: t.string({
      description: 'Number of the event in its workspace, without gaps; `commonpurse verify` names events by it.',
      resolve: ({ number }) => number.toString(),
    }),
    type: t.exposeString('type', { description: 'What happened, such as "api_key.revoked".' }),
    actor: t.field({ type: AuditActor, description: 'Who did it.', resolve: (event) => event }),
    targetId: t.id({
      nullable: true,
      description: 'Id of what was changed, such as "key_..."; it may be gone since.',
      resolve: publicTargetId,
    }),
    before: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What it was, as far as it changed; never a secret.',
      resolve: ({ before }) => publicFacts(before),
    }),
    after: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What it became; never a secret.',
      resolve: ({ after }) => publicFacts(after),
    }),
    address: t.exposeString('address', {
      nullable: true,
      description: 'Network address of the caller; null where there was none, as in a job.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
  }),
});

const AuditLogFilter = builder.inputType('AuditLogFilter', {
  description: 'Which events to list; all conditions must hold.',
  fields: (t) => ({
    type: t.string({ description: 'Only events of this type, such as "api_key.revoked".' }),
    actorId: t.id({ description: 'Only what this user, API key or operator token did.' }),
    targetId: t.id({ description: 'Only changes of this object.' }),
    since: t.field({ type: 'DateTime', description: 'From this moment on.' }),
    until: t.field({ type: 'DateTime', description: 'Before this moment.' }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  auditLog: t.connection(
    {
      type: AuditEventType,
      description: 'Who changed what, newest first. For OWNERs and ADMINs, and keys with audit:read.',
      args: { filter: t.arg({ type: AuditLogFilter, description: 'Which events.' }) },
      resolve: async ({ id }, { filter, ...page }, { db, access }) =>
        listAuditLog(db, await access.permit('audit:read', id), { ...page, filter: filter && storedFilter(filter) }),
    },
    { name: 'AuditLogConnection', description: 'A page of the audit log.' },
    { name: 'AuditLogEdge', description: 'An event in a page.' },
  ),
}));

function storedFilter({ actorId, targetId, ...rest }: AuditFilter): AuditFilter {
  return { ...rest, actorId: storedId('actorId', actorId), targetId: storedId('targetId', targetId) };
}

/** Any of our ids will do: one of another workspace, or of nothing, matches no event of this one. */
function storedId(name: string, id: string | null | undefined): string | null {
  if (id == null) return null;
  const type = idTypeOf(id);
  const stored = type && decodeId(type, id);
  if (stored === null)
    throw new ValidationFailed(`${name} is not an id: send one that this API gave.`, ['filter', name]);
  return stored;
}
