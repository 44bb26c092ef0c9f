import type { Actor, UserActor } from '#core/access/actor';
import { encodeId } from '#core/ids';
import { findUser } from '#core/members/users';
import { builder } from '#graph/builder';

/** Visible to oneself and to whoever may list the members of a shared workspace; so no node, and no lookup by id. */
export const UserType = builder.prismaObject('User', {
  description: 'A person who signs in.',
  fields: (t) => ({
    id: t.id({
      description: 'Globally unique id, such as "user_...".',
      select: { id: true },
      resolve: ({ id }) => encodeId('User', id),
    }),
    name: t.exposeString('name', { description: 'Name they gave.' }),
    email: t.exposeString('email', { description: 'Address they sign in with.' }),
    emailVerified: t.boolean({
      nullable: true,
      description: 'Whether they proved that the address is theirs; null for anybody but oneself.',
      select: { id: true, emailVerified: true },
      resolve: ({ id, emailVerified }, _args, { actor }) => (isSelf(actor, id) ? emailVerified : null),
    }),
    twoFactorEnabled: t.boolean({
      nullable: true,
      description: 'Whether signing in with the password asks for a second factor; null for anybody but oneself.',
      select: { id: true, twoFactorEnabled: true },
      resolve: ({ id, twoFactorEnabled }, _args, { actor }) => (isSelf(actor, id) ? twoFactorEnabled : null),
    }),
  }),
});

/** What is nobody else's business, not even a fellow member's. */
export function isSelf(actor: Actor, userId: string): actor is UserActor {
  return actor.kind === 'USER' && actor.userId === userId;
}

builder.queryField('viewer', (t) =>
  t.prismaField({
    type: UserType,
    nullable: true,
    description: 'The signed-in user; null for API keys, operators and nobody.',
    resolve: async (query, _root, _args, { db, actor }) =>
      actor.kind === 'USER' ? findUser(db, actor.userId, query) : null,
  }),
);
