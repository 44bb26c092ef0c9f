import { randomUUID } from 'node:crypto';
import { assert, asyncProperty, constantFrom, date, integer, record } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeUsageDays } from '#core/usage/closing';
import { summarizeUsage, type UsageSummary, type UsageSummaryInput } from '#core/usage/summary';
import type { LedgerEntry } from '#generated/prisma/client';
import { query } from '../../world/scratch-database.ts';
import { type ClockedWorld, openClockedWorld } from '../../world/shifted-clock.ts';
import { credits, type TestKey, type TestWorkspace } from '../../world/world.ts';

const HOUR_MS = 3_600_000;
/** Clocks are set back in Berlin on the 25th of October, in Havana and New York on the 1st of November, and go half an hour on Lord Howe on the 4th of October. */
const BEGIN = new Date('2026-10-01T00:10:00Z');
const END = new Date('2026-11-12T00:00:00Z');
const ZONES = ['UTC', 'Europe/Berlin', 'America/Havana', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];

let world: ClockedWorld;
let workspace: TestWorkspace;
let entries: LedgerEntry[];

beforeAll(async () => {
  world = await openClockedWorld();
  workspace = await world.makeWorkspace({ credits: credits(100_000) });
  entries = await spendThrough(workspace);
}, 60_000);
afterAll(() => world.close());

/** Calls of every kind over six weeks, at times of which many are just before or after those at which clocks are changed. */
async function spendThrough({ workspaceId, owner, key }: TestWorkspace): Promise<LedgerEntry[]> {
  await query(
    world.databaseUrl,
    `CREATE TABLE october PARTITION OF ledger_entry FOR VALUES FROM ('2026-10-01Z') TO ('2026-11-01Z');
     CREATE TABLE october_split PARTITION OF ledger_split FOR VALUES FROM ('2026-10-01Z') TO ('2026-11-01Z');
     UPDATE balance SET last_entry_at = '2026-10-01Z' WHERE workspace_id = '${workspaceId}'`,
  );
  const keys = [
    key,
    await world.makeKey(owner, workspaceId),
    await world.makeKey(owner, workspaceId, { environment: 'TEST' }),
  ];
  const refund = await world.permit(world.operator, 'credits:refund', workspaceId);
  for (const [index, at] of times().entries()) {
    await world.setClock(at);
    const payer = keys[index % keys.length] as TestKey;
    const { entry } = await callOf(payer, index);
    if (index % 7 === 3 && entry.credits > 0n) {
      await world.setClock(new Date(at.getTime() + 20 * 60_000));
      await world.credits.refundUsage(refund, { seq: entry.seq, credits: 1n, idempotencyKey: randomUUID() });
    }
    if (index % 11 === 5) await holdAndCapture(payer);
  }
  return world.db.ledgerEntry.findMany({ where: { workspaceId, createdAt: { lt: END } }, orderBy: { seq: 'asc' } });
}

async function callOf({ actor }: TestKey, index: number) {
  const permit = await world.permit(actor, 'usage:write', workspace.workspaceId);
  return world.credits.recordUsage(permit, {
    apiKeyId: actor.apiKeyId,
    credits: BigInt(1_000_003 + index * 17),
    outcome: index % 5 === 4 ? 'FAILED' : 'SUCCEEDED',
    tag: [null, 'alpha', '*', 'a b'][index % 4] ?? null,
    idempotencyKey: randomUUID(),
  });
}

async function holdAndCapture({ actor }: TestKey): Promise<void> {
  const permit = await world.permit(actor, 'holds:write', workspace.workspaceId);
  const terms = { apiKeyId: actor.apiKeyId, credits: credits(2), idempotencyKey: randomUUID() };
  const { hold } = await world.credits.createHold(permit, terms);
  await world.credits.captureHold(permit, {
    holdId: hold?.id ?? '',
    credits: credits(1),
    idempotencyKey: randomUUID(),
  });
}

function times(): Date[] {
  const changes = ['2026-10-03T15:30:00Z', '2026-10-25T01:00:00Z', '2026-11-01T05:00:00Z', '2026-11-01T06:00:00Z'];
  const near = changes.flatMap((change) =>
    [-901, -900, -1, 0, 899, 900, 3_599, 3_600].map((seconds) => new Date(change).getTime() + seconds * 1_000),
  );
  const spread = Array.from({ length: 80 }, (_, index) => BEGIN.getTime() + index * 12.3 * HOUR_MS);
  return [...near, ...spread].toSorted((a, b) => a - b).map((at) => new Date(at));
}

