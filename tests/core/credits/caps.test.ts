import { randomUUID } from 'node:crypto';
import { assert, constantFrom, date, property } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CapColumns } from '#core/api-keys/caps';
import { type CapUse, capWindow, findExceeded } from '#core/credits/caps';
import type { RecordUsageInput } from '#core/credits/debits';
import { KeyLimitExceeded } from '#core/credits/key-limit-exceeded';
import { Unauthenticated } from '#core/errors';
import { violationsOf } from '../../world/invariants.ts';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestKey, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

type Call = Partial<RecordUsageInput> & { with?: TestKey };

async function spend({ workspaceId, key }: TestWorkspace, { with: spending = key, ...input }: Call = {}) {
  const permit = await world.permit(spending.actor, 'usage:write', workspaceId);
  const call = { apiKeyId: spending.actor.apiKeyId, credits: credits(1), idempotencyKey: randomUUID() };
  return world.credits.recordUsage(permit, { ...call, ...input });
}

const setCaps = ({ actor }: TestKey, caps: Partial<CapColumns>) =>
  world.db.apiKey.update({ where: { id: actor.apiKeyId }, data: caps });

/** As if the key had spent this some days ago. */
const spentBefore = ({ workspaceId, key }: TestWorkspace, day: Date, amount: bigint) =>
  world.db.apiKeySpend.create({ data: { workspaceId, apiKeyId: key.actor.apiKeyId, day, credits: amount } });

test('windows are those of PostgreSQL in UTC: days, weeks from Monday, months', async () => {
  const sql = `SELECT at, date_trunc('day', at, 'UTC') AS day, date_trunc('week', at, 'UTC') AS week,
    date_trunc('month', at, 'UTC') AS month FROM generate_series('2023-12-20T00:00Z'::timestamptz, '2025-03-10', '7 hours 13 minutes') AS at`;
  for (const { at, day, week, month } of await query<Record<'at' | 'day' | 'week' | 'month', Date>>(
    world.databaseUrl,
    sql,
  )) {
    expect(capWindow('DAY', at).since).toEqual(day);
    expect(capWindow('WEEK', at).since).toEqual(week);
    expect(capWindow('MONTH', at).since).toEqual(month);
  }
});

test('the end of a window is the first moment of the next', () => {
  const time = date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  assert(
    property(constantFrom('DAY', 'WEEK', 'MONTH'), time, (period, at) => {
      const { since, until } = capWindow(period, at);
      expect(since!.getTime()).toBeLessThanOrEqual(at.getTime());
      expect(until!.getTime()).toBeGreaterThan(at.getTime());
      expect(capWindow(period, until!).since).toEqual(until);
      expect(capWindow(period, new Date(until!.getTime() - 1)).since).toEqual(since);
    }),
  );
});

const named = (...uses: CapUse[]) => findExceeded(uses, 2n)?.period;

test('of several caps the one that resets last is named, and TOTAL never resets', () => {
  const at = new Date('2026-12-30T12:00:00Z');
  const use = (period: CapUse['period'], spent = 9n): CapUse => {
    return { period, credits: 10n, spent, apiKeyId: 'key', resetsAt: capWindow(period, at).until };
  };
  expect(named(use('DAY'), use('WEEK'), use('MONTH'), use('TOTAL'))).toBe('TOTAL');
  expect(named(use('DAY'), use('MONTH'), use('WEEK'))).toBe('WEEK');
  expect(named(use('DAY'), use('MONTH', 8n), use('TOTAL', 8n))).toBe('DAY');
  expect(named(use('DAY', 8n))).toBeUndefined();
});

test('50 parallel debits of 1 against a cap of 20 give exactly 20, and the rest say why', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  await setCaps(workspace.key, { capDay: credits(20) });
  const results = await Promise.all(Array.from({ length: 50 }, () => spend(workspace)));
  const declined = results.filter(({ entry }) => entry.outcome === 'DECLINED');
  expect(declined).toHaveLength(30);
  for (const { entry } of declined) {
    expect(entry).toMatchObject({ declineReason: 'KEY_LIMIT_EXCEEDED', credits: 0n, price: credits(1) });
    expect(entry).toMatchObject({ capPeriod: 'DAY', capCredits: credits(20), capSpent: credits(20) });
  }
  expect(results.map(({ entry }) => Number(entry.seq)).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 2),
  );
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
});

test('a cap that is set later counts what was spent before it', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  await spend(workspace, { credits: credits(7) });
  await setCaps(workspace.key, { capMonth: credits(10) });
  expect((await spend(workspace, { credits: credits(4) })).entry).toMatchObject({ capSpent: credits(7) });
  expect((await spend(workspace, { credits: credits(3) })).entry.outcome).toBe('SUCCEEDED');
});

test('each window counts its own days', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const [{ at } = { at: new Date() }] = await query<{ at: Date }>(world.databaseUrl, 'SELECT now() AS at');
  const before = (period: 'DAY' | 'WEEK' | 'MONTH') => new Date(capWindow(period, at).since!.getTime() - 1);
  await spentBefore(workspace, new Date('2020-01-01'), credits(50));
  for (const [period, column] of [
    ['DAY', 'capDay'],
    ['WEEK', 'capWeek'],
    ['MONTH', 'capMonth'],
  ] as const) {
    await world.db.apiKeySpend.deleteMany({
      where: { workspaceId: workspace.workspaceId, day: { gt: '2020-01-02T00:00:00Z' } },
    });
    await spentBefore(workspace, before(period), credits(5));
    await setCaps(workspace.key, { capDay: null, capWeek: null, capMonth: null, [column]: credits(2) });
    expect((await spend(workspace, { credits: credits(2) })).entry.outcome).toBe('SUCCEEDED');
    expect((await spend(workspace)).entry).toMatchObject({ capPeriod: period, capSpent: credits(2) });
  }
  await setCaps(workspace.key, { capTotal: credits(50) });
  expect((await spend(workspace)).entry).toMatchObject({ capPeriod: 'TOTAL', capSpent: credits(57) });
});

