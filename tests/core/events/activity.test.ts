import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { decisionReader, describeDecision } from '#core/credits/activity';
import { ledgerFeedReader } from '#core/credits/feed-reader';
import { ActivityFeeds, type ActivityStep } from '#core/events/activity';
import type { ActivityPosition } from '#core/events/activity-position';
import { eventFeedReader } from '#core/events/event-feed-reader';
import { Feeds } from '#core/events/feed';
import type { LedgerEntry } from '#generated/prisma/client';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const feeds of opened.splice(0)) feeds.close();
});

function onError(error: unknown): never {
  throw error;
}

type Step = ActivityStep<LedgerEntry>;

/** Activity over the world's database that counts its reads; without hints only the poll tells it anything. */
function openActivity({ isDeaf = false } = {}) {
  const bus = isDeaf ? { ...world.bus, subscribe: () => () => {} } : world.bus;
  const reads = { count: 0 };
  const decisions = decisionReader(world.db);
  const past = {
    events: eventFeedReader(world.db),
    decisions: {
      ...decisions,
      seqsBetween: (...args: Parameters<typeof decisions.seqsBetween>) => (
        reads.count++,
        decisions.seqsBetween(...args)
      ),
      rowsOf: (...args: Parameters<typeof decisions.rowsOf>) => (reads.count++, decisions.rowsOf(...args)),
    },
  };
  const events = new Feeds({ bus, reader: past.events, news: 'events', onError });
  const ledger = new Feeds({ bus, reader: ledgerFeedReader(world.db), onError });
  opened.push(events, ledger);
  return { activity: new ActivityFeeds({ events, ledger, past }), events, ledger, reads };
}

/** One follower and everything it was told. */
function follow(
  { activity }: Pick<ReturnType<typeof openActivity>, 'activity'>,
  workspaceId: string,
  after: ActivityPosition | null = null,
) {
  const leaving = new AbortController();
  const steps: Step[] = [];
  const ended = (async () => {
    for await (const step of activity.follow(workspaceId, after, { signal: leaving.signal })) steps.push(step);
  })();
  return {
    steps,
    get names() {
      return steps.flatMap((step) => (step.kind === 'quiet' ? [] : [nameOf(step)]));
    },
    get last(): ActivityPosition {
      const step = steps.findLast(({ kind }) => kind !== 'quiet');
      if (!step) throw new Error('Nothing was told yet');
      return step.position;
    },
    stop: async (): Promise<void> => {
      leaving.abort();
      await ended;
    },
  };
}

function nameOf(step: Step): string {
  if (step.kind !== 'happening') return step.kind;
  const { event, decision } = step.happening;
  return event ? event.type : describeDecision(decision).type;
}

async function spend({ workspaceId, key }: TestWorkspace): Promise<void> {
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  const call = { apiKeyId: key.actor.apiKeyId, idempotencyKey: randomUUID(), credits: 1n };
  await world.credits.recordUsage(permit, call);
}

async function grant({ workspaceId }: TestWorkspace): Promise<void> {
  const terms = { credits: credits(1), source: 'TRIAL', idempotencyKey: randomUUID() } as const;
  await world.credits.grantCredits(await world.permit(world.operator, 'credits:grant', workspaceId), terms);
}

const makeKey = ({ owner, workspaceId }: TestWorkspace) => world.makeKey(owner, workspaceId);

/** Writes into both logs at once, and plain calls between. */
async function bustle(workspace: TestWorkspace, times: number): Promise<void> {
  await Promise.all(
    [makeKey, grant, spend].map(async (work) => {
      for (let time = 0; time < times; time++) await work(workspace);
    }),
  );
}

/** Every event by number and every decision by seq, as the database has them. */
async function truth({ workspaceId }: TestWorkspace, after: ActivityPosition): Promise<string[]> {
  const events = await world.db.event.findMany({ where: { workspaceId, number: { gt: after.number } } });
  const entries = await world.db.ledgerEntry.findMany({
    where: { workspaceId, seq: { gt: after.seq }, kind: { not: 'USAGE' } },
  });
  return [...events.map(({ number }) => `event ${number}`), ...entries.map(({ seq }) => `decision ${seq}`)].toSorted();
}

const heard = (steps: readonly Step[]): string[] =>
  steps.flatMap((step) =>
    step.kind !== 'happening'
      ? []
      : [step.happening.event ? `event ${step.happening.event.number}` : `decision ${step.happening.decision.seq}`],
  );

const NOTHING = { number: 0n, seq: 0n };

test('a follower hears the state, then events and decisions as they come, and no plain call', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const following = follow(openActivity(), workspace.workspaceId);
  await expect.poll(() => following.names).toEqual(['snapshot']);
  await spend(workspace);
  await makeKey(workspace);
  await expect.poll(() => following.names.length).toBe(2);
  await grant(workspace);
  await expect.poll(() => following.names).toEqual(['snapshot', 'api_key.created', 'credits.granted']);
  await following.stop();
});

test('from any place that a follower heard of, what came after it comes again, whole and each log in order', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const feeds = openActivity();
  const live = follow(feeds, workspace.workspaceId);
  await expect.poll(() => live.names).toEqual(['snapshot']);
  const start = live.last;
  await bustle(workspace, 12);
  await expect.poll(() => heard(live.steps).length, { timeout: 5_000 }).toBe(24);
  expect(heard(live.steps).toSorted()).toEqual(await truth(workspace, start));
  const places = live.steps.flatMap((step) => (step.kind === 'happening' ? [step.happening.position] : []));
  // Another node may have seen the two logs grow in another order.
  for (const place of [NOTHING, ...places, { number: start.number, seq: places.at(-1)?.seq ?? 0n }]) {
    const replayed = follow(openActivity(), workspace.workspaceId, place);
    const expected = await truth(workspace, place);
    await expect.poll(() => heard(replayed.steps).length).toBe(expected.length);
    expect(heard(replayed.steps).toSorted()).toEqual(expected);
    for (const log of ['event', 'decision']) {
      const numbers = heard(replayed.steps).filter((name) => name.startsWith(log));
      expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])));
    }
    await replayed.stop();
  }
  await live.stop();
}, 30_000);

