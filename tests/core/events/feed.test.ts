import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Credits, openCredits } from '#core/credits/credits';
import { ledgerFeedReader } from '#core/credits/feed-reader';
import { Feeds, type FeedStep } from '#core/events/feed';
import type { FeedReader } from '#core/events/feed-reader';
import type { LedgerEntry } from '#generated/prisma/client';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const { close } of opened.splice(0)) close();
});

/** Feeds over the world's database that count their reads; without hints only the poll tells them anything. */
function openFeeds({ isDeaf = false } = {}) {
  const reader = ledgerFeedReader(world.db);
  const reads = { heads: 0, rows: 0 };
  const counting: FeedReader<LedgerEntry> = {
    heads: (ids) => (reads.heads++, reader.heads(ids)),
    rowsAfter: (...args) => (reads.rows++, reader.rowsAfter(...args)),
  };
  const bus = isDeaf ? { ...world.bus, subscribe: () => () => {} } : world.bus;
  const feeds = new Feeds<LedgerEntry>({
    bus,
    reader: counting,
    onError: (error) => {
      throw error;
    },
  });
  opened.push({ close: () => feeds.close() });
  return { feeds, reads };
}

async function spend(
  { workspaceId, key }: TestWorkspace,
  times = 1,
  by: Pick<Credits, 'recordUsage'> = world.credits,
): Promise<void> {
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  for (let count = 0; count < times; count++) {
    const call = { apiKeyId: key.actor.apiKeyId, idempotencyKey: randomUUID(), credits: 1n };
    await by.recordUsage(permit, call);
  }
}

/** Logs calls of 0 credits in one statement: what matters is that the rows are there, not how they came. */
async function logAtOnce({ workspaceId }: TestWorkspace, count: number): Promise<void> {
  await world.db.$transaction([
    world.db.$executeRaw`
      INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, available_after, held_after, actor_kind)
      SELECT workspace_id, seq + n, last_entry_at, 'USAGE', 'SUCCEEDED', available, held, 'SYSTEM'
      FROM balance, generate_series(1, ${count}::int) n WHERE workspace_id = ${workspaceId}::uuid`,
    world.db.$executeRaw`UPDATE balance SET seq = seq + ${count}::int WHERE workspace_id = ${workspaceId}::uuid`,
  ]);
  const { seq } = await world.db.balance.findUniqueOrThrow({ where: { workspaceId } });
  world.bus.publish({ kind: 'credits', workspaceId, seq });
}

/** Reads steps until a row with the seq came; what was seen, rows by number. */
async function seenUntil(steps: AsyncIterable<FeedStep<LedgerEntry>>, seq: bigint): Promise<string[]> {
  const seen: string[] = [];
  for await (const step of steps) {
    if (step.kind === 'rows') seen.push(...step.rows.map((row) => String(row.seq)));
    else seen.push(`${step.kind} ${step.head.seq}`);
    if (step.kind === 'rows' && (step.rows.at(-1)?.seq ?? 0n) >= seq) break;
  }
  return seen;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

test('a follower gets the state, then every change in order and none twice, while others write', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { feeds } = openFeeds();
  const writing = Promise.all([spend(workspace, 30), spend(workspace, 30)]);
  const seen = await seenUntil(
    feeds.follow(workspace.workspaceId, null, { signal: new AbortController().signal }),
    61n,
  );
  await writing;
  const start = Number(seen[0]?.replace('snapshot ', ''));
  expect(seen.slice(1)).toEqual(numbers(start + 1, 61));
  expect(feeds.watchedCount).toBe(0);
});

test('a follower that comes back gets what it missed, however much, then what is new', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  await spend(workspace, 250);
  const { feeds } = openFeeds();
  const seeing = seenUntil(feeds.follow(workspace.workspaceId, 1n, { signal: new AbortController().signal }), 252n);
  await spend(workspace);
  expect(await seeing).toEqual(numbers(2, 252));
});

