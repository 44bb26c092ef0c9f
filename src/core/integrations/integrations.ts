import { type Actor, originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { type AnnouncementType, isAnnouncementType } from '#core/announcements/catalogue';
import { followWorkspace } from '#core/announcements/cursors';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { newId } from '#core/ids';
import { isProviderName, type ProviderName, PROVIDERS } from '#core/integrations/providers';
import { readSettings, type SettingInput, type Settings } from '#core/integrations/settings';
import type { Page, PageRequest } from '#core/paging';
import type { Sealer } from '#core/sealing';
import { sendAnew, writeTest } from '#core/webhooks/deliveries';
import { checkDescription, lifeOf, parkDeliveries, secretPurpose, type WebhookMeans } from '#core/webhooks/endpoints';
import { findWorkspaceOfRow, listRows, lockRow } from '#core/webhooks/rows';
import type { Prisma, WebhookEndpoint } from '#generated/prisma/client';

const INTEGRATIONS_MAX = 20;
const TESTS_PER_HOUR_MAX = 20;
const HOUR_MS = 3_600_000;

/** What tells an integration from a webhook endpoint, which is kept beside it. */
export const INTEGRATIONS_ALONE = { provider: { not: null } } as const;

export interface IntegrationInput {
  provider: ProviderName;
  description: string;
  eventTypes: readonly string[];
  settings: readonly SettingInput[];
  idempotencyKey: string;
}

export interface Connected {
  integrationId: string;
  replayed: boolean;
}

/**
 * A new integration, told of everything from now on that its types name, and of the alerts that choose it.
 * @throws ValidationFailed, Conflict at 20 integrations, IdempotencyConflict.
 */
export async function connectIntegration(
  db: Db,
  permit: Permit<'integrations:write'>,
  { idempotencyKey, ...input }: IntegrationInput,
  means: WebhookMeans,
): Promise<Connected> {
  const { provider } = input;
  const settings = readSettings(PROVIDERS[provider], input.settings, { before: null, ...means });
  const said = { description: checkDescription(input.description), eventTypes: checkHeard(input.eventTypes) };
  const { workspaceId, actor } = permit;
  const request = { scopeId: workspaceId, mutation: 'connectIntegration', idempotencyKey, input };
  const connect = async (tx: Tx): Promise<Connected> => {
    // Takes the cursor's lock too, under which they are counted: two at once cannot both be the last.
    await followWorkspace(tx, workspaceId);
    if ((await tx.webhookEndpoint.count({ where: { workspaceId, ...INTEGRATIONS_ALONE } })) >= INTEGRATIONS_MAX)
      throw new Conflict(`A workspace has at most ${INTEGRATIONS_MAX} integrations: disconnect one first.`);
    const id = newId();
    const facts = { id, workspaceId, provider, url: '', isOrdered: false, createdAt: now() };
    await tx.webhookEndpoint.create({ data: { ...facts, ...said, ...kept(id, settings, means) } });
    const after = { provider, eventTypes: said.eventTypes };
    await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'integration.connected', targetId: id, after });
    return { integrationId: id, replayed: false };
  };
  return inTransaction(db, (tx) =>
    onceOnly<{ id: string }, Connected>(tx, request, {
      work: () => connect(tx),
      answer: ({ integrationId: id }) => ({ id }),
      replay: async ({ id }) => ({ integrationId: id, replayed: true }),
    }),
  );
}

export interface IntegrationChanges {
  integrationId: string;
  description?: string | null | undefined;
  eventTypes?: readonly string[] | null | undefined;
  settings?: readonly SettingInput[] | null | undefined;
  paused?: boolean | null | undefined;
  sendMissed?: boolean | null | undefined;
}

/**
 * Changes what is named, pauses or resumes. What happens while it is paused stays parked, or is sent when it resumes
 * with `sendMissed`: at most 10,000 messages, the oldest.
 * @throws NotFound, ValidationFailed.
 */
export async function updateIntegration(
  db: Db,
  permit: Permit<'integrations:write'>,
  { integrationId: id, paused, sendMissed, ...changes }: IntegrationChanges,
  means: WebhookMeans,
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const before = await lockIntegration(tx, permit, id);
    const isPaused = paused ?? before.disabledAt !== null;
    if (sendMissed && isPaused)
      throw new ValidationFailed('sendMissed is for an integration that is not paused: resume it with paused: false.', [
        'input',
        'sendMissed',
      ]);
    const eventTypes = changes.eventTypes ? checkHeard(changes.eventTypes) : before.eventTypes;
    const description = checkDescription(changes.description ?? before.description);
    const settings =
      changes.settings && readSettings(providerOf(before), changes.settings, { before: open(before, means), ...means });
    await tx.webhookEndpoint.update({
      where: { id },
      data: { description, eventTypes, ...(settings && kept(id, settings, means)), ...lifeOf(before, isPaused, now()) },
    });
    if (isPaused) await parkDeliveries(tx, id);
    if (sendMissed) await sendAnew(tx, { endpointId: id, state: 'PARKED' });
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'integration.updated',
      targetId: id,
      before: { eventTypes: before.eventTypes, paused: before.disabledAt !== null },
      after: {
        eventTypes,
        paused: isPaused,
        ...(settings && { settings: changes.settings?.map(({ name }) => name) ?? [] }),
      },
    });
  });
}

