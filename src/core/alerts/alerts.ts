import { type Actor, originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { visibleTo } from '#core/access/visibility';
import { chooseIntegrations } from '#core/alerts/chosen';
import { recordClearing, recordFiring } from '#core/alerts/firings';
import {
  type AlertInput,
  type AlertSettings,
  changedSettings,
  describeSettings,
  newSettings,
} from '#core/alerts/settings';
import { setLowBalanceThreshold } from '#core/credits/low-balance';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { newId } from '#core/ids';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import { lockWorkspace } from '#core/workspaces/deletion';
import type { Alert, Prisma } from '#generated/prisma/client';
import type { AlertCondition } from '#generated/prisma/enums';

const ALERTS_MAX = 50;
const TESTS_PER_HOUR_MAX = 20;
const HOUR_MS = 3_600_000;
const MUTED_DAYS_MAX = 366;

export interface CreatedAlert {
  alertId: string;
  replayed: boolean;
}

/**
 * A new alert. If its condition is true already, it fires within a second or so.
 * @throws ValidationFailed, NotFound for a key or an integration of no such id, Conflict at 50 alerts, IdempotencyConflict.
 */
export async function createAlert(
  db: Db,
  permit: Permit<'alerts:write'>,
  { idempotencyKey, condition, ...input }: AlertInput & { condition: AlertCondition; idempotencyKey: string },
): Promise<CreatedAlert> {
  const settings = newSettings(condition, input);
  const integrationIds = input.integrationIds ?? [];
  const { workspaceId } = permit;
  const request = {
    scopeId: workspaceId,
    mutation: 'createAlert',
    idempotencyKey,
    input: { ...settings, integrationIds },
  };
  return inTransaction(db, (tx) =>
    onceOnly<{ alertId: string }, CreatedAlert>(tx, request, {
      work: async () => ({ alertId: await insertAlert(tx, permit, settings, integrationIds), replayed: false }),
      answer: ({ alertId }) => ({ alertId }),
      replay: async ({ alertId }) => ({ alertId, replayed: true }),
    }),
  );
}

/**
 * Changes what is said and keeps the rest; the condition is what it was made for. What is so now is then looked at anew:
 * a firing that the new threshold does not carry is over.
 * @throws ValidationFailed, NotFound.
 */
export async function updateAlert(
  db: Db,
  permit: Permit<'alerts:write'>,
  { alertId, ...input }: AlertInput & { alertId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const alert = await lockAlert(tx, permit, alertId);
    const settings = changedSettings(alert, input);
    await requireKey(tx, permit, settings);
    const chosen = await chooseIntegrations(tx, permit, { alertId, integrationIds: input.integrationIds });
    const before = { ...describeSettings(alert), integrationCount: chosen.before };
    const after = { ...describeSettings(settings), integrationCount: chosen.after };
    const isSame =
      JSON.stringify([before, alert.mailedAddresses]) === JSON.stringify([after, settings.mailedAddresses]);
    if (isSame && !chosen.isChanged) return;
    await tx.alert.update({ where: { id: alertId }, data: { ...settings, seenSeq: null, updatedAt: now() } });
    await keepLowBalanceThreshold(tx, permit);
    await recordEvent(tx, { ...aboutAlert(permit, alertId), type: 'alert.updated', before, after });
  });
}

/** Deletes an alert with its history; the audit log keeps when it fired. @throws NotFound */
export async function deleteAlert(
  db: Db,
  permit: Permit<'alerts:write'>,
  { alertId }: { alertId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { name } = await lockAlert(tx, permit, alertId);
    await tx.alert.delete({ where: { id: alertId } });
    await keepLowBalanceThreshold(tx, permit);
    await recordEvent(tx, { ...aboutAlert(permit, alertId), type: 'alert.deleted', before: { name } });
  });
}

/**
 * Looks away until then, or from now on again with null. What fires is over at once; if its condition is true when the
 * time comes, it fires anew.
 * @throws NotFound, ValidationFailed for a time that is over or more than a year away.
 */
export async function muteAlert(
  db: Db,
  permit: Permit<'alerts:write'>,
  { alertId, until }: { alertId: string; until: Date | null },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const alert = await lockAlert(tx, permit, alertId);
    const at = now();
    if (until !== null && (until <= at || until.getTime() > at.getTime() + MUTED_DAYS_MAX * 24 * HOUR_MS))
      throw new ValidationFailed('until must be in the future and at most a year away; null ends it.', [
        'input',
        'until',
      ]);
    await tx.alert.update({ where: { id: alertId }, data: { mutedUntil: until, seenSeq: null, updatedAt: at } });
    if (until !== null) await clearAll(tx, alert, at);
    const after = { name: alert.name, until: until?.toISOString() ?? null };
    await recordEvent(tx, { ...aboutAlert(permit, alertId), type: 'alert.muted', after });
  });
}