test('a replay says the very same, whatever became of the cap and the spending since', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  await setCaps(workspace.key, { capWeek: credits(5) });
  await spend(workspace, { credits: credits(4) });
  const call = { credits: credits(2), idempotencyKey: 'capped-once' };
  const first = await spend(workspace, call);
  await setCaps(workspace.key, { capWeek: credits(50), capTotal: credits(60) });
  await spend(workspace, { credits: credits(3) });
  const again = await spend(workspace, call);
  expect(again).toEqual({ entry: first.entry, replayed: true });
  const [said, repeated] = [new KeyLimitExceeded(first), new KeyLimitExceeded(again)];
  expect(repeated).toMatchObject({ message: said.message, period: 'WEEK', cap: said.cap, spent: said.spent });
  expect(repeated.resetsAt).toEqual(said.resetsAt);
  expect(said).toMatchObject({ period: 'WEEK', cap: credits(5), spent: credits(4) });
  expect(said.resetsAt).toEqual(capWindow('WEEK', first.entry.createdAt).until);
});

test('the cap is asked before the balance, and neither for calls that cost nothing', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(3) });
  await setCaps(workspace.key, { capTotal: credits(1) });
  expect((await spend(workspace, { credits: credits(5) })).entry.declineReason).toBe('KEY_LIMIT_EXCEEDED');
  await spend(workspace);
  expect((await spend(workspace, { outcome: 'FAILED' })).entry.outcome).toBe('FAILED');
  expect((await spend(workspace, { credits: 0n })).entry.outcome).toBe('SUCCEEDED');
  await setCaps(workspace.key, { capTotal: credits(10) });
  expect((await spend(workspace, { credits: credits(5) })).entry.declineReason).toBe('INSUFFICIENT_CREDITS');
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
});

test('keys for testing stand outside caps and are not counted', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(3), key: { environment: 'TEST' } });
  await setCaps(workspace.key, { capTotal: credits(1) });
  for (let call = 0; call < 3; call++) expect((await spend(workspace)).entry.outcome).toBe('SUCCEEDED');
  expect(await world.db.apiKeySpend.count({ where: { workspaceId: workspace.workspaceId } })).toBe(0);
});

test('two keys of a workspace have caps of their own', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const other = await world.makeKey(workspace.owner, workspace.workspaceId);
  await setCaps(workspace.key, { capTotal: credits(1) });
  await setCaps(other, { capTotal: credits(2) });
  await spend(workspace);
  expect((await spend(workspace)).entry.outcome).toBe('DECLINED');
  await spend(workspace, { with: other });
  await spend(workspace, { with: other });
  expect((await spend(workspace, { with: other })).entry).toMatchObject({ capSpent: credits(2) });
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
});

/** A key as another key would make it. */
async function makeLesser({ owner, workspaceId, key }: TestWorkspace, caps: Partial<CapColumns> = {}) {
  const lesser = await world.makeKey(owner, workspaceId);
  const data = { ...caps, parentId: key.actor.apiKeyId };
  await world.db.apiKey.update({ where: { id: lesser.actor.apiKeyId }, data });
  return lesser;
}

test('what a lesser key spends counts for the key that made it too, and the caps of both bind', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const [one, two] = [await makeLesser(workspace, { capTotal: credits(2) }), await makeLesser(workspace)];
  await setCaps(workspace.key, { capDay: credits(5) });
  const [own, maker] = [one.actor.apiKeyId, workspace.key.actor.apiKeyId];
  await spend(workspace, { with: one, credits: credits(2) });
  const declined = await spend(workspace, { with: one });
  expect(declined.entry).toMatchObject({ capPeriod: 'TOTAL', capApiKeyId: own, capSpent: credits(2) });
  await spend(workspace, { with: two, credits: credits(2) });
  await spend(workspace);
  const last = await spend(workspace, { with: two });
  expect(last.entry).toMatchObject({ capPeriod: 'DAY', capApiKeyId: maker, capSpent: credits(5) });
  expect(new KeyLimitExceeded(last).message).toContain('The API key that made this one');
  expect((await spend(workspace)).entry).toMatchObject({ capApiKeyId: maker, capSpent: credits(5) });
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
});

test('a lesser key spends no more once the key that made it is disabled, expired or may not spend', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const lesser = await makeLesser(workspace);
  const where = { id: workspace.key.actor.apiKeyId };
  const whole = await world.db.apiKey.findUniqueOrThrow({ where });
  await spend(workspace, { with: lesser });
  for (const data of [{ disabledAt: new Date() }, { expiresAt: new Date(1) }, { scopes: ['usage:read'] }]) {
    await world.db.apiKey.update({ where, data });
    await expect(spend(workspace, { with: lesser })).rejects.toThrow(Unauthenticated);
    const { disabledAt, expiresAt, scopes } = whole;
    await world.db.apiKey.update({ where, data: { disabledAt, expiresAt, scopes } });
  }
  await spend(workspace, { with: lesser });
});