test('a cursor from the future starts over from the state now', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { feeds } = openFeeds();
  const following = feeds.follow(workspace.workspaceId, 99n, { signal: new AbortController().signal });
  expect(await following.next()).toMatchObject({ value: { kind: 'reset', head: { seq: 1n, available: credits(1) } } });
  await following.return();
});

test('a hint that never came is made up for by the poll', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { feeds } = openFeeds({ isDeaf: true });
  const seeing = seenUntil(feeds.follow(workspace.workspaceId, null, { signal: new AbortController().signal }), 2n);
  await expect.poll(() => feeds.watchedCount).toBe(1);
  const from = performance.now();
  await spend(workspace);
  expect((await seeing).at(-1)).toBe('2');
  expect(performance.now() - from).toBeLessThan(2_000);
});

test('a follower that leaves while nothing happens is let go at once', async () => {
  const workspace = await world.makeWorkspace();
  const { feeds } = openFeeds();
  const leaving = new AbortController();
  const following = feeds.follow(workspace.workspaceId, null, { signal: leaving.signal });
  await following.next();
  const idle = following.next();
  leaving.abort();
  expect(await idle).toEqual({ done: true, value: undefined });
  expect(feeds.watchedCount).toBe(0);
});

test('a follower that stops reading holds nothing up and goes on from where it was', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { feeds } = openFeeds();
  const slow = feeds.follow(workspace.workspaceId, null, { signal: new AbortController().signal });
  await slow.next();
  await logAtOnce(workspace, 1_205);
  const sizes: number[] = [];
  const seen: string[] = [];
  for await (const step of slow) {
    if (step.kind !== 'rows') continue;
    sizes.push(step.rows.length);
    seen.push(...step.rows.map(({ seq }) => String(seq)));
    if (seen.length === 1_205) break;
  }
  expect(seen).toEqual(numbers(2, 1_206));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
}, 60_000);

test('200 followers of one workspace share the reads that a change costs', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { feeds, reads } = openFeeds();
  const { signal } = new AbortController();
  const everyone = Promise.all(
    Array.from({ length: 200 }, () => seenUntil(feeds.follow(workspace.workspaceId, null, { signal }), 21n)),
  );
  await expect.poll(() => reads.heads).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await spend(workspace, 20);
  for (const seen of await everyone) expect(seen).toEqual(['snapshot 1', ...numbers(2, 21)]);
  // Each for itself would be 4,000.
  expect(reads.rows).toBeLessThanOrEqual(40);
  expect(reads.heads).toBeLessThan(10);
});

test('200 followers that come back at once, each where it was, share the reads too', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  await logAtOnce(workspace, 300);
  const { feeds, reads } = openFeeds();
  const { signal } = new AbortController();
  const starts = Array.from({ length: 200 }, (_, index) => ((index * 7) % 200) + 50);
  const everyone = Promise.all(
    starts.map((start) => seenUntil(feeds.follow(workspace.workspaceId, BigInt(start), { signal }), 301n)),
  );
  for (const [index, seen] of (await everyone).entries()) expect(seen).toEqual(numbers((starts[index] ?? 0) + 1, 301));
  expect(reads.rows).toBeLessThan(20);
  expect(reads.heads).toBeLessThan(10);
});

test('what is committed here reaches followers without a read, and is what the database has', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { workspaceId } = workspace;
  const { feeds, reads } = openFeeds();
  const here = openCredits({ db: world.db, bus: world.bus, onDecided: (id, entries) => feeds.offer(id, entries) });
  const { signal } = new AbortController();
  const steps = feeds.follow(workspaceId, null, { signal });
  await steps.next();
  const spending = spend(workspace, 5, here);
  const rows: LedgerEntry[] = [];
  for await (const step of steps) {
    if (step.kind === 'rows') rows.push(...step.rows);
    if (rows.length === 5) break;
  }
  await spending;
  expect(reads.rows).toBe(0);
  const stored = await world.db.ledgerEntry.findMany({
    where: { workspaceId, seq: { gt: 1n } },
    orderBy: { seq: 'asc' },
  });
  expect(rows).toEqual(stored);
});