const summarize = async (input: Partial<UsageSummaryInput>): Promise<UsageSummary> =>
  summarizeUsage(world.db, await world.permit(workspace.owner, 'usage:read', workspace.workspaceId), {
    since: BEGIN,
    until: END,
    bucket: 'DAY',
    groupBy: 'KEY',
    timeZone: 'UTC',
    top: 50,
    environment: 'LIVE',
    ...input,
  });

const COLUMNS = {
  KEY: ({ apiKeyId }) => apiKeyId,
  MEMBER: ({ memberId }) => memberId,
  OPERATION: ({ operation }) => operation,
  OUTCOME: ({ outcome }) => outcome,
  TAG: ({ tag }) => tag,
} satisfies Record<UsageSummaryInput['groupBy'], (entry: LedgerEntry) => string | null>;

/** Where a clock on the wall says that a moment lies; no code of the product's. */
function labelOf(at: Date, { bucket, timeZone }: Pick<UsageSummaryInput, 'bucket' | 'timeZone'>): string {
  if (bucket === 'QUARTER_HOUR') return String(Math.floor(at.getTime() / 900_000));
  const parts = clockOf(timeZone).formatToParts(at);
  const { year, month, day, hour, timeZoneName } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const calendarDay = `${year}-${month}-${day}`;
  if (bucket === 'HOUR') return `${calendarDay} ${hour} ${timeZoneName}`;
  if (bucket === 'MONTH') return `${year}-${month}`;
  if (bucket === 'DAY') return calendarDay;
  const monday = new Date(`${calendarDay}T00:00:00Z`);
  return new Date(monday.getTime() - ((monday.getUTCDay() + 6) % 7) * 24 * HOUR_MS).toISOString().slice(0, 10);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' } as const;
  const clock =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, timeZoneName: 'longOffset', ...numeric });
  clocks.set(timeZone, clock);
  return clock;
}

/** What the ledger itself says of each bucket and group, and of the time before, as text. */
function expected(summary: UsageSummary, input: UsageSummaryInput): Map<string, [bigint, bigint, bigint]> {
  const sums = new Map<string, [bigint, bigint, bigint]>();
  for (const entry of entries) {
    const { kind, createdAt, environment } = entry;
    if (!['USAGE', 'CAPTURE', 'REFUND'].includes(kind) || environment !== input.environment) continue;
    if (createdAt < summary.previousSince || createdAt >= summary.until) continue;
    const label = createdAt < summary.since ? 'before' : labelOf(createdAt, input);
    const place = `${label} | ${COLUMNS[input.groupBy](entry) ?? 'none'}`;
    const [calls, charged, refunded] = sums.get(place) ?? [0n, 0n, 0n];
    sums.set(
      place,
      kind === 'REFUND' ? [calls, charged, refunded + entry.credits] : [calls + 1n, charged + entry.credits, refunded],
    );
  }
  return sums;
}

function told(summary: UsageSummary, input: UsageSummaryInput): Map<string, [bigint, bigint, bigint]> {
  const sums = new Map<string, [bigint, bigint, bigint]>();
  const put = (label: () => string, value: string | null, figures: UsageSummary['total']) => {
    const { calls, credits: charged, refunded } = figures;
    if (calls === 0n && charged === 0n && refunded === 0n) return;
    sums.set(`${label()} | ${value ?? 'none'}`, [calls, charged, refunded]);
  };
  for (const { value, previous, buckets } of summary.groups) {
    put(() => 'before', value, previous);
    expect(buckets).toHaveLength(summary.begins.length);
    summary.begins.forEach((begin, index) => put(() => labelOf(begin, input), value, buckets[index] ?? previous));
  }
  return sums;
}

const anyInput = record({
  bucket: constantFrom('QUARTER_HOUR', 'HOUR', 'DAY', 'WEEK', 'MONTH'),
  groupBy: constantFrom('KEY', 'OPERATION', 'OUTCOME', 'MEMBER', 'TAG'),
  timeZone: constantFrom(...ZONES),
  environment: constantFrom('LIVE', 'TEST'),
  since: date({ min: BEGIN, max: END, noInvalidDate: true }),
  hours: integer({ min: 1, max: 240 }),
});

