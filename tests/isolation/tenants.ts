import { randomUUID } from 'node:crypto';
import type { UserActor } from '#core/access/actor';
import { encodeEntryId, encodeEventId, encodeId, newId } from '#core/ids';
import { randomBase62 } from '#lib/base62';
import { sha256 } from '#lib/canonical-json';
import { join } from '../graph/rights/callers.ts';
import { deliver, makeInbox } from '../inboxes/stage.ts';
import type { Person, TestServer } from '../world/server.ts';
import { credits, type TestKey } from '../world/world.ts';
import { CANARY_MILLIONTHS, CANARY_NUMBERS, type Canaries } from './canaries.ts';
import { connectSome, hookSome, readHooks } from './hooks.ts';
import { idsOf } from './ids.ts';
import { cursorOf, noThings, type Things } from './references.ts';

/** A workspace filled with things that nobody outside may learn of. */
export interface Tenant {
  workspaceId: string;
  owner: Person & { actor: UserActor };
  key: TestKey;
  things: Things;
  /** Somebody who is a member elsewhere too. */
  shared: Person;
  /** Somebody who was an OWNER. */
  removed: Person;
}

/** Enough for pages of several sizes. */
const CALLS = 12;

/** The default workspace of somebody who has just signed up, with several of everything in it. */
export async function makeTenant(server: TestServer, canaries: Canaries, shared: Person): Promise<Tenant> {
  const name = (): string => canaries.mark();
  const [owner, removed] = await Promise.all([
    server.signUp({ name: name(), email: `${name()}@example.com` }),
    server.signUp({ name: 'Rhea' }),
  ]);
  const { id: workspaceId, slug } = await server.db.workspace.findUniqueOrThrow({
    where: { defaultOfId: owner.userId },
  });
  const number = BigInt(CANARY_NUMBERS.from);
  await server.db.balance.update({ where: { workspaceId }, data: { seq: number } });
  await server.db.eventHead.update({ where: { workspaceId }, data: { number } });
  const actor: UserActor = { kind: 'USER', userId: owner.userId, sessionId: newId(), address: '192.0.2.7' };
  const memberships = [
    await join(server, workspaceId, { userId: removed.userId, role: 'OWNER' }),
    await join(server, workspaceId, { userId: shared.userId, role: 'ADMIN' }),
  ];
  const sharedActor: UserActor = { ...actor, userId: shared.userId };
  const keys = [
    await server.makeKey(actor, workspaceId, { name: name(), scopes: ['usage:write'] }),
    await server.makeKey(sharedActor, workspaceId, { name: name() }),
  ];
  const [key] = keys;
  if (!key) throw new Error('No key was made');
  await server.db.member.update({ where: { id: memberships[0] ?? '' }, data: { removedAt: new Date() } });
  const amount = credits(900_000) + CANARY_MILLIONTHS;
  const grant = { credits: amount, source: 'PURCHASE', reason: name(), idempotencyKey: randomUUID() } as const;
  await server.credits.grantCredits(await server.permit(server.operator, 'credits:grant', workspaceId), grant);
  await spendSome(server, { workspaceId, key }, name);
  await watchCap(server, { workspaceId, apiKeyId: key.actor.apiKeyId, name: name() });
  await holdSome(server, { workspaceId, key: keys[1] ?? key, tag: name() });
  await receiveSome(server, { workspaceId, owner: actor }, name);
  await hookSome(server, { workspaceId, name: name() });
  await connectSome(server, { workspaceId, name: name() });
  const tenant: Tenant = { workspaceId, owner: { ...owner, actor }, key, things: noThings(), shared, removed };
  tenant.things.slug.push(slug);
  tenant.things.name.push(`${owner.name}'s workspace`);
  tenant.things.secret.push(...keys.map(({ secret }) => secret));
  for (const { secret } of keys) canaries.addEnding(secret);
  const members = await server.db.member.findMany({ where: { workspaceId } });
  const owns = members.find(({ userId }) => userId === owner.userId);
  const tokens = await Promise.all(
    [0, 1].map(() => offer(server, { workspaceId, invitedById: owns?.id ?? '' }, name())),
  );
  tenant.things.token.push(...tokens);
  await readThings(server, { workspaceId, userId: owner.userId, things: tenant.things });
  // Those who ask know themselves, and those they share a workspace with.
  const isKnown = (text: string): boolean =>
    [shared.email, removed.email, encodeId('User', removed.userId)].includes(text);
  tenant.things.email = tenant.things.email.filter((email) => !isKnown(email));
  tenant.things.User = tenant.things.User.filter((id) => !isKnown(id));
  watchThings(tenant, canaries);
  return tenant;
}

