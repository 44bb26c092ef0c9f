import { randomUUID } from 'node:crypto';
import { assert, asyncProperty, constantFrom, date, record } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findKeySpending } from '#core/credits/caps';
import { closeUsageDays } from '#core/usage/closing';
import { findSpending, runwayOf, spendingOf } from '#core/usage/spending';
import type { LedgerEntry } from '#generated/prisma/client';
import { query } from '../../world/scratch-database.ts';
import { type ClockedWorld, openClockedWorld } from '../../world/shifted-clock.ts';
import { credits, type TestKey, type TestWorkspace } from '../../world/world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = HOUR_MS / 4;
/** Clocks change in Lord Howe on the 4th of October, by half an hour, and in Berlin on the 25th. */
const BEGIN = new Date('2026-09-20T00:10:00Z');
const END = new Date('2026-10-30T00:00:00Z');
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];

let world: ClockedWorld;
let workspace: TestWorkspace;
let lesser: TestKey;
let entries: LedgerEntry[];

beforeAll(async () => {
  world = await openClockedWorld();
  workspace = await world.makeWorkspace({ credits: credits(100_000) });
  const { workspaceId, owner, key } = workspace;
  await query(
    world.databaseUrl,
    `CREATE TABLE autumn PARTITION OF ledger_entry FOR VALUES FROM ('2026-09-01Z') TO ('2026-11-01Z');
     UPDATE balance SET last_entry_at = '2026-09-01Z' WHERE workspace_id = '${workspaceId}'`,
  );
  lesser = await world.makeKey(owner, workspaceId);
  await world.db.apiKey.update({ where: { id: lesser.actor.apiKeyId }, data: { parentId: key.actor.apiKeyId } });
  const unpaid = await world.makeKey(owner, workspaceId, { environment: 'TEST' });
  const refund = await world.permit(world.operator, 'credits:refund', workspaceId);
  for (let index = 0; index < 90; index++) {
    await world.setClock(new Date(BEGIN.getTime() + index * 10.4 * HOUR_MS));
    const { entry } = await spend([key, lesser, unpaid][index % 3] as TestKey, index);
    if (index % 5 !== 1 || entry.credits === 0n) continue;
    await world.setClock(new Date(BEGIN.getTime() + (index * 10.4 + 9) * HOUR_MS));
    await world.credits.refundUsage(refund, { seq: entry.seq, credits: 400_001n, idempotencyKey: randomUUID() });
  }
  entries = await world.db.ledgerEntry.findMany({ where: { workspaceId, createdAt: { lt: END } } });
}, 60_000);
afterAll(() => world.close());

async function spend({ actor }: TestKey, index: number) {
  const permit = await world.permit(actor, 'usage:write', workspace.workspaceId);
  const outcome = index % 8 === 7 ? 'FAILED' : 'SUCCEEDED';
  const call = { apiKeyId: actor.apiKeyId, credits: BigInt(1_000_003 + index * 17), outcome } as const;
  return world.credits.recordUsage(permit, { ...call, idempotencyKey: randomUUID() });
}

/** The day that a calendar on the wall shows, as its midnight in UTC; no code of the product's. */
function dayOf(at: Date, timeZone: string): number {
  return Date.parse(`${new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at)}T00:00:00Z`);
}

/** What the ledger says was spent until the end of the quarter of an hour of a moment, by a rule about days. */
function spentOn(at: Date, timeZone: string, isWanted: (day: Date) => boolean): bigint {
  const end = (Math.floor(at.getTime() / QUARTER_MS) + 1) * QUARTER_MS;
  let sum = 0n;
  for (const { kind, createdAt, environment, credits: moved } of entries) {
    if (environment !== 'LIVE' || createdAt.getTime() >= end || !isWanted(new Date(dayOf(createdAt, timeZone))))
      continue;
    if (kind === 'USAGE') sum += moved;
    if (kind === 'REFUND') sum -= moved;
  }
  return sum;
}

const anyMoment = record({
  at: date({ min: BEGIN, max: END, noInvalidDate: true }),
  timeZone: constantFrom(...ZONES),
});

const agreesWithLedger = (): Promise<void> =>
  assert(
    asyncProperty(anyMoment, async ({ at, timeZone }) => {
      const today = dayOf(at, timeZone);
      expect(await spendingOf(world.db, { workspaceId: workspace.workspaceId, timeZone, at })).toEqual({
        today: spentOn(at, timeZone, (day) => day.getTime() === today),
        lastSevenDays: spentOn(at, timeZone, (day) => day.getTime() >= today - 6 * DAY_MS),
        thisMonth: spentOn(at, timeZone, (day) => day.getUTCMonth() === new Date(today).getUTCMonth()),
      });
    }),
    { numRuns: 30 },
  );

