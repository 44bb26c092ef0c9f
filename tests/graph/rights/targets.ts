import { randomUUID } from 'node:crypto';
import { getNamedType, type GraphQLField, isInputObjectType, isRequiredInputField } from 'graphql';
import { encodePosition } from '#core/events/activity-position';
import { encodeEntryId, encodeId, newId } from '#core/ids';
import { deliver, makeInbox, publicId } from '../../inboxes/stage.ts';
import type { TestServer } from '../../world/server.ts';
import type { TestWorkspace } from '../../world/world.ts';
import { join } from './callers.ts';
import type { Arguments } from './documents.ts';

/** The workspace under test with one of everything in it. */
export interface Targets {
  server: TestServer;
  workspace: TestWorkspace;
  /** Id of an object of each node type. */
  ids: Record<string, string>;
  /** Where `activity` is to begin so that what comes first has everything that something can have. */
  activityCursor: string;
}

/** Fills a workspace with one of everything that has an id. */
export async function makeTargets(server: TestServer, workspace: TestWorkspace): Promise<Targets> {
  const { workspaceId, key, owner } = workspace;
  const spend = await server.permit(key.actor, 'usage:write', workspaceId);
  const { entry } = await server.credits.recordUsage(spend, {
    credits: 1n,
    idempotencyKey: randomUUID(),
    apiKeyId: key.actor.apiKeyId,
  });
  // So that there is a maker and a cap to read.
  const { apiKeyId: parentId } = (await server.makeKey(owner, workspaceId)).actor;
  await server.db.apiKey.update({ where: { id: key.actor.apiKeyId }, data: { parentId, capDay: 1_000_000n } });
  const grant = await server.db.creditGrant.findFirstOrThrow({ where: { workspaceId } });
  const member = await server.db.member.findFirstOrThrow({ where: { workspaceId, userId: owner.userId } });
  // The owner is in another workspace too, which nobody here may learn of through them.
  await join(server, (await server.makeWorkspace()).workspaceId, { userId: owner.userId, role: 'OWNER' });
  const inbox = await makeInbox(server, workspace);
  const ids = {
    Workspace: encodeId('Workspace', workspaceId),
    Member: encodeId('Member', member.id),
    Invitation: await freshInvitation({ server, workspace }),
    ApiKey: encodeId('ApiKey', key.actor.apiKeyId),
    CreditGrant: encodeId('CreditGrant', grant.id),
    UsageEntry: encodeEntryId(entry),
    Hold: await freshHold({ server, workspace }),
    Inbox: inbox.id,
    InboxDelivery: publicId(await deliver(inbox)),
    Alert: await freshAlert({ server, workspace }),
    WebhookEndpoint: await freshEndpoint({ server, workspace }),
    WebhookDelivery: await freshDelivery({ server, workspace }),
    Integration: await freshIntegration({ server, workspace }),
  };
  // Behind all events so far, before all decisions about credits.
  const { number } = await server.db.eventHead.findUniqueOrThrow({ where: { workspaceId } });
  return { server, workspace, ids, activityCursor: encodePosition({ number, seq: 0n }) };
}

async function freshInvitation({ server, workspace: { workspaceId, key } }: Pick<Targets, 'server' | 'workspace'>) {
  const id = newId();
  const [createdAt, expiresAt] = [new Date(), new Date(Date.now() + 60_000)];
  const facts = { id, workspaceId, invitedById: key.actor.memberId, role: 'MEMBER', createdAt, expiresAt } as const;
  // Used up by nobody, and out of the way of the most that may be open.
  await server.db.invitation.updateMany({ where: { workspaceId }, data: { revokedAt: createdAt } });
  await server.db.invitation.create({
    data: { ...facts, email: `${id}@example.com`, tokenHash: new TextEncoder().encode(id) },
  });
  return encodeId('Invitation', id);
}

async function freshHold({ server, workspace: { workspaceId, key } }: Pick<Targets, 'server' | 'workspace'>) {
  const permit = await server.permit(key.actor, 'holds:write', workspaceId);
  const terms = { apiKeyId: key.actor.apiKeyId, credits: 1n, idempotencyKey: randomUUID() };
  const { hold } = await server.credits.createHold(permit, terms);
  if (!hold) throw new Error('The workspace under test needs credits');
  return encodeId('Hold', hold.id);
}

/** One of a key's cap, which has fired about it. */
async function freshAlert({ server, workspace: { workspaceId, key } }: Pick<Targets, 'server' | 'workspace'>) {
  const [id, at] = [newId(), new Date()];
  const { apiKeyId } = key.actor;
  const watched = { condition: 'KEY_CAP_PERCENT', threshold: 100_000_000n, apiKeyId } as const;
  await server.db.alert.create({
    data: { id, workspaceId, name: 'Cap', ...watched, checkedAt: at, createdAt: at, updatedAt: at },
  });
  const firing = { workspaceId, subject: `${apiKeyId}:DAY`, value: 1n, threshold: 1n, isTest: false };
  await server.db.alertFiring.create({ data: { id: newId(), alertId: id, ...firing, firedAt: at, clearedAt: at } });
  return encodeId('Alert', id);
}

