import { randomUUID } from 'node:crypto';
import type { UserActor } from '#core/access/actor';
import { ROLES, SCOPES } from '#core/access/policy';
import { encodeId, newId } from '#core/ids';
import { join } from '../graph/rights/callers.ts';
import { deliver, makeInbox } from '../inboxes/stage.ts';
import type { Person, TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';
import { idsOf } from './ids.ts';
import { noThings, type Things } from './references.ts';
import { readThings, type Tenant } from './tenants.ts';

/** Somebody who has no right in any of the watched tenants. */
export interface Outsider {
  name: string;
  /** What they send to say who they are. */
  headers: Record<string, string>;
  /** What is their own, to be mixed with what is not. */
  own: Things;
}

export interface Outsiders {
  callers: Outsider[];
  /** The one of them that may spend. */
  spender: Outsider;
  /** Takes back what an operation made on its caller's own side, so that the next finds everything as it was. */
  mend: () => Promise<void>;
}

/** What mutations name what they make, so that it can be found again. */
export const MADE = 'Made by chance';

const bearer = (text: string): Record<string, string> => ({ authorization: `Bearer ${text}` });

/** Everybody who must learn nothing: of another workspace in every role and with every scope, of none, and of the past. */
export async function gatherOutsiders(server: TestServer, tenant: Tenant): Promise<Outsiders> {
  const people = await Promise.all(['Olga', 'Adam', 'Mary', 'Vera', 'Stan'].map((name) => server.signUp({ name })));
  const [owner, admin, member, viewer, stranger] = people;
  if (!owner || !admin || !member || !viewer || !stranger) throw new Error('Nobody signed up');
  const home = await makeHome(server, { owner, others: [admin, member, viewer, tenant.shared] });
  const keyed = async (name: string, scopes: readonly string[]): Promise<Outsider> => {
    const { secret } = await server.makeKey(home.actor, home.workspaceId, { name, scopes });
    return { name, headers: bearer(secret), own: home.things };
  };
  const spender = await keyed('foreign key, every scope', SCOPES);
  const callers: Outsider[] = [
    ...[owner, admin, member, viewer].map(({ cookie }, index) => ({
      name: `foreign ${ROLES[index]}`,
      headers: { cookie },
      own: home.things,
    })),
    spender,
    ...(await Promise.all(SCOPES.map((scope) => keyed(`foreign key, ${scope}`, [scope])))),
    { name: 'removed member', headers: { cookie: tenant.removed.cookie }, own: await ownOf(server, tenant.removed) },
    { name: 'stranger', headers: { cookie: stranger.cookie }, own: await ownOf(server, stranger) },
    { name: 'nobody', headers: {}, own: noThings() },
    { name: 'revoked key', headers: bearer(await revokedKey(server, tenant)), own: noThings() },
  ];
  const lonely = await Promise.all([tenant.removed, stranger].map((person) => defaultOf(server, person)));
  const own = [home.workspaceId, ...lonely];
  const where = { workspaceId: { in: own } };
  const [keys, invitations, inboxes] = await Promise.all([
    server.db.apiKey.findMany({ where }),
    server.db.invitation.findMany({ where }),
    server.db.inbox.findMany({ where }),
  ]);
  const mend = async (): Promise<void> => {
    await server.db.workspace.deleteMany({ where: { name: MADE, id: { notIn: own } } });
    await server.db.invitation.deleteMany({ where: { ...where, id: { notIn: idsOf(invitations) } } });
    await server.db.apiKey.deleteMany({ where: { ...where, id: { notIn: idsOf(keys) } } });
    await server.db.inbox.deleteMany({ where: { ...where, id: { notIn: idsOf(inboxes) } } });
  };
  return { callers, spender, mend };
}

async function defaultOf({ db }: TestServer, { userId }: Person): Promise<string> {
  const { id } = await db.workspace.findUniqueOrThrow({ where: { defaultOfId: userId } });
  return id;
}

/** A workspace with a team, a key that nobody calls with, an invitation and some calls. */
async function makeHome(server: TestServer, { owner, others }: { owner: Person; others: readonly Person[] }) {
  const workspaceId = await defaultOf(server, owner);
  const actor: UserActor = { kind: 'USER', userId: owner.userId, sessionId: newId(), address: null };
  for (const [index, { userId }] of others.entries()) {
    await join(server, workspaceId, { userId, role: ROLES[index + 1] ?? 'VIEWER' });
  }
  const invitation = { id: newId(), workspaceId, email: 'somebody@example.com', role: 'VIEWER' } as const;
  const { id: invitedById } = await server.db.member.findFirstOrThrow({ where: { workspaceId, userId: owner.userId } });
  const [createdAt, expiresAt] = [new Date(), new Date(Date.now() + 3_600_000)];
  const tokenHash = new TextEncoder().encode(invitation.id);
  await server.db.invitation.create({ data: { ...invitation, tokenHash, invitedById, createdAt, expiresAt } });
  const { actor: key } = await server.makeKey(actor, workspaceId, { name: 'Decoy' });
  await server.credits.grantCredits(await server.permit(server.operator, 'credits:grant', workspaceId), {
    credits: credits(5_000),
    source: 'PURCHASE',
    idempotencyKey: randomUUID(),
  });
  const spend = await server.permit(key, 'usage:write', workspaceId);
  for (let call = 0; call < 3; call++) {
    const usage = { credits: credits(2), apiKeyId: key.apiKeyId, idempotencyKey: randomUUID() };
    await server.credits.recordUsage(spend, usage);
  }
  await deliver(await makeInbox(server, { workspaceId, owner: actor }));
  const things = noThings();
  await readThings(server, { workspaceId, userId: owner.userId, things });
  // To whoever calls, their own session is no stranger's.
  things.Session.length = 0;
  return { workspaceId, actor, things };
}

/** What is left to somebody who shares no workspace with anybody. */
async function ownOf(server: TestServer, person: Person): Promise<Things> {
  const workspaceId = await defaultOf(server, person);
  const { id: memberId } = await server.db.member.findFirstOrThrow({ where: { workspaceId, userId: person.userId } });
  const things = noThings();
  things.Workspace.push(encodeId('Workspace', workspaceId));
  things.Member.push(encodeId('Member', memberId));
  return things;
}

/** A key of the tenant's own that worked a moment ago. @returns its secret. */
export async function revokedKey(server: TestServer, { owner, workspaceId }: Tenant): Promise<string> {
  const { secret, actor } = await server.makeKey(owner.actor, workspaceId, { name: 'Ended', scopes: [...SCOPES] });
  await server.request('{ apiKey { name } }', { token: secret });
  const apiKeyId = encodeId('ApiKey', actor.apiKeyId);
  const revoked = await server.request(`mutation { revokeApiKey(input: { apiKeyId: "${apiKeyId}" }) { __typename } }`, {
    headers: { cookie: owner.cookie },
  });
  if (revoked.data?.revokeApiKey?.__typename !== 'RevokeApiKeyPayload') throw new Error('The key was not revoked');
  return secret;
}