/** Calls that say something. */
async function spendSome(
  server: TestServer,
  { workspaceId, key }: { workspaceId: string; key: TestKey },
  name: () => string,
): Promise<void> {
  const spend = await server.permit(key.actor, 'usage:write', workspaceId);
  for (let call = 0; call < CALLS; call++) {
    await server.credits.recordUsage(spend, {
      credits: credits(1),
      apiKeyId: key.actor.apiKeyId,
      idempotencyKey: randomUUID(),
      tag: name(),
      metadata: { note: name() },
    });
  }
}

async function holdSome(
  server: TestServer,
  { workspaceId, key, tag }: { workspaceId: string; key: TestKey; tag: string },
): Promise<void> {
  const permit = await server.permit(key.actor, 'holds:write', workspaceId);
  const terms = { credits: credits(1), seconds: 86_400, tag, apiKeyId: key.actor.apiKeyId };
  await server.credits.createHold(permit, { ...terms, idempotencyKey: randomUUID() });
}

/** An inbox with deliveries that say something. */
async function receiveSome(
  server: TestServer,
  place: { workspaceId: string; owner: UserActor },
  name: () => string,
): Promise<void> {
  const inbox = await makeInbox(server, place);
  const data = { description: name(), lastNumber: BigInt(CANARY_NUMBERS.from) };
  await server.db.inbox.update({ where: { id: inbox.inboxId }, data });
  for (let event = 0; event < 3; event++) await deliver(inbox, name(), { 'x-note': name() });
}

async function watchCap(
  server: TestServer,
  { workspaceId, apiKeyId, name }: { workspaceId: string; apiKeyId: string; name: string },
): Promise<void> {
  const [id, at] = [newId(), new Date()];
  const facts = { condition: 'KEY_CAP_PERCENT' as const, threshold: 100_000_000n };
  const mailedAddresses = [`${name}@example.com`];
  await server.db.alert.create({
    data: { id, workspaceId, name, ...facts, mailedAddresses, checkedAt: at, createdAt: at, updatedAt: at },
  });
  const firing = { workspaceId, subject: `${apiKeyId}:DAY`, value: 1n, threshold: 1n, isTest: false };
  await server.db.alertFiring.create({ data: { id: newId(), alertId: id, ...firing, firedAt: at, clearedAt: at } });
}

/** An open invitation whose token is known here. */
async function offer(
  server: TestServer,
  place: { workspaceId: string; invitedById: string },
  name: string,
): Promise<string> {
  const token = randomBase62(32);
  const [createdAt, expiresAt] = [new Date(), new Date(Date.now() + 3_600_000)];
  await server.db.invitation.create({
    data: {
      ...place,
      id: newId(),
      role: 'MEMBER',
      email: `${name}@example.com`,
      tokenHash: sha256(token),
      createdAt,
      expiresAt,
    },
  });
  return token;
}

