import type { ActorStamp } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Db, Tx } from '#core/db';
import { recordEvent } from '#core/events/events';
import { newId } from '#core/ids';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import type { Alert, AlertFiring } from '#generated/prisma/client';
import type { CapPeriod } from '#generated/prisma/enums';
import { formatMicro } from '#lib/micro';

const RECIPIENTS_MAX = 50;
/** Beyond so many firings in 24 hours none is mailed: a workspace must not become a way to flood a mailbox. */
const MAILED_PER_DAY_MAX = 100;
const DAY_MS = 24 * 3_600_000;

/** What is said when an alert fires. Value and threshold are millionths of the condition's unit. */
export interface Crossing {
  /** Of what watches several things, which; empty for the workspace. */
  subject: string;
  value: bigint;
  /** The decision that crossed the threshold, where one did. */
  seq?: bigint | null;
  isTest?: boolean;
  at: Date;
}

const TOO_MANY = `Not mailed: alerts of this workspace fired ${MAILED_PER_DAY_MAX} times in 24 hours.`;

const SYSTEM = { actorKind: 'SYSTEM', actorId: null } as const;

/**
 * Records that the alert fires: its firing and the event from which it is told, together. The alert's row is locked, so of
 * several who find the same crossing one comes first and the others find it recorded.
 */
export async function recordFiring(
  tx: Tx,
  alert: Alert,
  { subject, value, seq = null, isTest = false, at }: Crossing,
  by: ActorStamp & { address?: string | null } = SYSTEM,
): Promise<void> {
  const { id: alertId, workspaceId, name, condition, threshold } = alert;
  const mailTo = await recipientsOf(tx, alert, at);
  await tx.alertFiring.create({
    data: {
      id: newId(),
      alertId,
      workspaceId,
      subject,
      value,
      threshold,
      seq,
      isTest,
      firedAt: at,
      // Nothing ends a test.
      clearedAt: isTest ? at : null,
      ...(mailTo === 'TOO_MANY' ? { mailError: TOO_MANY } : { mailTo, mailDueAt: mailTo.length > 0 ? at : null }),
    },
  });
  await recordEvent(tx, {
    ...by,
    workspaceId,
    type: 'alert.fired',
    targetId: alertId,
    after: {
      name,
      condition,
      value: formatMicro(value),
      threshold: formatMicro(threshold),
      ...factsOf(subject),
      ...(seq !== null && { seq: String(seq) }),
      ...(isTest && { isTest }),
    },
  });
}

/** Records that a firing is over: from now on the alert can fire about its subject again. */
export async function recordClearing(
  tx: Tx,
  { workspaceId, id: alertId, name }: Alert,
  { id, subject, at }: Pick<AlertFiring, 'id' | 'subject'> & { at: Date },
): Promise<void> {
  const { count } = await tx.alertFiring.updateMany({ where: { id, clearedAt: null }, data: { clearedAt: at } });
  if (count === 0) return;
  const after = { name, ...factsOf(subject) };
  await recordEvent(tx, { ...SYSTEM, workspaceId, type: 'alert.cleared', targetId: alertId, after });
}

/** When an alert fired, newest first, tests included. */
export function listFirings(
  db: Db,
  { workspaceId }: Permit<'alerts:read'>,
  { alertId, ...request }: PageRequest & { alertId: string },
): Promise<Page<AlertFiring>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.alertFiring.findMany({
        where: { workspaceId, alertId, ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: (firing) => firing.id,
  });
}

/** The subject of a firing about one cap of one key. */
export function subjectOfCap({ apiKeyId, period }: { apiKeyId: string; period: CapPeriod }): string {
  return `${apiKeyId}:${period}`;
}

/** The key and the period of the cap that a firing is about; nothing for one about the workspace. */
export function factsOf(subject: string): { apiKeyId?: string; period?: CapPeriod } {
  const [apiKeyId = '', period] = subject.split(':');
  // Made by subjectOfCap alone.
  return period === undefined ? {} : { apiKeyId, period: period as CapPeriod };
}

/** Who is mailed, as the members are now. */
async function recipientsOf(
  tx: Tx,
  { workspaceId, mailedRoles, mailedAddresses }: Alert,
  at: Date,
): Promise<string[] | 'TOO_MANY'> {
  if (mailedRoles.length === 0 && mailedAddresses.length === 0) return [];
  const firedAt = { gt: new Date(at.getTime() - DAY_MS) };
  if ((await tx.alertFiring.count({ where: { workspaceId, firedAt } })) >= MAILED_PER_DAY_MAX) return 'TOO_MANY';
  const members = await tx.member.findMany({
    where: { workspaceId, removedAt: null, role: { in: mailedRoles } },
    select: { user: { select: { email: true } } },
    orderBy: { createdAt: 'asc' },
    take: RECIPIENTS_MAX,
  });
  const addresses = [...mailedAddresses, ...members.map(({ user }) => user.email.toLowerCase())];
  return [...new Set(addresses)].slice(0, RECIPIENTS_MAX);
}