/**
 * Sends the example of a type as a message that is marked as a test, whether or not the integration is told of it.
 * @throws NotFound, Conflict for one that is paused or at 20 tests an hour, IdempotencyConflict.
 */
export async function testIntegration(
  db: Db,
  permit: Permit<'integrations:write'>,
  {
    integrationId: id,
    eventType: type,
    idempotencyKey,
  }: { integrationId: string; eventType: AnnouncementType; idempotencyKey: string },
): Promise<Connected> {
  const { workspaceId, actor } = permit;
  const request = { scopeId: workspaceId, mutation: 'testIntegration', idempotencyKey, input: { id, type } };
  const send = async (tx: Tx): Promise<Connected> => {
    const { disabledAt } = await lockIntegration(tx, permit, id);
    if (disabledAt) throw new Conflict('This integration is paused: resume it first.', ['input']);
    const lately = { endpointId: id, isTest: true, createdAt: { gt: new Date(now().getTime() - HOUR_MS) } };
    if ((await tx.webhookDelivery.count({ where: lately })) >= TESTS_PER_HOUR_MAX)
      throw new Conflict(`An integration is tested at most ${TESTS_PER_HOUR_MAX} times an hour: try again later.`);
    await writeTest(tx, { workspaceId, endpointId: id, type });
    const after = { type };
    await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'integration.tested', targetId: id, after });
    return { integrationId: id, replayed: false };
  };
  return inTransaction(db, (tx) =>
    onceOnly<{ id: string }, Connected>(tx, request, {
      work: () => send(tx),
      answer: () => ({ id }),
      replay: async () => ({ integrationId: id, replayed: true }),
    }),
  );
}

/** Ends an integration with its credentials and what it was told; alerts that chose it go on without. @throws NotFound */
export async function disconnectIntegration(
  db: Db,
  permit: Permit<'integrations:write'>,
  { integrationId: id }: { integrationId: string },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const { provider } = await lockIntegration(tx, permit, id);
    await tx.webhookEndpoint.delete({ where: { id } });
    const before = { provider: provider ?? '' };
    await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'integration.disconnected', targetId: id, before });
  });
}

/** The integrations of a workspace, newest first. */
export function listIntegrations(
  db: Db,
  { workspaceId }: Permit<'integrations:read'>,
  request: PageRequest & { query: Prisma.WebhookEndpointDefaultArgs },
): Promise<Page<WebhookEndpoint>> {
  return listRows(db, { workspaceId, kind: INTEGRATIONS_ALONE }, request);
}

/** The workspace of an integration, or null for an absent and a foreign one alike, by the same work. */
export function findWorkspaceOfIntegration(db: Db, actor: Actor, id: string): Promise<string | null> {
  return findWorkspaceOfRow(db, actor, { id, kind: INTEGRATIONS_ALONE });
}

/** An integration by id; null once it is disconnected. Rights are the caller's business. */
export function findIntegration<Q extends Prisma.WebhookEndpointDefaultArgs>(db: Db, id: string, query: Q) {
  return db.webhookEndpoint.findUnique({ ...query, where: { id } });
}

/** Under its lock. @throws NotFound */
async function lockIntegration(
  tx: Tx,
  { workspaceId }: Permit<'integrations:write'>,
  id: string,
): Promise<WebhookEndpoint> {
  const integration = await lockRow(tx, { id, workspaceId, kind: INTEGRATIONS_ALONE });
  if (!integration) throw new NotFound('No such integration.', ['input', 'integrationId']);
  return integration;
}

function providerOf({ provider }: WebhookEndpoint) {
  if (provider === null || !isProviderName(provider)) throw new Error(`There is no provider ${provider}`);
  return PROVIDERS[provider];
}

function kept(id: string, { shown, secret }: Settings, { sealer }: { sealer: Sealer }) {
  return { settings: shown, secret: sealer.seal(JSON.stringify(secret), secretPurpose(id)) };
}

function open({ id, settings, secret }: WebhookEndpoint, { sealer }: { sealer: Sealer }): Settings {
  // Written by `kept` alone.
  return {
    shown: settings as Record<string, string>,
    secret: JSON.parse(sealer.open(secret, secretPurpose(id))) as Record<string, string>,
  };
}

/** What an integration is told of by itself; nothing at all is for one that only alerts tell. */
function checkHeard(eventTypes: readonly string[]): AnnouncementType[] {
  const path = ['input', 'eventTypes'];
  if (!eventTypes.every(isAnnouncementType))
    throw new ValidationFailed('eventTypes must name types of webhookEventTypes, and nothing else.', path);
  if (eventTypes.includes('usage.recorded'))
    throw new ValidationFailed(
      'eventTypes has usage.recorded, which is too much for people to read: tell it to a webhook endpoint.',
      path,
    );
  return [...new Set(eventTypes.filter(isAnnouncementType))].toSorted();
}
