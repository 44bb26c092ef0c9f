import type { UserActor } from '#core/access/actor';
import { ROLES, SCOPES, type Role } from '#core/access/policy';
import { newId } from '#core/ids';
import type { TestServer } from '../../world/server.ts';
import type { TestWorkspace } from '../../world/world.ts';
import type { Standing } from './rules.ts';

export interface Caller {
  name: string;
  standing: Standing;
  /** What they send to say who they are. */
  headers: Record<string, string>;
  /** Puts them back in their place, after what they did to themselves. */
  mend: () => Promise<unknown>;
}

const nothing = async (): Promise<void> => undefined;

const bearer = (text: string): Record<string, string> => ({ authorization: `Bearer ${text}` });

/** Everybody that the matrix knows, in their places around one workspace. */
export async function gatherCallers(server: TestServer, workspace: TestWorkspace): Promise<Caller[]> {
  const member = async (role: Role): Promise<Caller> => {
    const { cookie, userId } = await server.signUp();
    const id = await join(server, workspace.workspaceId, { userId, role });
    const mend = () => server.db.member.update({ where: { id }, data: { role, removedAt: null } });
    return { name: role, standing: { is: 'member', role }, headers: { cookie }, mend };
  };
  const key = async (name: string, scopes: readonly string[], ceiling: Role = 'OWNER'): Promise<Caller> => {
    const maker = await server.makeUser(`Maker of ${name}`);
    const memberId = await join(server, workspace.workspaceId, { userId: maker.userId, role: 'OWNER' });
    const { secret } = await server.makeKey(maker, workspace.workspaceId, { name, scopes });
    await server.db.member.update({ where: { id: memberId }, data: { role: ceiling } });
    return { name, standing: { is: 'key', ceiling, scopes }, headers: bearer(secret), mend: nothing };
  };
  const elsewhere = await server.makeWorkspace({ key: { scopes: [...SCOPES] } });
  const removed = await server.signUp();
  const foreign = await server.signUp();
  const removedId = await join(server, workspace.workspaceId, { userId: removed.userId, role: 'OWNER' });
  await server.db.member.update({ where: { id: removedId }, data: { removedAt: new Date() } });
  const outsider = { is: 'outsider', by: 'session' } as const;
  return [
    ...(await Promise.all(ROLES.map(member))),
    ...(await Promise.all(SCOPES.map((scope) => key(`key with ${scope}`, [scope])))),
    await key('key of a demoted creator', SCOPES, 'VIEWER'),
    { name: 'operator', standing: { is: 'operator' }, headers: bearer(server.operator.token), mend: nothing },
    { name: 'foreign member', standing: outsider, headers: { cookie: foreign.cookie }, mend: nothing },
    { name: 'removed member', standing: outsider, headers: { cookie: removed.cookie }, mend: nothing },
    {
      name: 'foreign key',
      standing: { is: 'outsider', by: 'key' },
      headers: bearer(elsewhere.key.secret),
      mend: nothing,
    },
    { name: 'nobody', standing: { is: 'nobody' }, headers: {}, mend: nothing },
  ];
}

/** Makes a user a member without an invitation. @returns the id of the membership. */
export async function join(
  server: TestServer,
  workspaceId: string,
  { userId, role }: Pick<UserActor, 'userId'> & { role: Role },
): Promise<string> {
  const id = newId();
  await server.db.member.create({ data: { id, workspaceId, userId, role, createdAt: new Date() } });
  return id;
}