async function insertEndpoint({ server, workspace: { workspaceId } }: Pick<Targets, 'server' | 'workspace'>) {
  const id = newId();
  const facts = { description: '', eventTypes: ['balance.low'], isOrdered: false, createdAt: new Date() };
  // Below the most that a workspace may have, however many cases there are; the newest are still being asked for.
  const newest = {
    where: { workspaceId, provider: null },
    orderBy: { createdAt: 'desc' },
    take: 30,
    select: { id: true },
  } as const;
  const kept = (await server.db.webhookEndpoint.findMany(newest)).map((endpoint) => endpoint.id);
  await server.db.webhookEndpoint.deleteMany({
    where: { workspaceId, provider: null, deliveries: { none: {} }, id: { notIn: kept } },
  });
  await server.db.webhookEndpoint.create({
    data: { id, workspaceId, url: 'http://127.0.0.1:9/', secret: Buffer.of(1), ...facts },
  });
  return id;
}

async function freshEndpoint(place: Pick<Targets, 'server' | 'workspace'>) {
  return encodeId('WebhookEndpoint', await insertEndpoint(place));
}

async function freshIntegration({ server, workspace: { workspaceId } }: Pick<Targets, 'server' | 'workspace'>) {
  const [id, createdAt] = [newId(), new Date()];
  const facts = { description: '', eventTypes: ['balance.low'], isOrdered: false, secret: Buffer.of(1), url: '' };
  // Below the most that a workspace may have, however many cases there are.
  const where = { workspaceId, provider: { not: null } };
  const old = await server.db.webhookEndpoint.findMany({ where, orderBy: { id: 'desc' }, skip: 10 });
  await server.db.webhookEndpoint.deleteMany({ where: { id: { in: old.map((one) => one.id) } } });
  await server.db.webhookEndpoint.create({
    data: { id, workspaceId, provider: 'EMAIL', settings: { to: 'ada@example.com' }, ...facts, createdAt },
  });
  return encodeId('Integration', id);
}

async function freshDelivery({ server, workspace }: Pick<Targets, 'server' | 'workspace'>) {
  const { workspaceId } = workspace;
  const endpointId = await insertEndpoint({ server, workspace });
  const [id, announcementId, at] = [newId(), newId(), new Date()];
  const told = { workspaceId, type: 'balance.low', data: {}, occurredAt: at, createdAt: at };
  await server.db.announcement.create({ data: { id: announcementId, ...told } });
  await server.db.webhookDelivery.create({
    data: {
      id,
      workspaceId,
      endpointId,
      announcementId,
      state: 'FAILED',
      createdAt: at,
      attempts: { create: { number: 1, url: 'http://127.0.0.1:9/', startedAt: at, durationMs: 1 } },
    },
  });
  return encodeId('WebhookDelivery', id);
}

/** Arguments of the fields that need some, or that answer with a type for some only (`Type.field:Answer`). */
export function argumentsFor({ ids, workspace, activityCursor }: Omit<Targets, 'server'>): Arguments {
  const workspaceId = `workspaceId: "${ids['Workspace']}"`;
  return {
    'Query.workspace': `id: "${ids['Workspace']}"`,
    'Query.verifyApiKey': `apiKey: "${workspace.key.secret}"`,
    'Query.quote': `${workspaceId}, credits: "1"`,
    'Workspace.ledgerEntry': 'seq: "1"',
    'Workspace.balanceAt': 'time: "2026-01-01T00:00:00Z"',
    'Workspace.usageSummary': 'range: { since: "2026-11-01T00:00:00Z" }, bucket: MONTH, groupBy: KEY',
    'Query.nodes': `ids: ["${ids['Workspace']}"]`,
    'Subscription.balanceChanged': workspaceId,
    'Subscription.balanceChanged:BalanceChange': `${workspaceId}, after: "0"`,
    'Subscription.inboxReceived': `inboxId: "${ids['Inbox']}"`,
    'Subscription.inboxReceived:DeliveryReceived': `inboxId: "${ids['Inbox']}", after: "0"`,
    'Subscription.inboxReceived:InboxReset': `inboxId: "${ids['Inbox']}", after: "999999"`,
    'Subscription.usageRecorded': workspaceId,
    'Subscription.usageRecorded:UsageChange': `${workspaceId}, after: "0"`,
    'Subscription.activity': workspaceId,
    'Subscription.activity:ActivityChange': `${workspaceId}, after: "${activityCursor}"`,
    'Subscription.usageRecorded:FeedBookmark': `${workspaceId}, after: "0", filter: { operation: "none of these" }`,
    'Subscription.usageRecorded:FeedReset': `${workspaceId}, after: "999999"`,
  };
}

