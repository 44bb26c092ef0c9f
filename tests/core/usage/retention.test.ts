import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerFeedReader } from '#core/credits/feed-reader';
import { findBalanceAt } from '#core/credits/history';
import { ledgers } from '#core/credits/ledger-proof';
import { keySpending } from '#core/credits/spend-proof';
import { Feeds } from '#core/events/feed';
import { exportLedger } from '#core/usage/export';
import { dropOldMonths } from '#core/usage/retention';
import { usageSums } from '#core/usage/rollup-proof';
import { summarizeUsage, type UsageSummaryInput } from '#core/usage/summary';
import { query } from '../../world/scratch-database.ts';
import { type ClockedWorld, openClockedWorld } from '../../world/shifted-clock.ts';
import { credits, type TestWorkspace } from '../../world/world.ts';

const HOUR_MS = 3_600_000;
const KEPT = { months: 3, idempotencyDays: 30 };

let world: ClockedWorld;
/** Spends in every month; has been idle since the oldest; is of today. */
let busy: TestWorkspace;
let idle: TestWorkspace;
let fresh: TestWorkspace;
/** Number of a call in the last month that is dropped, and of one in the first that is kept. */
let droppedCall: bigint;
let keptCall: bigint;

/** So many whole months before the one that it is now, and hours more. */
function monthsAgo(months: number, hours = 0): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1) + hours * HOUR_MS);
}

beforeAll(async () => {
  world = await openClockedWorld();
  const partitions = [6, 5, 4, 3, 2, 1].flatMap((back) =>
    ['ledger_entry', 'ledger_split'].map((parent) => {
      const [since, until] = [monthsAgo(back).toISOString(), monthsAgo(back - 1).toISOString()];
      return `CREATE TABLE ${parent}_${back} PARTITION OF ${parent} FOR VALUES FROM ('${since}') TO ('${until}')`;
    }),
  );
  await query(world.databaseUrl, partitions.join(';'));
  [busy, idle, fresh] = [await world.makeWorkspace(), await world.makeWorkspace(), await world.makeWorkspace()];
  await query(world.databaseUrl, `UPDATE balance SET last_entry_at = '${monthsAgo(6).toISOString()}'`);
  await world.setClock(monthsAgo(5, 10));
  await grant(idle, {});
  await spend(idle, 1n);
  await liveThrough();
  await world.setClock(new Date());
  await grant(fresh, {});
  await spend(fresh, 1n);
}, 60_000);
afterAll(() => world.close());

/** Months of everything that there is: grants that end, are voided and are empty, holds and refunds across months. */
async function liveThrough(): Promise<void> {
  const refund = await world.permit(world.operator, 'credits:refund', busy.workspaceId);
  const holds = await world.permit(busy.key.actor, 'holds:write', busy.workspaceId);
  await grant(busy, { credits: credits(2), expiresAt: monthsAgo(4, 100) });
  const voided = await grant(busy, { credits: credits(9) });
  await grant(busy, { credits: credits(5) });
  await spend(busy, credits(1), 'alpha');
  await world.setClock(monthsAgo(4, 200));
  await grant(busy, { credits: credits(100) });
  await spend(busy, credits(7), 'beta');
  await world.credits.voidGrant(await world.permit(world.operator, 'credits:void', busy.workspaceId), {
    grantId: voided,
    idempotencyKey: randomUUID(),
  });
  droppedCall = await spend(busy, credits(4));
  await world.setClock(new Date(monthsAgo(3).getTime() - HOUR_MS));
  const terms = { apiKeyId: busy.key.actor.apiKeyId, credits: credits(6), seconds: 7_200 };
  const { hold } = await world.credits.createHold(holds, { ...terms, idempotencyKey: randomUUID() });
  await world.setClock(monthsAgo(3, 0.5));
  const capture = { holdId: hold?.id ?? '', credits: credits(2), idempotencyKey: randomUUID() };
  await world.credits.captureHold(holds, capture);
  keptCall = await spend(busy, credits(1), 'alpha');
  await world.credits.refundUsage(refund, { seq: droppedCall, credits: credits(3), idempotencyKey: randomUUID() });
  for (const month of [2, 1, 0]) {
    await world.setClock(month === 0 ? new Date() : monthsAgo(month, 50));
    await spend(busy, credits(1), 'alpha');
  }
}

async function grant({ workspaceId }: TestWorkspace, input: { credits?: bigint; expiresAt?: Date }): Promise<string> {
  const permit = await world.permit(world.operator, 'credits:grant', workspaceId);
  const terms = { credits: credits(50), source: 'PURCHASE', idempotencyKey: randomUUID(), ...input } as const;
  return (await world.credits.grantCredits(permit, terms)).grant.id;
}

