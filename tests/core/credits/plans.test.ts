import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Access } from '#core/access/access';
import { quoteUsage } from '#core/credits/quotes';
import { assignPlan, setPlan, type SetPlanInput } from '#core/plans/plans';
import { exactPriceOf } from '#core/plans/pricing';
import { violationsOf } from '../../world/invariants.ts';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const plan = (terms: Omit<SetPlanInput, 'requestsPerMinute'>) =>
  setPlan(world.db, new Access(world.db, world.operator).operatorPermit('plans:set'), {
    requestsPerMinute: 1_000,
    ...terms,
  });

async function assign({ workspaceId }: TestWorkspace, name: string, timeZone?: string): Promise<void> {
  const permit = await world.permit(world.operator, 'plans:assign', workspaceId);
  await assignPlan(world.db, permit, { plan: name, timeZone });
  await world.credits.tidy(workspaceId);
}

async function price(name: string, micro: bigint): Promise<void> {
  const at = new Date();
  const operation = { name, description: '', price: micro, createdAt: at, updatedAt: at };
  await world.db.operation.upsert({ where: { name }, create: operation, update: { price: micro } });
}

const balanceOf = ({ workspaceId }: TestWorkspace) => world.db.balance.findUniqueOrThrow({ where: { workspaceId } });
const allowancesOf = ({ workspaceId }: TestWorkspace) =>
  world.db.creditGrant.findMany({ where: { workspaceId, source: 'ALLOWANCE' }, orderBy: { seq: 'asc' } });

async function spend(
  { workspaceId, key }: TestWorkspace,
  call: { operation?: string; units?: bigint; credits?: bigint },
) {
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  const input = { apiKeyId: key.actor.apiKeyId, idempotencyKey: randomUUID(), ...call };
  return (await world.credits.recordUsage(permit, input)).entry;
}

async function expectSound({ workspaceId }: TestWorkspace): Promise<void> {
  expect(await violationsOf(world, workspaceId)).toEqual([]);
}

test('the discount of the plan is in the price of an operation, rounded once, and never in credits that are final', async () => {
  await plan({ name: 'cheap', discountPercent: 33 });
  await price('search.people', 1_000_001n);
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  await assign(workspace, 'cheap');
  const entry = await spend(workspace, { operation: 'search.people', units: 1_500_000n });
  expect(entry).toMatchObject({ basePrice: 1_000_001n, discountPercent: 33, credits: 1_005_001n });
  expect(exactPriceOf(entry)).toBe('1.005001005');
  expect(await spend(workspace, { credits: credits(1) })).toMatchObject({ discountPercent: 0, credits: credits(1) });
});

test('an allowance is granted when the plan begins and ends with its period; it does not roll over', async () => {
  await plan({ name: 'monthly', monthlyAllowance: credits(100) });
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  await assign(workspace, 'monthly');
  await spend(workspace, { credits: credits(30) });
  const [first] = await allowancesOf(workspace);
  expect(first).toMatchObject({ amount: credits(100), remaining: credits(70), actorKind: 'SYSTEM' });
  const { allowanceUntil, nextDueAt } = await balanceOf(workspace);
  expect([first?.expiresAt, nextDueAt]).toEqual([allowanceUntil, allowanceUntil]);

  // As if a month had gone by.
  await query(
    world.databaseUrl,
    `UPDATE balance SET allowance_until = now(), next_due_at = now() WHERE workspace_id = '${workspace.workspaceId}';
     UPDATE credit_grant SET expires_at = now() WHERE id = '${first?.id}';
     UPDATE workspace SET name = 'read anew' WHERE id = '${workspace.workspaceId}'`,
  );
  expect((await spend(workspace, { credits: credits(1) })).availableAfter).toBe(credits(104));
  expect((await allowancesOf(workspace)).map(({ remaining }) => remaining)).toEqual([0n, credits(99)]);
  await expectSound(workspace);
});