type Maker = (targets: Targets) => unknown;

const freshMember: Maker = async ({ server, workspace: { workspaceId } }) => {
  const { userId } = await server.makeUser();
  return encodeId('Member', await join(server, workspaceId, { userId, role: 'VIEWER' }));
};

const freshKey: Maker = async ({ server, workspace: { owner, workspaceId } }) =>
  encodeId('ApiKey', (await server.makeKey(owner, workspaceId)).actor.apiKeyId);

const freshUsage: Maker = async ({ server, workspace: { workspaceId, key } }) => {
  const permit = await server.permit(key.actor, 'usage:write', workspaceId);
  const call = { apiKeyId: key.actor.apiKeyId, credits: 1n, idempotencyKey: randomUUID() };
  return encodeEntryId((await server.credits.recordUsage(permit, call)).entry);
};

const freshGrant: Maker = async ({ server, workspace: { workspaceId } }) => {
  const permit = await server.permit(server.operator, 'credits:grant', workspaceId);
  const terms = { credits: 1n, source: 'TRIAL', idempotencyKey: randomUUID() } as const;
  return encodeId('CreditGrant', (await server.credits.grantCredits(permit, terms)).grant.id);
};

const freshInbox: Maker = async ({ server, workspace }) => (await makeInbox(server, workspace)).id;

/**
 * A value for each required input field, by its name or by `mutation.field` where the name alone does not say. The
 * latter may also fill a field that is not required. Called for each case, so what a mutation uses up is fresh.
 */
const INPUTS: Readonly<Record<string, Maker>> = {
  idempotencyKey: () => randomUUID(),
  name: () => 'Acme',
  workspaceId: ({ ids }) => ids['Workspace'],
  apiKeyId: freshKey,
  memberId: freshMember,
  invitationId: freshInvitation,
  holdId: freshHold,
  alertId: freshAlert,
  condition: () => 'BALANCE',
  threshold: () => '1',
  grantId: freshGrant,
  inboxId: freshInbox,
  usageEntryId: freshUsage,
  direction: () => 'ADD',
  reason: () => 'Counted twice',
  items: () => [{ credits: '0', idempotencyKey: randomUUID() }],
  'createHold.credits': () => '1',
  'extendHold.seconds': () => 60,
  token: () => 'guessed',
  email: () => `${randomUUID()}@example.com`,
  role: () => 'VIEWER',
  sessionId: () => 'sess_of_somebody_else',
  keepSessionId: () => 'sess_of_somebody_else',
  // Refused for what it says, after the rights: the workspace is needed for the other cases.
  'deleteWorkspace.name': () => 'Not its name',
  credits: () => '1',
  price: () => '1',
  plan: () => 'standard',
  requestsPerMinute: () => 1_000_000,
  'setPlan.name': () => 'pro',
  'setOperation.name': () => 'search.people',
  'recordUsage.credits': () => '0',
  'createInbox.name': () => randomUUID(),
  'createInbox.workspaceId': ({ ids }) => ids['Workspace'],
  'acknowledgeDeliveries.inboxId': ({ ids }) => ids['Inbox'],
  'acknowledgeDeliveries.deliveryIds': ({ ids }) => [ids['InboxDelivery']],
  'createAlert.workspaceId': ({ ids }) => ids['Workspace'],
  'createApiKey.workspaceId': ({ ids }) => ids['Workspace'],
  'createWebhookEndpoint.workspaceId': ({ ids }) => ids['Workspace'],
  'connectIntegration.workspaceId': ({ ids }) => ids['Workspace'],
  url: () => 'https://example.com/hook',
  eventTypes: () => ['BALANCE_LOW'],
  eventType: () => 'BALANCE_LOW',
  since: () => '2026-01-01T00:00:00Z',
  webhookEndpointId: freshEndpoint,
  integrationId: freshIntegration,
  provider: () => 'EMAIL',
  settings: () => [{ name: 'to', value: 'ada@example.com' }],
  deliveryId: freshDelivery,
};

/** A minimal input of a mutation, made from its declaration. */
export async function inputFor(mutation: GraphQLField<unknown, unknown>, targets: Targets): Promise<object> {
  const type = getNamedType(mutation.args.find(({ name }) => name === 'input')?.type);
  if (!isInputObjectType(type)) throw new Error(`${mutation.name} takes no input`);
  const input: Record<string, unknown> = {};
  for (const field of Object.values(type.getFields())) {
    const name = `${mutation.name}.${field.name}`;
    const make = INPUTS[name] ?? (isRequiredInputField(field) ? INPUTS[field.name] : undefined);
    if (make) input[field.name] = await make(targets);
    else if (isRequiredInputField(field)) {
      throw new Error(`${name} is required: add a maker to INPUTS of tests/graph/rights/targets.ts`);
    }
  }
  return input;
}