async function spend({ workspaceId, key: { actor } }: TestWorkspace, amount: bigint, tag: string | null = null) {
  const permit = await world.permit(actor, 'usage:write', workspaceId);
  const call = { apiKeyId: actor.apiKeyId, credits: amount, tag, idempotencyKey: randomUUID() };
  const { entry } = await world.credits.recordUsage(permit, call);
  expect(entry.outcome).toBe('SUCCEEDED');
  return entry.seq;
}

/** Everything that `commonpurse verify` proves of what is cut, from the start and from the last proof on. */
async function prove(): Promise<void> {
  for (const proof of [ledgers({ isIncremental: true }), ledgers({ isIncremental: false }), keySpending, usageSums])
    for await (const rows of proof.check(world.db)) expect(rows).toBeGreaterThanOrEqual(0);
}

async function summarize(input: Partial<UsageSummaryInput> = {}) {
  return summarizeUsage(world.db, await world.permit(busy.owner, 'usage:read', busy.workspaceId), {
    since: monthsAgo(6),
    until: monthsAgo(-1),
    bucket: 'DAY',
    groupBy: 'TAG',
    timeZone: 'Asia/Kathmandu',
    top: 50,
    environment: 'LIVE',
    ...input,
  });
}

const balanceAt = async (time: Date) =>
  findBalanceAt(world.db, await world.permit(busy.owner, 'balance:read', busy.workspaceId), time);

async function firstStep({ workspaceId }: TestWorkspace, after: bigint): Promise<string | undefined> {
  const feeds = new Feeds({ bus: world.bus, reader: ledgerFeedReader(world.db), onError: () => undefined });
  const leaving = new AbortController();
  try {
    const steps = feeds.follow(workspaceId, after, { signal: leaving.signal });
    const { value } = await steps.next();
    leaving.abort();
    return value?.kind;
  } finally {
    feeds.close();
  }
}

const countBefore = (date: Date) => world.db.ledgerEntry.count({ where: { createdAt: { lt: date } } });

test('a ledger that is not as it was recorded keeps all months, and nothing is dropped unless it is asked for', async () => {
  const before = await countBefore(monthsAgo(3));
  expect(before).toBeGreaterThan(10);
  await dropOldMonths(world.db, { ...KEPT, months: undefined });
  await tamper(
    'ledger_entry',
    `UPDATE ledger_entry SET credits = credits + 1 WHERE workspace_id = '${idle.workspaceId}' AND seq = 2`,
  );
  await expect(dropOldMonths(world.db, KEPT)).rejects.toThrow(/entry 2 does not leave available/);
  await tamper(
    'ledger_entry',
    `UPDATE ledger_entry SET credits = credits - 1 WHERE workspace_id = '${idle.workspaceId}' AND seq = 2`,
  );
  await expect(
    query(world.databaseUrl, `SELECT drop_ledger_partitions('${monthsAgo(3).toISOString()}')`),
  ).rejects.toThrow(/of which nothing says what they came to/);
  expect(await countBefore(monthsAgo(3))).toBe(before);
});

test('old months go, and what they came to still proves the rest, tells balances and is summed up', async () => {
  const times = [monthsAgo(3), monthsAgo(3, 0.6), monthsAgo(2, 49), monthsAgo(0)];
  const told = await Promise.all([summarize(), ...times.map(balanceAt)]);
  await prove();
  // Beside another, and again.
  await Promise.all([dropOldMonths(world.db, KEPT), dropOldMonths(world.db, KEPT).catch(() => undefined)]);
  await dropOldMonths(world.db, KEPT);
  expect(await countBefore(monthsAgo(3))).toBe(0);
  const left = await query(
    world.databaseUrl,
    "SELECT relname FROM pg_class WHERE relname ~ '^ledger_(entry|split)_[456]$'",
  );
  expect(left).toEqual([]);
  expect(await world.db.usageQuarter.count({ where: { quarter: { lt: monthsAgo(3) } } })).toBe(0);
  expect(await world.db.usageTag.count({ where: { month: { lt: monthsAgo(3) } } })).toBe(0);
  expect(await world.db.ledgerStart.count()).toBe(2);
  await prove();
  expect(await Promise.all([summarize(), ...times.map(balanceAt)])).toEqual(told);
  expect(await firstStep(idle, 1n)).toBe('reset');
  expect(await firstStep(idle, 2n)).toBe('rows');
  await spend(busy, 1n);
  await spend(idle, 1n);
  await prove();
});