/**
 * Tells everyone whom the alert would tell, marked as a test, with a value at its threshold. Works while it is muted.
 * @throws NotFound, Conflict at 20 tests an hour in the workspace.
 */
export async function testAlert(
  db: Db,
  permit: Permit<'alerts:write'>,
  { alertId }: { alertId: string },
): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    await lockWorkspace(tx, workspaceId);
    const alert = await lockAlert(tx, permit, alertId);
    const at = now();
    const firedAt = { gt: new Date(at.getTime() - HOUR_MS) };
    if ((await tx.alertFiring.count({ where: { workspaceId, isTest: true, firedAt } })) >= TESTS_PER_HOUR_MAX)
      throw new Conflict(`A workspace tests its alerts at most ${TESTS_PER_HOUR_MAX} times an hour: try again later.`);
    await recordFiring(tx, alert, { subject: '', value: alert.threshold, isTest: true, at }, originOf(actor));
  });
}

/** The alerts of a workspace, newest first. */
export function listAlerts(
  db: Db,
  { workspaceId }: Permit<'alerts:read'>,
  { query, ...request }: PageRequest & { query: Prisma.AlertDefaultArgs },
): Promise<Page<Alert>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.alert.findMany({
        ...query,
        where: { workspaceId, ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: (alert) => alert.id,
  });
}

/** The workspace of an alert, or null for an absent and a foreign one alike, by the same work. */
export async function findWorkspaceOfAlert(db: Db, actor: Actor, alertId: string): Promise<string | null> {
  const where = { id: alertId, workspace: visibleTo(actor) };
  const found = await db.alert.findFirst({ where, select: { workspaceId: true } });
  return found?.workspaceId ?? null;
}

/** An alert by id; null once it is deleted. Rights are the caller's business. */
export function findAlert<Q extends Prisma.AlertDefaultArgs>(db: Db, id: string, query: Q) {
  return db.alert.findUnique({ ...query, where: { id } });
}

async function insertAlert(
  tx: Tx,
  permit: Permit<'alerts:write'>,
  settings: AlertSettings,
  integrationIds: readonly string[],
): Promise<string> {
  const { workspaceId } = permit;
  await lockWorkspace(tx, workspaceId);
  if ((await tx.alert.count({ where: { workspaceId } })) >= ALERTS_MAX)
    throw new Conflict(`A workspace has at most ${ALERTS_MAX} alerts: delete one first.`);
  await requireKey(tx, permit, settings);
  const [id, at] = [newId(), now()];
  await tx.alert.create({ data: { ...settings, id, workspaceId, checkedAt: at, createdAt: at, updatedAt: at } });
  const { after: integrationCount } = await chooseIntegrations(tx, permit, { alertId: id, integrationIds });
  await keepLowBalanceThreshold(tx, permit);
  await recordEvent(tx, {
    ...aboutAlert(permit, id),
    type: 'alert.created',
    after: { ...describeSettings(settings), integrationCount },
  });
  return id;
}

/** Locks the workspace before the alert, as every change does: the threshold follows from all its alerts. @throws NotFound */
async function lockAlert(tx: Tx, { workspaceId }: Permit<'alerts:write'>, id: string): Promise<Alert> {
  await lockWorkspace(tx, workspaceId);
  await tx.$queryRaw`SELECT id FROM alert WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  const alert = await tx.alert.findFirst({ where: { id, workspaceId } });
  if (!alert) throw new NotFound('No such alert.', ['input', 'alertId']);
  return alert;
}

/** What a debit tells of in its own transaction is the highest balance that an alert names. */
async function keepLowBalanceThreshold(tx: Tx, { workspaceId }: Permit<'alerts:write'>): Promise<void> {
  const { _max } = await tx.alert.aggregate({
    where: { workspaceId, condition: 'BALANCE' },
    _max: { threshold: true },
  });
  await setLowBalanceThreshold(tx, { workspaceId, threshold: _max.threshold });
}

async function requireKey(tx: Tx, { workspaceId }: Permit<'alerts:write'>, { apiKeyId }: AlertSettings): Promise<void> {
  if (apiKeyId === null || (await tx.apiKey.findFirst({ where: { id: apiKeyId, workspaceId } }))) return;
  throw new NotFound('No such API key.', ['input', 'apiKeyId']);
}

async function clearAll(tx: Tx, alert: Alert, at: Date): Promise<void> {
  const open = await tx.alertFiring.findMany({ where: { alertId: alert.id, clearedAt: null } });
  for (const firing of open) await recordClearing(tx, alert, { ...firing, at });
}

function aboutAlert({ workspaceId, actor }: Permit<'alerts:write'>, alertId: string) {
  return { ...originOf(actor), workspaceId, targetId: alertId };
}
