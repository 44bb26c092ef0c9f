import { type Actor, originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { type AnnouncementType, isAnnouncementType } from '#core/announcements/catalogue';
import { followWorkspace } from '#core/announcements/cursors';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { newId } from '#core/ids';
import { isStorable } from '#core/names';
import { checkOutboundUrl, type Outbound } from '#core/outbound';
import type { Page, PageRequest } from '#core/paging';
import type { Sealer } from '#core/sealing';
import { findWorkspaceOfRow, listRows, lockRow } from '#core/webhooks/rows';
import { mintSigningSecret } from '#core/webhooks/signature';
import type { Prisma, WebhookEndpoint } from '#generated/prisma/client';

const ENDPOINTS_MAX = 50;
const DESCRIPTION_LENGTH_MAX = 500;
const OVERLAP_MS = 24 * 3_600_000;

/** What endpoints are made with: where URLs may lead, and what keeps their secrets. */
export interface WebhookMeans {
  sealer: Sealer;
  outbound: Pick<Outbound, 'problemOf'>;
}

export interface EndpointSettings {
  url: string;
  description: string;
  eventTypes: readonly string[];
  isOrdered: boolean;
}

/** An endpoint whose secret was made just now. */
export interface EndpointWithSecret {
  webhookEndpointId: string;
  /** `whsec_...`, once; null when this is a replay. */
  secret: string | null;
  replayed: boolean;
}

/** What tells a webhook endpoint from an integration, which is kept beside it. */
export const WEBHOOKS_ALONE = { provider: null } as const;

/** What a secret is sealed for. */
export function secretPurpose(endpointId: string): string {
  return `webhook endpoint ${endpointId}`;
}

/**
 * A new endpoint, told of everything from now on that its types name.
 * @throws ValidationFailed, Conflict at 50 endpoints, IdempotencyConflict.
 */
export async function createWebhookEndpoint(
  db: Db,
  permit: Permit<'webhooks:write'>,
  { idempotencyKey, ...input }: EndpointSettings & { idempotencyKey: string },
  means: WebhookMeans,
): Promise<EndpointWithSecret> {
  const settings = { ...checkSettings(input), url: checkUrl(input.url, means) };
  const { workspaceId } = permit;
  const request = { scopeId: workspaceId, mutation: 'createWebhookEndpoint', idempotencyKey, input: settings };
  return inTransaction(db, (tx) =>
    onceOnly<{ id: string }, EndpointWithSecret>(tx, request, {
      work: () => insertEndpoint(tx, permit, settings, means),
      answer: ({ webhookEndpointId: id }) => ({ id }),
      replay: async ({ id }) => ({ webhookEndpointId: id, secret: null, replayed: true }),
    }),
  );
}

async function insertEndpoint(
  tx: Tx,
  { workspaceId, actor }: Permit<'webhooks:write'>,
  settings: EndpointSettings,
  { sealer }: WebhookMeans,
): Promise<EndpointWithSecret> {
  // Takes the cursor's lock too, under which the endpoints are counted: two at once cannot both be the fiftieth.
  await followWorkspace(tx, workspaceId);
  if ((await tx.webhookEndpoint.count({ where: { workspaceId, ...WEBHOOKS_ALONE } })) >= ENDPOINTS_MAX)
    throw new Conflict(`A workspace has at most ${ENDPOINTS_MAX} endpoints: delete one first.`);
  const [id, secret] = [newId(), mintSigningSecret()];
  const { eventTypes, ...rest } = settings;
  await tx.webhookEndpoint.create({
    data: {
      id,
      workspaceId,
      ...rest,
      eventTypes: [...eventTypes],
      secret: sealer.seal(secret, secretPurpose(id)),
      createdAt: now(),
    },
  });
  const after = { url: urlShown(settings.url), eventTypes };
  await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'webhook.created', targetId: id, after });
  return { webhookEndpointId: id, secret, replayed: false };
}

export interface EndpointChanges {
  webhookEndpointId: string;
  url?: string | null | undefined;
  description?: string | null | undefined;
  eventTypes?: readonly string[] | null | undefined;
  isOrdered?: boolean | null | undefined;
  disabled?: boolean | null | undefined;
}

/**
 * Changes what is named. Enabling begins anew: what was parked stays so until it is replayed.
 * @throws NotFound, ValidationFailed.
 */
export async function updateWebhookEndpoint(
  db: Db,
  permit: Permit<'webhooks:write'>,
  { webhookEndpointId: id, disabled, ...changes }: EndpointChanges,
  means: WebhookMeans,
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const before = await lockEndpoint(tx, permit, id);
    const { url, description, eventTypes, isOrdered } = before;
    const named = {
      description: changes.description ?? description,
      eventTypes: changes.eventTypes ?? eventTypes,
      isOrdered: changes.isOrdered ?? isOrdered,
    };
    const settings = { ...checkSettings(named), url: changes.url ? checkUrl(changes.url, means) : url };
    const isDisabled = disabled ?? before.disabledAt !== null;
    const at = now();
    await tx.webhookEndpoint.update({
      where: { id },
      data: { ...settings, eventTypes: [...settings.eventTypes], ...lifeOf(before, isDisabled, at) },
    });
    if (isDisabled) await parkDeliveries(tx, id);
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'webhook.updated',
      targetId: id,
      before: { url: urlShown(url), eventTypes, disabled: before.disabledAt !== null },
      after: { url: urlShown(settings.url), eventTypes: settings.eventTypes, disabled: isDisabled },
    });
  });
}

