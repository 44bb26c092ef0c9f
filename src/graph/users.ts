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
  }),
});

builder.queryField('viewer', (t) =>
  t.prismaField({
    type: UserType,
    nullable: true,
    description: 'The signed-in user; null for API keys, operators and nobody.',
    resolve: async (query, _root, _args, { db, actor }) =>
      actor.kind === 'USER' ? findUser(db, actor.userId, query) : null,
  }),
);
