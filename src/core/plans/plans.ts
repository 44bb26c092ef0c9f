import { originOf } from '#core/access/actor';
import type { OperatorPermit, Permit } from '#core/access/permit';
import { type Db, inTransaction, now } from '#core/db';
import { NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { CREDITS_MAX } from '#core/plans/pricing';
import type { Plan } from '#generated/prisma/client';

const PLAN_NAME = /^[a-z][a-z0-9_-]{0,39}$/;
const REQUESTS_PER_MINUTE_MAX = 1_000_000;
const INBOX_MEBIBYTES_MAX = 1_048_576;
const PLANS_MAX = 1_000;

export interface SetPlanInput {
  name: string;
  requestsPerMinute: number;
  /** Whole percent off the price of every operation; left out, it stays. */
  discountPercent?: number | null | undefined;
  /** Micro-credits for each period of a month; left out, it stays. */
  monthlyAllowance?: bigint | null | undefined;
  /** MiB that the inboxes of a workspace may store together; left out, it stays. */
  inboxMebibytes?: number | null | undefined;
}

/**
 * Creates or changes a plan. Running processes may use the former rate limit for 5 seconds; price and allowance change
 * with the next decision. A larger allowance is granted for the rest of the running period, a smaller one takes nothing.
 * @throws ValidationFailed
 */
export async function setPlan(db: Db, _permit: OperatorPermit<'plans:set'>, input: SetPlanInput): Promise<Plan> {
  const { name, ...terms } = checkPlan(input);
  const changed = { ...terms, updatedAt: now() };
  return inTransaction(db, async (tx) => {
    const plan = await tx.plan.upsert({
      where: { name },
      create: { name, createdAt: now(), ...changed },
      update: changed,
    });
    if (terms.monthlyAllowance)
      await tx.$executeRaw`
      UPDATE balance SET next_due_at = now() FROM workspace w
      WHERE w.id = balance.workspace_id AND w.plan_name = ${name} AND w.deleted_at IS NULL`;
    return plan;
  });
}

function checkPlan({ name, requestsPerMinute, discountPercent, monthlyAllowance, inboxMebibytes }: SetPlanInput) {
  if (!PLAN_NAME.test(name)) {
    throw new ValidationFailed('name must be a lower-case word of at most 40 characters, like pro.', ['input', 'name']);
  }
  if (requestsPerMinute < 1 || requestsPerMinute > REQUESTS_PER_MINUTE_MAX) {
    throw new ValidationFailed(`requestsPerMinute must be a whole number from 1 to ${REQUESTS_PER_MINUTE_MAX}.`, [
      'input',
      'requestsPerMinute',
    ]);
  }
  if (
    discountPercent != null &&
    !(Number.isInteger(discountPercent) && discountPercent >= 0 && discountPercent <= 100)
  ) {
    throw new ValidationFailed('discountPercent must be a whole number from 0 to 100.', ['input', 'discountPercent']);
  }
  if (monthlyAllowance != null && (monthlyAllowance < 0n || monthlyAllowance > CREDITS_MAX)) {
    throw new ValidationFailed('monthlyAllowance must be between 0 and 1000000000000.', ['input', 'monthlyAllowance']);
  }
  if (
    inboxMebibytes != null &&
    !(Number.isInteger(inboxMebibytes) && inboxMebibytes >= 0 && inboxMebibytes <= INBOX_MEBIBYTES_MAX)
  ) {
    throw new ValidationFailed(`inboxMebibytes must be a whole number from 0 to ${INBOX_MEBIBYTES_MAX}.`, [
      'input',
      'inboxMebibytes',
    ]);
  }
  return {
    name,
    requestsPerMinute,
    ...(discountPercent != null && { discountPercent }),
    ...(monthlyAllowance != null && { monthlyAllowance }),
    ...(inboxMebibytes != null && { inboxMebibytes }),
  };
}

export interface AssignPlanInput {
  plan: string;
  /** IANA name; left out, it stays. */
  timeZone?: string | null | undefined;
}

/**
 * Puts the permit's workspace on a plan; the plan that it has changes nothing. The first allowance of a period is whole;
 * one that becomes larger within a period is granted for the rest of it, one that becomes smaller takes nothing.
 * @throws NotFound, ValidationFailed (time zone)
 */
export async function assignPlan(
  db: Db,
  permit: Permit<'plans:assign'>,
  { plan, timeZone = null }: AssignPlanInput,
): Promise<void> {
  const { workspaceId, actor } = permit;
  if (timeZone !== null && !isTimeZone(timeZone)) {
    throw new ValidationFailed('timeZone is not an IANA name, such as Europe/Berlin.', ['input', 'timeZone']);
  }
  await inTransaction(db, async (tx) => {
    if (!PLAN_NAME.test(plan) || !(await tx.plan.findUnique({ where: { name: plan } }))) {
      throw new NotFound(`No plan is called so: see the plans query.`, ['input', 'plan']);
    }
    const [before] = await tx.$queryRaw<{ planName: string; timeZone: string }[]>`
      SELECT plan_name AS "planName", time_zone AS "timeZone" FROM workspace WHERE id = ${workspaceId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
    if (!before) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
    if (before.planName === plan && (timeZone === null || before.timeZone === timeZone)) return;
    const changed = { planName: plan, ...(timeZone !== null && { timeZone }), updatedAt: now() };
    await tx.workspace.update({ where: { id: workspaceId }, data: changed });
    // What the plan gives is granted by the engine, which looks where something is due.
    await tx.balance.updateMany({ where: { workspaceId }, data: { nextDueAt: now() } });
    if (before.planName === plan) return;
    await recordEvent(tx, {
      ...originOf(actor),
      workspaceId,
      type: 'workspace.plan_assigned',
      targetId: workspaceId,
      before: { plan: before.planName },
      after: { plan },
    });
  });
}

/** The plans by name, cut at 1,000. */
export function listPlans(db: Db): Promise<Plan[]> {
  return db.plan.findMany({ orderBy: { name: 'asc' }, take: PLANS_MAX });
}

/** Whether both sides know it: the database reckons with it. */
function isTimeZone(text: string): boolean {
  return Intl.supportedValuesOf('timeZone').includes(text) || text === 'UTC';
}