/** What becomes of the life of an endpoint that is disabled or enabled. */
export function lifeOf(
  { disabledAt }: WebhookEndpoint,
  isDisabled: boolean,
  at: Date,
): Prisma.WebhookEndpointUpdateInput {
  if (isDisabled) return disabledAt ? {} : { disabledAt: at, disabledReason: 'MEMBER' };
  // A new beginning: what failed before does not count towards the next five days.
  return disabledAt ? { disabledAt: null, disabledReason: null, failingSince: null, noticeDueAt: null } : {};
}

/** While an endpoint is disabled nothing is sent, and nothing is lost. Part of disabling it. */
export async function parkDeliveries(tx: Tx, endpointId: string): Promise<void> {
  await tx.webhookDelivery.updateMany({
    where: { endpointId, state: 'PENDING' },
    data: { state: 'PARKED', nextAttemptAt: null },
  });
}

/**
 * A new secret; the one until now signs along for 24 hours, and one from an earlier rotation no more.
 * @throws NotFound, IdempotencyConflict.
 */
export async function rotateWebhookSecret(
  db: Db,
  permit: Permit<'webhooks:write'>,
  { webhookEndpointId: id, idempotencyKey }: { webhookEndpointId: string; idempotencyKey: string },
  { sealer }: WebhookMeans,
): Promise<EndpointWithSecret> {
  const { workspaceId, actor } = permit;
  const request = { scopeId: workspaceId, mutation: 'rotateWebhookSecret', idempotencyKey, input: { id } };
  const rotate = async (tx: Tx): Promise<EndpointWithSecret> => {
    const { secret: previousSecret } = await lockEndpoint(tx, permit, id);
    const secret = mintSigningSecret();
    const previousSecretEndsAt = new Date(now().getTime() + OVERLAP_MS);
    const sealed = sealer.seal(secret, secretPurpose(id));
    await tx.webhookEndpoint.update({
      where: { id },
      data: { secret: sealed, previousSecret, previousSecretEndsAt },
    });
    const after = { previousEndsAt: previousSecretEndsAt.toISOString() };
    await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'webhook.rotated', targetId: id, after });
    return { webhookEndpointId: id, secret, replayed: false };
  };
  return inTransaction(db, (tx) =>
    onceOnly<{ id: string }, EndpointWithSecret>(tx, request, {
      work: () => rotate(tx),
      answer: () => ({ id }),
      replay: async () => ({ webhookEndpointId: id, secret: null, replayed: true }),
    }),
  );
}

/** Ends an endpoint with its deliveries; what is on its way may still arrive. @throws NotFound */
export async function deleteWebhookEndpoint(
  db: Db,
  permit: Permit<'webhooks:write'>,
  { webhookEndpointId: id }: { webhookEndpointId: string },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    const { url } = await lockEndpoint(tx, permit, id);
    await tx.webhookEndpoint.delete({ where: { id } });
    const before = { url: urlShown(url) };
    await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'webhook.deleted', targetId: id, before });
  });
}

/** The endpoints of a workspace, newest first. */
export function listWebhookEndpoints(
  db: Db,
  { workspaceId }: Permit<'webhooks:read'>,
  request: PageRequest & { query: Prisma.WebhookEndpointDefaultArgs },
): Promise<Page<WebhookEndpoint>> {
  return listRows(db, { workspaceId, kind: WEBHOOKS_ALONE }, request);
}

/** The workspace of an endpoint, or null for an absent and a foreign one alike, by the same work. */
export function findWorkspaceOfEndpoint(db: Db, actor: Actor, id: string): Promise<string | null> {
  return findWorkspaceOfRow(db, actor, { id, kind: WEBHOOKS_ALONE });
}

/** An endpoint by id. Rights are the caller's business. @throws Error when there is none. */
export function findWebhookEndpoint<Q extends Prisma.WebhookEndpointDefaultArgs>(db: Db, id: string, query: Q) {
  return db.webhookEndpoint.findUniqueOrThrow({ ...query, where: { id } });
}

/** An endpoint of the permit's workspace, which nobody else changes before this commits. @throws NotFound */
export async function lockEndpoint(
  tx: Tx,
  { workspaceId }: Permit<'webhooks:write'>,
  id: string,
): Promise<WebhookEndpoint> {
  const endpoint = await lockRow(tx, { id, workspaceId, kind: WEBHOOKS_ALONE });
  if (!endpoint) throw new NotFound('No such webhook endpoint.', ['input', 'webhookEndpointId']);
  return endpoint;
}

function checkUrl(url: string, { outbound }: WebhookMeans): string {
  return checkOutboundUrl(outbound, url, ['input', 'url']);
}

/** @throws ValidationFailed */
export function checkDescription(description: string): string {
  if (description.length > DESCRIPTION_LENGTH_MAX || !isStorable(description))
    throw new ValidationFailed(
      `description must be at most ${DESCRIPTION_LENGTH_MAX} characters, without NUL or half characters.`,
      ['input', 'description'],
    );
  return description;
}

function checkSettings<Settings extends Omit<EndpointSettings, 'url'>>(settings: Settings) {
  const { description, eventTypes, isOrdered } = settings;
  return { description: checkDescription(description), isOrdered, eventTypes: checkTypes(eventTypes) };
}

function checkTypes(eventTypes: readonly string[]): AnnouncementType[] {
  const unknown = eventTypes.find((type) => !isAnnouncementType(type));
  if (unknown !== undefined || eventTypes.length === 0)
    throw new ValidationFailed('eventTypes must name at least one type of webhookEventTypes, and nothing else.', [
      'input',
      'eventTypes',
    ]);
  return [...new Set(eventTypes.filter(isAnnouncementType))].toSorted();
}

/** Without its query, which may hold a token: the audit log keeps for ever. */
function urlShown(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?...'}`;
}
