import { originOf } from '#core/access/actor';
import type { OperatorPermit, Permit } from '#core/access/permit';
import { type Db, inTransaction, now } from '#core/db';
import { NotFound, ValidationFailed } from '#core/errors';
import { recordEvent } from '#core/events/events';
import type { Plan } from '#generated/prisma/client';

const PLAN_NAME = /^[a-z][a-z0-9_-]{0,39}$/;
const REQUESTS_PER_MINUTE_MAX = 1_000_000;
const PLANS_MAX = 1_000;

export interface SetPlanInput {
  name: string;
  requestsPerMinute: number;
}

/** Creates or changes a plan. Running processes may use the former limit for 5 seconds. @throws ValidationFailed */
export function setPlan(db: Db, _permit: OperatorPermit<'plans:set'>, input: SetPlanInput): Promise<Plan> {
  const { name, requestsPerMinute } = input;
  if (!PLAN_NAME.test(name)) {
    throw new ValidationFailed('name must be a lower-case word of at most 40 characters, like pro.', ['input', 'name']);
  }
  if (requestsPerMinute < 1 || requestsPerMinute > REQUESTS_PER_MINUTE_MAX) {
    throw new ValidationFailed(`requestsPerMinute must be a whole number from 1 to ${REQUESTS_PER_MINUTE_MAX}.`, [
      'input',
      'requestsPerMinute',
    ]);
  }
  const changed = { requestsPerMinute, updatedAt: now() };
  return db.plan.upsert({ where: { name }, create: { name, createdAt: now(), ...changed }, update: changed });
}

/** Puts the permit's workspace on a plan; the plan that it has changes nothing. @throws NotFound */
export async function assignPlan(db: Db, permit: Permit<'plans:assign'>, { plan }: { plan: string }): Promise<void> {
  const { workspaceId, actor } = permit;
  await inTransaction(db, async (tx) => {
    if (!PLAN_NAME.test(plan) || !(await tx.plan.findUnique({ where: { name: plan } }))) {
      throw new NotFound(`No plan is called so: see the plans query.`, ['input', 'plan']);
    }
    const [before] = await tx.$queryRaw<{ planName: string }[]>`
      SELECT plan_name AS "planName" FROM workspace WHERE id = ${workspaceId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
    if (!before) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
    if (before.planName === plan) return;
    await tx.workspace.update({ where: { id: workspaceId }, data: { planName: plan, updatedAt: now() } });
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