test(
  'what is spent today, in seven days and this month is what the ledger says, by the clock of any zone',
  { timeout: 30_000 },
  async () => {
    expect(entries.filter(({ kind }) => kind === 'REFUND').length).toBeGreaterThan(5);
    await agreesWithLedger();
    await closeUsageDays(world.db);
    expect(await world.db.usageClosing.count()).toBe(1);
    await agreesWithLedger();
  },
);

test('a moment that is midnight in one zone is yesterday in another, and a day in which more came back is below zero', async () => {
  const workspaceId = randomUUID();
  await putQuarters(workspaceId, [
    { at: '2026-10-24T21:45:00Z', charged: 1_000_000n },
    { at: '2026-10-24T22:00:00Z', charged: 20_000_000n },
    { at: '2026-10-25T22:45:00Z', charged: 300_000_000n, refunded: 1n },
    { at: '2026-09-30T22:00:00Z', charged: 4_000_000_000n },
    { at: '2026-10-26T09:00:00Z', charged: 0n, refunded: 7n },
  ]);
  const find = (timeZone: string, at: string) => spendingOf(world.db, { workspaceId, timeZone, at: new Date(at) });
  // In Berlin the 25th has 25 hours: from 22:00 to 23:00 of the following day.
  expect((await find('Europe/Berlin', '2026-10-25T22:59:00Z')).today).toBe(319_999_999n);
  expect((await find('UTC', '2026-10-25T22:59:00Z')).today).toBe(299_999_999n);
  expect(await find('Europe/Berlin', '2026-10-26T09:05:00Z')).toEqual({
    today: -7n,
    lastSevenDays: 320_999_992n,
    thisMonth: 4_320_999_992n,
  });
  expect((await find('UTC', '2026-10-26T09:05:00Z')).thisMonth).toBe(320_999_992n);
  const permit = await world.permit(workspace.owner, 'usage:read', workspace.workspaceId);
  await expect(findSpending(world.db, permit, { timeZone: '+01:00' })).rejects.toThrow(/timeZone is not an IANA name/);
});

/** Sums of a workspace's LIVE calls, by their quarter of an hour. */
async function putQuarters(
  workspaceId: string,
  quarters: readonly { at: string | Date; charged: bigint; refunded?: bigint }[],
): Promise<void> {
  const ids = { apiKeyId: randomUUID(), memberId: randomUUID() };
  await world.db.usageQuarter.createMany({
    data: quarters.map(({ at, charged, refunded = 0n }) => ({
      ...ids,
      workspaceId,
      quarter: new Date(at),
      operation: '',
      outcome: 'SUCCEEDED',
      tag: '',
      environment: 'LIVE',
      calls: 1n,
      credits: charged,
      refunded,
    })),
  });
}

const NOW = new Date('2026-10-20T10:07:00Z');
const hoursAgo = (hours: number): Date => new Date(Date.parse('2026-10-20T10:00:00Z') - hours * HOUR_MS);

/** The same charge in each of some hours. */
const eachHour = (hours: Iterable<number>, charged: bigint) =>
  Array.from(hours, (hour) => ({ at: hoursAgo(hour), charged }));
const range = (since: number, until: number) => Array.from({ length: until - since }, (_, index) => since + index);