test('what needs an entry that is gone says so', async () => {
  await expect(balanceAt(monthsAgo(4))).rejects.toThrow(`time is before ${monthsAgo(3).toISOString()}`);
  await expect(summarize({ filter: { tag: 'alpha' } })).rejects.toThrow(/^filter needs entries, which are kept from/);
  const { total } = await summarize({ since: monthsAgo(1), until: monthsAgo(0), filter: { tag: 'alpha' } });
  expect(total.credits).toBe(credits(1));
  const refund = await world.permit(world.operator, 'credits:refund', busy.workspaceId);
  const refunded = (seq: bigint) =>
    world.credits.refundUsage(refund, { seq, credits: 1n, idempotencyKey: randomUUID() });
  await expect(refunded(droppedCall)).rejects.toThrow(/^This call is from before .* can no longer be refunded/);
  await expect(refunded(1_000n)).rejects.toThrow('No such call.');
  expect((await refunded(keptCall)).entry.refSeq).toBe(keptCall);
  await prove();
});

test('a live stream from before begins anew, one from what is kept goes on', async () => {
  expect(await firstStep(busy, 1n)).toBe('reset');
  expect(await firstStep(busy, keptCall)).toBe('rows');
});

test('an export begins with the first entry that is kept', async () => {
  const permit = await world.permit(busy.owner, 'ledger:read', busy.workspaceId);
  const start = await world.db.ledgerStart.findFirstOrThrow({ where: { workspaceId: busy.workspaceId } });
  const whole = await exportLedger(world.db, permit, { kinds: null, format: 'csv' });
  expect(whole.firstSeq).toBe(start.seq + 1n);
  const old = await exportLedger(world.db, permit, { until: monthsAgo(4), kinds: null, format: 'csv' });
  expect(old.lastSeq).toBe(old.firstSeq - 1n);
});

async function tamper(table: string, change: string): Promise<void> {
  const triggers = (state: string) => `ALTER TABLE ${table} ${state} TRIGGER USER`;
  await query(world.databaseUrl, `${triggers('DISABLE')}; ${change}; ${triggers('ENABLE')}`);
}

test.each([
  [
    'the balance',
    'available_after = available_after + 1, granted_total = granted_total + 1',
    /does not leave available/,
  ],
  ['a total', 'granted_total = granted_total + 1, expired_total = expired_total + 1', /the totals are not the sums/],
  ['the number', 'seq = seq + 1', /is missing|does not leave/],
  ['a refund of what is gone', 'refunded_later = refunded_later + 1', /refunds of calls that are not kept/],
  ['what keys spent', 'spent_by_keys = spent_by_keys - 1', /what keys spent before/],
  ['the days of usage', "days_hash = sha256('')", /what was used before .* is not what was proved/],
  [
    'a grant',
    `grants = jsonb_set(grants, ARRAY['grants', (SELECT k FROM jsonb_object_keys(grants -> 'grants') k LIMIT 1), 'spent'], '"1"')`,
    /is not what its entries come to/,
  ],
  ['a hold', `grants = jsonb_set(grants, '{holds}', '{}')`, /drew on grants out of their order|took more than/],
])('a change of what is written down is found out: %s', async (_, change, words) => {
  await query(world.databaseUrl, 'CREATE TABLE kept AS TABLE ledger_start');
  await tamper('ledger_start', `UPDATE ledger_start SET ${change} WHERE workspace_id = '${busy.workspaceId}'`);
  await expect(prove()).rejects.toThrow(words);
  await tamper('ledger_start', 'DELETE FROM ledger_start; INSERT INTO ledger_start TABLE kept; DROP TABLE kept');
  await prove();
});

/** Another amount in a closed day of a time whose entries are gone. */
const changeDay = (by: number) =>
  `UPDATE usage_day SET credits[1] = credits[1] + ${by} WHERE workspace_id = '${busy.workspaceId}' AND day < '${monthsAgo(3).toISOString()}'`;

test('a closed day of a time whose entries are gone cannot be changed unseen', async () => {
  await query(world.databaseUrl, changeDay(1));
  await expect(prove()).rejects.toThrow(/what was used before/);
  await query(world.databaseUrl, changeDay(-1));
  await prove();
});

test('further months go later, from where the ledger begins by then; never those of keys that are remembered', async () => {
  const told = await summarize();
  await dropOldMonths(world.db, { months: 2, idempotencyDays: 200 });
  expect(await world.db.ledgerStart.count()).toBe(2);
  await dropOldMonths(world.db, { months: 2, idempotencyDays: 30 });
  expect(await countBefore(monthsAgo(2))).toBe(0);
  expect(await world.db.ledgerStart.count({ where: { workspaceId: busy.workspaceId } })).toBe(2);
  await prove();
  expect(await summarize()).toEqual(told);
  await spend(busy, 1n);
  await prove();
});