test('what is committed here and elsewhere by turns reaches followers in order, none twice and none left out', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { feeds } = openFeeds();
  const here = openCredits({ db: world.db, bus: world.bus, onDecided: (id, entries) => feeds.offer(id, entries) });
  const { signal } = new AbortController();
  const seeing = [0n, 1n].map((after) => seenUntil(feeds.follow(workspace.workspaceId, after, { signal }), 61n));
  await Promise.all([spend(workspace, 30, here), spend(workspace, 30)]);
  for (const [index, seen] of (await Promise.all(seeing)).entries()) expect(seen).toEqual(numbers(index + 1, 61));
});

test('what is committed here and does not follow on what is known is read like everything else', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { feeds } = openFeeds({ isDeaf: true });
  const here = openCredits({ db: world.db, bus: world.bus, onDecided: (id, entries) => feeds.offer(id, entries) });
  const seeing = seenUntil(feeds.follow(workspace.workspaceId, 1n, { signal: new AbortController().signal }), 4n);
  await expect.poll(() => feeds.watchedCount).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await spend(workspace, 1, here);
  await spend(workspace, 1);
  await spend(workspace, 1, here);
  expect(await seeing).toEqual(['2', '3', '4']);
});

test('those who join one that follows already ask for no state: they begin from what is known', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  await spend(workspace, 9);
  const { feeds, reads } = openFeeds({ isDeaf: true });
  const leaving = new AbortController();
  const { signal } = leaving;
  const first = feeds.follow(workspace.workspaceId, null, { signal });
  expect((await first.next()).value).toMatchObject({ kind: 'snapshot', seq: 10n });
  const before = reads.heads;
  const begin = async (after: bigint | null) =>
    (await feeds.follow(workspace.workspaceId, after, { signal }).next()).value as FeedStep<LedgerEntry>;
  for (const after of [1n, 5n, 9n]) expect(await begin(after)).toMatchObject({ kind: 'rows', seq: 10n });
  expect(await begin(10n)).toMatchObject({ kind: 'rows', rows: [], isCaughtUp: true });
  // The state too, for a moment.
  expect((await Promise.all([begin(null), begin(null)])).map(({ kind }) => kind)).toEqual(['snapshot', 'snapshot']);
  expect(reads.heads - before).toBeLessThanOrEqual(1);
  // What is known does not reach so far: only the database can say whether there is such a place.
  await spend(workspace, 1);
  expect(await begin(11n)).toMatchObject({ kind: 'rows', rows: [], seq: 11n });
  expect(await begin(99n)).toMatchObject({ kind: 'reset', seq: 11n });
  leaving.abort();
});

test('at the pace of the newest, rows come together: the first at once, then four times a second, and the last always', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { feeds } = openFeeds();
  const { signal } = new AbortController();
  const arrivals: { at: number; rows: number }[] = [];
  let writing: Promise<void> | undefined;
  for await (const step of feeds.follow(workspace.workspaceId, null, { signal, pace: 'NEWEST' })) {
    if (step.kind === 'snapshot') writing = spend(workspace, 200);
    if (step.kind !== 'rows') continue;
    arrivals.push({ at: performance.now(), rows: step.rows.length });
    if (step.rows.at(-1)?.seq === 201n) break;
  }
  await writing;
  expect(arrivals.reduce((sum, { rows }) => sum + rows, 0)).toBe(200);
  const pauses = arrivals.slice(1).map(({ at }, index) => at - (arrivals[index]?.at ?? 0));
  expect(pauses.length).toBeGreaterThan(0);
  expect(Math.min(...pauses)).toBeGreaterThan(150);
});
