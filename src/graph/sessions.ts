import type { Actor, UserActor } from '#core/access/actor';
import { listSessions, revokeOtherSessions, revokeSession, type SessionRecord } from '#core/access/sessions';
import { Forbidden, NotFound, Unauthenticated } from '#core/errors';
import { decodeId, encodeId } from '#core/ids';
import { builder } from '#graph/builder';
import { isSelf } from '#graph/users';

/** No node: nobody else may ever see one, and the list is short. */
const SessionType = builder.objectRef<SessionRecord>('Session').implement({
  description: 'A browser that is signed in. Visible to its owner alone.',
  fields: (t) => ({
    id: t.id({
      description: 'Globally unique id, such as "sess_...". Opens nothing.',
      resolve: ({ id }) => encodeId('Session', id),
    }),
    current: t.boolean({
      description: 'Whether it is the session that asks.',
      resolve: ({ id }, _args, { actor }) => actor.kind === 'USER' && actor.sessionId === id,
    }),
    address: t.string({
      nullable: true,
      description: 'Network address it was signed in from; null where that is unknown.',
      resolve: ({ ipAddress }) => ipAddress || null,
    }),
    userAgent: t.string({
      nullable: true,
      description: 'What the browser calls itself; anybody can claim anything.',
      resolve: ({ userAgent }) => userAgent || null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was signed in.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends by itself.' }),
  }),
});

builder.prismaObjectFields('User', (t) => ({
  sessions: t.field({
    type: [SessionType],
    nullable: true,
    description: 'The browsers they are signed in with, newest first, at most 100; null for anybody but oneself.',
    complexity: { field: 1, multiplier: 10 },
    select: { id: true },
    resolve: ({ id }, _args, { db, actor }) => (isSelf(actor, id) ? listSessions(db, actor) : null),
  }),
}));

const RevokeSessionInput = builder.inputType('RevokeSessionInput', {
  description: 'What revokeSession needs.',
  fields: (t) => ({ sessionId: t.id({ required: true, description: 'The session to end.' }) }),
});

const RevokeSessionPayload = builder.objectRef<{ sessionId: string }>('RevokeSessionPayload').implement({
  description: 'The session ended, and with it its live streams.',
  fields: (t) => ({
    sessionId: t.id({
      description: 'The session that ended.',
      resolve: ({ sessionId }) => encodeId('Session', sessionId),
    }),
  }),
});

builder.mutationField('revokeSession', (t) =>
  t.field({
    type: RevokeSessionPayload,
    description: 'Signs out one of your own browsers; it may be the one that asks.',
    args: { input: t.arg({ type: RevokeSessionInput, required: true, description: 'The session.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input }, { db, actor, bus }) => {
      const user = signedIn(actor);
      const sessionId = sessionIdOf(input.sessionId, 'sessionId');
      await revokeSession(db, user, { sessionId });
      bus.publish({ kind: 'session', sessionId });
      return { sessionId };
    },
  }),
);

const RevokeOtherSessionsInput = builder.inputType('RevokeOtherSessionsInput', {
  description: 'What revokeOtherSessions needs.',
  fields: (t) => ({
    keepSessionId: t.id({ required: true, description: 'The session that stays, usually the current one.' }),
  }),
});

const RevokeOtherSessionsPayload = builder.objectRef<{ sessionIds: string[] }>('RevokeOtherSessionsPayload').implement({
  description: 'The other sessions ended, and with them their live streams.',
  fields: (t) => ({
    sessionIds: t.idList({
      description: 'The sessions that ended.',
      resolve: ({ sessionIds }) => sessionIds.map((id) => encodeId('Session', id)),
    }),
  }),
});

builder.mutationField('revokeOtherSessions', (t) =>
  t.field({
    type: RevokeOtherSessionsPayload,
    description: 'Signs out all of your browsers but one.',
    args: { input: t.arg({ type: RevokeOtherSessionsInput, required: true, description: 'The one that stays.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input }, { db, actor, bus }) => {
      const user = signedIn(actor);
      const keepSessionId = sessionIdOf(input.keepSessionId, 'keepSessionId');
      const sessionIds = await revokeOtherSessions(db, user, { keepSessionId });
      for (const sessionId of sessionIds) bus.publish({ kind: 'session', sessionId });
      return { sessionIds };
    },
  }),
);

function sessionIdOf(id: string, field: string): string {
  const sessionId = decodeId('Session', id);
  if (sessionId === null) throw new NotFound('No such session.', ['input', field]);
  return sessionId;
}

function signedIn(actor: Actor): UserActor {
  if (actor.kind === 'NOBODY') throw new Unauthenticated('Sign in to see to your sessions.');
  if (actor.kind !== 'USER') throw new Forbidden('Only a signed-in user has sessions.');
  return actor;
}