test.each([
  ['nobody spends', [], null],
  ['was spent eight days ago alone', eachHour([170], credits(5)), null],
  ['more came back than was spent', [{ at: hoursAgo(2), charged: 5n, refunded: 6n }], null],
  ['ten years and more are left', eachHour([1], 1n), null],
  [
    'goes on around the clock, all week',
    eachHour(range(0, 168), credits(2)),
    { creditsPerHour: credits(2), hours: 50, emptiesAt: new Date('2026-10-22T12:07:00Z'), confidence: 'HIGH' },
  ],
  [
    'began around the clock today, ten times the rate of the week',
    eachHour(range(0, 24), credits(2)),
    { creditsPerHour: credits(2), hours: 50, confidence: 'MEDIUM' },
  ],
  [
    'is much less today than it was all week',
    [...eachHour(range(0, 24), credits(1)), ...eachHour(range(24, 168), credits(20))],
    { creditsPerHour: credits(1), hours: 100, confidence: 'MEDIUM' },
  ],
  [
    'is in eleven hours a day, all week',
    eachHour(
      range(0, 168).filter((hour) => hour % 24 < 11),
      credits(24),
    ),
    { creditsPerHour: credits(11), hours: 9.09, confidence: 'MEDIUM' },
  ],
  [
    'is in four hours',
    eachHour([0, 3, 7, 23], credits(6)),
    { creditsPerHour: credits(1), hours: 100, confidence: 'MEDIUM' },
  ],
  [
    'is in three hours, many times in each',
    [0, 3, 7].flatMap((hour) =>
      [0, 1].map((quarter) => ({ at: new Date(hoursAgo(hour).getTime() - quarter * QUARTER_MS), charged: credits(4) })),
    ),
    { creditsPerHour: credits(1), hours: 100, confidence: 'LOW' },
  ],
  [
    'was in one burst yesterday, before the last 24 hours',
    eachHour([30], credits(84)),
    { creditsPerHour: 500_000n, hours: 200, confidence: 'LOW' },
  ],
  [
    'does not divide: the rate is rounded half up, what is left is not',
    [{ at: hoursAgo(1), charged: 12n * credits(1) + 12n }],
    { creditsPerHour: 500_001n, hours: 200, confidence: 'LOW' },
  ],
])('the runway of 100 credits when spending %s', async (_, quarters, expected) => {
  const workspaceId = randomUUID();
  await putQuarters(workspaceId, quarters);
  const runway = await runwayOf(world.db, { workspaceId, available: credits(100), at: NOW });
  const told = runway && { ...runway, hours: Number(runway.hours.toFixed(2)) };
  expect({ told }).toMatchObject({ told: expected });
});

test('what is left and what is spent in the quarter of an hour that is now both count, TEST keys and empty balances too', async () => {
  const workspaceId = randomUUID();
  await putQuarters(workspaceId, [{ at: '2026-10-20T10:00:00Z', charged: credits(24) }]);
  await world.db.usageQuarter.updateMany({ where: { workspaceId }, data: { environment: 'TEST' } });
  expect(await runwayOf(world.db, { workspaceId, available: credits(1), at: NOW })).toBeNull();
  await putQuarters(workspaceId, [{ at: '2026-10-20T10:00:00Z', charged: credits(24) }]);
  expect(await runwayOf(world.db, { workspaceId, available: 1_500_000n, at: NOW })).toMatchObject({ hours: 1.5 });
  expect(await runwayOf(world.db, { workspaceId, available: 0n, at: NOW })).toEqual({
    creditsPerHour: credits(1),
    hours: 0,
    emptiesAt: NOW,
    confidence: 'LOW',
  });
});

test('what a key spent counts the keys it made, by days, weeks and months of UTC, refunds where the call was', async () => {
  const [keyId, lesserId] = [workspace.key.actor.apiKeyId, lesser.actor.apiKeyId];
  const calls = new Map(entries.filter(({ kind }) => kind === 'USAGE').map((entry) => [entry.seq, entry]));
  const spentBy = (ids: readonly string[], since: Date): bigint =>
    entries.reduce((sum, { kind, refSeq, apiKeyId, createdAt, credits: moved }) => {
      const at = kind === 'REFUND' ? (calls.get(refSeq ?? 0n)?.createdAt ?? createdAt) : createdAt;
      if (!ids.includes(apiKeyId ?? '') || at < since) return sum;
      return kind === 'REFUND' ? sum - moved : sum + moved;
    }, 0n);
  // The last of the calls is on Thursday the 29th.
  for (const [at, day, week, month] of [
    ['2026-10-29T23:59:00Z', '2026-10-29', '2026-10-26', '2026-10-01'],
    ['2026-11-01T08:00:00Z', '2026-11-01', '2026-10-26', '2026-11-01'],
    ['2026-11-02T00:00:00Z', '2026-11-02', '2026-11-02', '2026-11-01'],
  ] as const) {
    const told = await findKeySpending(world.db, [lesserId, keyId, randomUUID()], new Date(at));
    const expected = [[lesserId], [keyId, lesserId], []].map((ids) => ({
      DAY: spentBy(ids, new Date(day)),
      WEEK: spentBy(ids, new Date(week)),
      MONTH: spentBy(ids, new Date(month)),
      TOTAL: spentBy(ids, new Date(0)),
    }));
    expect(told).toEqual(expected);
    expect(expected[1]?.TOTAL).toBeGreaterThan(credits(30));
  }
});