/** A thing that must be the same before and after days are closed. */
const agreesWithLedger = (): Promise<void> =>
  assert(
    asyncProperty(anyInput, async ({ hours, ...rest }) => {
      const until = new Date(rest.since.getTime() + hours * HOUR_MS * (rest.bucket === 'MONTH' ? 10 : 1));
      const input: UsageSummaryInput = { ...rest, until, top: 50 };
      const summary = await summarize(input);
      expect(summary.since <= input.since && summary.until >= until).toBe(true);
      expect(told(summary, input)).toEqual(expected(summary, input));
    }),
    { numRuns: 30 },
  );

test(
  'a summary is what the ledger says, to the micro-credit, in any zone, bucket and group',
  { timeout: 30_000 },
  async () => {
    expect(entries.filter(({ kind }) => kind === 'REFUND').length).toBeGreaterThan(5);
    expect(entries.filter(({ kind }) => kind === 'CAPTURE').length).toBeGreaterThan(5);
    await agreesWithLedger();
    await closeUsageDays(world.db);
    expect(await world.db.usageClosing.count()).toBe(1);
    expect(await world.db.usageDay.count()).toBeGreaterThan(200);
    // What is read from closed days is not in quarters any more.
    await query(
      world.databaseUrl,
      "CREATE TABLE kept AS TABLE usage_quarter; DELETE FROM usage_quarter WHERE quarter < '2026-11-05Z'",
    );
    await agreesWithLedger();
    await query(world.databaseUrl, 'DELETE FROM usage_quarter; INSERT INTO usage_quarter TABLE kept');
    // Again, and beside another: nothing is added twice.
    await Promise.all([closeUsageDays(world.db), closeUsageDays(world.db)]);
    await agreesWithLedger();
  },
);

test('buckets without calls are told, groups beyond the largest come together, and a filter leaves its calls', async () => {
  const all = await summarize({
    groupBy: 'TAG',
    since: new Date('2026-10-20T00:00:00Z'),
    until: new Date('2026-10-30T00:00:00Z'),
  });
  expect(all.begins).toHaveLength(10);
  expect(new Set(all.groups.map(({ value }) => value))).toEqual(new Set(['*', 'a b', 'alpha', null]));
  const two = await summarize({ ...all, groupBy: 'TAG', bucket: 'DAY', top: 2 });
  expect(two.groups.map(({ isOther }) => isOther)).toEqual([false, false, true]);
  expect(two.groups[2]?.total.credits).toBe(
    (all.groups[2]?.total.credits ?? 0n) + (all.groups[3]?.total.credits ?? 0n),
  );
  expect(two.total).toEqual(all.total);
  const starred = await summarize({ ...all, groupBy: 'OUTCOME', filter: { tag: '*' } });
  expect(starred.total).toEqual(all.groups.find(({ value }) => value === '*')?.total);
});

test('a month names a thousand tags; the calls with others are counted together', async () => {
  const busy = await world.makeWorkspace({ credits: credits(1) });
  const { actor } = busy.key;
  const permit = await world.permit(actor, 'usage:write', busy.workspaceId);
  const call = (tag: string) =>
    world.credits.recordUsage(permit, { apiKeyId: actor.apiKeyId, credits: 1n, tag, idempotencyKey: randomUUID() });
  for (const first of [0, 505, 0, 505]) {
    await Promise.all(Array.from({ length: 505 }, (_, index) => call(`tag ${first + index}`)));
  }
  expect(await world.db.usageTag.count({ where: { workspaceId: busy.workspaceId } })).toBe(1_000);
  const rest = await query<{ calls: string; credits: string }>(
    world.databaseUrl,
    `SELECT sum(calls) AS calls, sum(credits) AS credits FROM usage_quarter WHERE workspace_id = '${busy.workspaceId}' AND tag = '*'`,
  );
  expect(rest).toEqual([{ calls: '20', credits: '20' }]);
});

test.each([
  [{ timeZone: 'Mars/Olympus' }, /timeZone is not an IANA name/],
  [{ timeZone: '+01:00' }, /timeZone is not an IANA name/],
  [{ bucket: 'QUARTER_HOUR' }, /about 4032 buckets, at most 1000 are told: ask for bucket DAY or a shorter range/],
  [{ until: BEGIN }, /range must end after it begins/],
  [{ since: new Date('1999-01-01T00:00:00Z') }, /range must lie between/],
  [{ top: 0 }, /top must be 1 to 50/],
  [{ filter: { since: BEGIN } }, /filter has times of its own/],
] as const)('refuses %j and says what to do', async (input, words) => {
  await expect(summarize(input)).rejects.toThrow(words);
});