/** Lists all by which the things of a workspace can be named. */
export async function readThings(
  server: TestServer,
  { workspaceId, userId, things }: { workspaceId: string; userId: string; things: Things },
): Promise<void> {
  const where = { workspaceId };
  const { db } = server;
  const [members, invitations, keys, grants, holds, inboxes, deliveries, alerts, entries, events, sessions] =
    await Promise.all([
      db.member.findMany({ where, include: { user: true } }),
      db.invitation.findMany({ where }),
      db.apiKey.findMany({ where }),
      db.creditGrant.findMany({ where }),
      db.hold.findMany({ where }),
      db.inbox.findMany({ where }),
      db.inboxDelivery.findMany({ where }),
      db.alert.findMany({ where }),
      db.ledgerEntry.findMany({ where: { ...where, kind: 'USAGE' } }),
      db.event.findMany({ where }),
      db.session.findMany({ where: { userId } }),
    ]);
  things.Workspace.push(encodeId('Workspace', workspaceId));
  await readHooks(server, { workspaceId, things });
  things.Member.push(...idsOf(members).map((id) => encodeId('Member', id)));
  things.Invitation.push(...idsOf(invitations).map((id) => encodeId('Invitation', id)));
  things.ApiKey.push(...idsOf(keys).map((id) => encodeId('ApiKey', id)));
  things.CreditGrant.push(...idsOf(grants).map((id) => encodeId('CreditGrant', id)));
  things.Hold.push(...idsOf(holds).map((id) => encodeId('Hold', id)));
  things.Inbox.push(...idsOf(inboxes).map((id) => encodeId('Inbox', id)));
  things.InboxDelivery.push(...idsOf(deliveries).map((id) => encodeId('InboxDelivery', id)));
  things.Alert.push(...idsOf(alerts).map((id) => encodeId('Alert', id)));
  things.UsageEntry.push(...entries.map((entry) => encodeEntryId(entry)));
  things.User.push(...members.map(({ user }) => encodeId('User', user.id)));
  things.Session.push(...idsOf(sessions).map((id) => encodeId('Session', id)));
  things.AuditEvent.push(...events.map((event) => encodeEventId(event)));
  things.email.push(...members.map(({ user }) => user.email), ...invitations.map(({ email }) => email));
  things.cursor.push(
    ...[...idsOf(members), ...idsOf(invitations), ...idsOf(keys), ...idsOf(inboxes), ...idsOf(alerts), workspaceId].map(
      cursorOf,
    ),
  );
  const numbers = [...entries.map(({ seq }) => seq), ...events.map(({ number }) => number)];
  // Below these it has events of its sign-up, which everybody's log has too.
  const far = numbers.filter((number) => number > BigInt(CANARY_NUMBERS.from));
  things.number.push(...far.map((number) => cursorOf(number.toString())));
  things.seq.push(...entries.map(({ seq }) => seq.toString()));
}

/** All ids of a tenant but of those who are known elsewhere. */
function watchThings({ things, shared, workspaceId }: Tenant, canaries: Canaries): void {
  const known = new Set([encodeId('User', shared.userId)]);
  const {
    Workspace,
    Member,
    Invitation,
    ApiKey,
    CreditGrant,
    Hold,
    Inbox,
    InboxDelivery,
    Alert,
    WebhookEndpoint,
    WebhookDelivery,
    Integration,
    User,
    Session,
  } = things;
  const ids = [
    Workspace,
    Member,
    Invitation,
    ApiKey,
    CreditGrant,
    Hold,
    Inbox,
    InboxDelivery,
    Alert,
    WebhookEndpoint,
    WebhookDelivery,
    Integration,
    User,
    Session,
  ]
    .flat()
    .filter((id) => !known.has(id));
  // Of a numbered thing, its workspace is what names it.
  const numbered = [...things.UsageEntry, ...things.AuditEvent].map((id) => id.slice(0, id.lastIndexOf('_')));
  const stored = things.cursor.map((cursor) => Buffer.from(cursor, 'base64url').toString('utf8').slice(3));
  canaries.add(...ids, ...numbered, ...stored, workspaceId);
}