test('what is replayed comes by time, and what comes meanwhile comes after it, none twice', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  await bustle(workspace, 3);
  const replayed = follow(openActivity(), workspace.workspaceId, NOTHING);
  await bustle(workspace, 10);
  await expect.poll(async () => heard(replayed.steps).length).toBe((await truth(workspace, NOTHING)).length);
  expect(heard(replayed.steps).toSorted()).toEqual(await truth(workspace, NOTHING));
  expect(replayed.names.slice(0, 2)).toEqual(['workspace.created', 'member.joined']);
  await replayed.stop();
}, 30_000);

test('a place that was never reached begins again from the state now', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  for (const beyond of [
    { number: 99n, seq: 0n },
    { number: 0n, seq: 99n },
  ]) {
    const following = follow(openActivity(), workspace.workspaceId, beyond);
    await expect.poll(() => following.names).toEqual(['reset']);
    expect(following.last).toEqual({ number: 3n, seq: 1n });
    await following.stop();
  }
});

test('20,000 plain calls between two decisions are no reason to begin again; rows that are gone, or too many, are', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { workspaceId } = workspace;
  const { last } = await logAtOnce(workspace, 'USAGE', 20_000);
  await grant(workspace);
  const following = follow(openActivity(), workspaceId, { number: 3n, seq: 1n });
  await expect.poll(() => following.names).toEqual(['credits.granted']);
  expect(following.last).toEqual({ number: 3n, seq: last + 1n });
  await following.stop();
  await world.db.balance.update({ where: { workspaceId }, data: { seq: last + 10n } });
  const behindHole = follow(openActivity(), workspaceId, { number: 3n, seq: last + 1n });
  await expect.poll(() => behindHole.names).toEqual(['reset']);
  await behindHole.stop();
  const { first } = await logAtOnce(workspace, 'RELEASE', 10_001);
  const tooFar = follow(openActivity(), workspaceId, { number: 3n, seq: first - 1n });
  await expect.poll(() => tooFar.names).toEqual(['reset']);
  await tooFar.stop();
}, 30_000);

/** Logs what moves nothing in one statement: what matters is that the rows are there, not how they came. */
async function logAtOnce({ workspaceId }: TestWorkspace, kind: 'USAGE' | 'RELEASE', count: number) {
  const { seq } = await world.db.balance.findUniqueOrThrow({ where: { workspaceId } });
  await world.db.$transaction([
    world.db.$executeRaw`
      INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, available_after, held_after, actor_kind)
      SELECT workspace_id, seq + n, last_entry_at, ${kind}::entry_kind, 'SUCCEEDED', available, held, 'SYSTEM'
      FROM balance, generate_series(1, ${count}::int) n WHERE workspace_id = ${workspaceId}::uuid`,
    world.db.$executeRaw`UPDATE balance SET seq = seq + ${count}::int WHERE workspace_id = ${workspaceId}::uuid`,
  ]);
  return { first: seq + 1n, last: seq + BigInt(count) };
}

test('an event that nobody told of is found by the poll', async () => {
  const workspace = await world.makeWorkspace();
  const following = follow(openActivity({ isDeaf: true }), workspace.workspaceId);
  await expect.poll(() => following.names).toEqual(['snapshot']);
  const from = performance.now();
  await makeKey(workspace);
  await expect.poll(() => following.names, { timeout: 3_000 }).toEqual(['snapshot', 'api_key.created']);
  expect(performance.now() - from).toBeLessThan(2_000);
  await following.stop();
});

test('40 who come back at once at one place share the reads, and are told the very same objects', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  await bustle(workspace, 5);
  const feeds = openActivity();
  const everyone = Array.from({ length: 40 }, () => follow(feeds, workspace.workspaceId, NOTHING));
  const count = (await truth(workspace, NOTHING)).length;
  await expect.poll(() => everyone.map(({ steps }) => heard(steps).length)).toEqual(everyone.map(() => count));
  expect(feeds.reads.count).toBeLessThanOrEqual(6);
  await makeKey(workspace);
  await grant(workspace);
  await expect.poll(() => everyone.map(({ steps }) => heard(steps).length)).toEqual(everyone.map(() => count + 2));
  const happenings = new Set(
    everyone.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'happening' ? [step.happening] : [])).slice(-2),
    ),
  );
  expect(happenings.size).toBeLessThan(10);
  for (const { stop } of everyone) await stop();
});

test('a follower that leaves in silence is let go at once, by both logs', async () => {
  const { workspaceId } = await world.makeWorkspace();
  const feeds = openActivity();
  const following = follow(feeds, workspaceId);
  await expect.poll(() => following.names).toEqual(['snapshot']);
  expect([feeds.events.watchedCount, feeds.ledger.watchedCount]).toEqual([1, 1]);
  await following.stop();
  expect([feeds.events.watchedCount, feeds.ledger.watchedCount]).toEqual([0, 0]);
});

test('a workspace that is gone has no stream', async () => {
  const nowhere = follow(openActivity(), randomUUID());
  await nowhere.stop();
  expect(nowhere.steps).toEqual([]);
});