test('a larger allowance is granted for the rest of the period, and a smaller one takes nothing', async () => {
  await plan({ name: 'small', monthlyAllowance: credits(100) });
  await plan({ name: 'large', monthlyAllowance: credits(300) });
  const workspace = await world.makeWorkspace();
  await assign(workspace, 'small');
  const [from, until] = [Date.now() - 1_000_000_000, Date.now() + 1_000_000_000].map((at) => new Date(at));
  await world.db.balance.update({
    where: { workspaceId: workspace.workspaceId },
    data: { allowanceSince: from!, allowanceUntil: until! },
  });
  await assign(workspace, 'large');
  const amounts = (await allowancesOf(workspace)).map(({ amount }) => amount);
  expect(amounts).toHaveLength(2);
  // Half of the difference, less the moment that this took.
  expect(Number(amounts[1])).toBeGreaterThan(99.99e6);
  expect(Number(amounts[1])).toBeLessThanOrEqual(100e6);
  await assign(workspace, 'small');
  await assign(workspace, 'large');
  expect(await allowancesOf(workspace)).toHaveLength(2);
  await expectSound(workspace);
});

test.each([
  ['2026-01-31', 'UTC', '2026-02-10T12:00:00Z', '2026-01-31T00:00:00Z', '2026-02-28T00:00:00Z'],
  ['2026-01-31', 'UTC', '2026-02-28T00:00:00Z', '2026-02-28T00:00:00Z', '2026-03-31T00:00:00Z'],
  ['2026-01-31', 'UTC', '2026-04-30T23:59:59Z', '2026-04-30T00:00:00Z', '2026-05-31T00:00:00Z'],
  ['2024-02-29', 'UTC', '2025-02-28T00:00:00Z', '2025-02-28T00:00:00Z', '2025-03-29T00:00:00Z'],
  ['2026-03-15', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-14T23:00:00Z', '2026-04-14T22:00:00Z'],
  ['2026-03-15', 'America/New_York', '2026-04-15T03:59:59Z', '2026-03-15T04:00:00Z', '2026-04-15T04:00:00Z'],
])('a period that counts from %s in %s holds %s from %s to %s', async (anchor, zone, at, since, until) => {
  const [period] = await world.db.$queryRaw<{ since: Date; until: Date }[]>`
    SELECT since, until FROM allowance_period(${anchor}::date, ${zone}, ${at}::timestamptz)`;
  expect(period).toEqual({ since: new Date(since), until: new Date(until) });
});

test('a quote tells what the call will cost, and changes nothing', async () => {
  await plan({ name: 'quoted', discountPercent: 50 });
  await price('search.companies', credits(4));
  const workspace = await world.makeWorkspace({
    credits: credits(10),
    key: { caps: [{ period: 'DAY', credits: credits(6) }] },
  });
  await assign(workspace, 'quoted');
  const { workspaceId, key, owner } = workspace;
  const ask = async (units: bigint, actor: Parameters<World['permit']>[0] = key.actor) =>
    quoteUsage(world.db, await world.permit(actor, 'balance:read', workspaceId), {
      operation: 'search.companies',
      units: units * 1_000_000n,
    });
  const quote = await ask(2n);
  expect(quote).toMatchObject({ basePrice: credits(4), discountPercent: 50, price: credits(4), decline: null });
  expect(quote.draws.map((draw) => draw.credits)).toEqual([credits(4)]);
  expect((await ask(4n)).decline).toMatchObject({ declineReason: 'KEY_LIMIT_EXCEEDED', capPeriod: 'DAY' });
  expect((await ask(4n, owner)).decline).toBeNull();
  expect((await ask(6n, owner)).decline).toEqual({ declineReason: 'INSUFFICIENT_CREDITS' });
  expect((await balanceOf(workspace)).seq).toBe(1n);
  const entry = await spend(workspace, { operation: 'search.companies', units: 2_000_000n });
  expect([entry.credits, entry.discountPercent]).toEqual([quote.credits, quote.discountPercent]);
});

test('a decision that takes what is available below the threshold is an event, once', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { workspaceId } = workspace;
  await query(
    world.databaseUrl,
    `UPDATE balance SET low_balance_threshold = ${credits(5)} WHERE workspace_id = '${workspaceId}'`,
  );
  await Promise.all(Array.from({ length: 8 }, () => spend(workspace, { credits: credits(1) })));
  const events = await world.db.event.findMany({ where: { workspaceId, type: 'workspace.balance_low' } });
  expect(events).toHaveLength(1);
  expect(events[0]?.after).toMatchObject({ threshold: '5' });
  await expectSound(workspace);
});
