import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Announced, announcementBody } from '#core/announcements/announced';
import { Announcer } from '#core/announcements/announcer';
import { ANNOUNCEMENT_TYPES, type AnnouncementType } from '#core/announcements/catalogue';
import { findMoved, followWorkspace } from '#core/announcements/cursors';
import { type AnnouncementListener, takeStep } from '#core/announcements/step';
import { inTransaction } from '#core/db';
import { renameWorkspace } from '#core/workspaces/workspaces';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

/** Others use the machine too. */
const SOON = { timeout: 10_000 };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const running: Announcer[] = [];
afterEach(async () => {
  for (const announcer of running.splice(0)) await announcer.close();
  // What one test follows must not be told in the next.
  await world.db.announcementCursor.deleteMany();
});

/** Hears everything, and writes what it heard where a rolled-back step would take it back. */
function listen(types: readonly AnnouncementType[] | null = ANNOUNCEMENT_TYPES) {
  const heard: Announced[] = [];
  const listener: AnnouncementListener = {
    wants: async () => types && new Set(types),
    hear: async (_tx, { announced }) => void heard.push(...announced),
  };
  return { heard, listener, typesHeard: () => heard.map(({ type }) => type) };
}

function fail(error: unknown): never {
  throw error;
}

function start(listeners: AnnouncementListener[]): Announcer {
  const announcer = new Announcer({ db: world.db, bus: world.bus, listeners, onError: fail });
  running.push(announcer);
  return announcer;
}

async function follow({ workspaceId }: TestWorkspace): Promise<void> {
  await inTransaction(world.db, (tx) => followWorkspace(tx, workspaceId));
}

const spend = async ({ workspaceId, key }: TestWorkspace, amount: bigint, label = {}): Promise<void> => {
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  await world.credits.recordUsage(permit, {
    credits: amount,
    ...label,
    apiKeyId: key.actor.apiKeyId,
    idempotencyKey: randomUUID(),
  });
};

const grant = async ({ workspaceId }: TestWorkspace, amount: bigint): Promise<void> => {
  const permit = await world.permit(world.operator, 'credits:grant', workspaceId);
  await world.credits.grantCredits(permit, { credits: amount, source: 'PROMOTION', idempotencyKey: randomUUID() });
};

async function walk({ workspaceId }: TestWorkspace, listener: AnnouncementListener): Promise<void> {
  while (await takeStep(world.db, [listener], workspaceId));
}

test('tells what happened after a workspace was followed', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { workspaceId, owner } = workspace;
  await follow(workspace);
  const { listener, heard, typesHeard } = listen();
  start([listener]);
  await spend(workspace, credits(10));
  await expect.poll(typesHeard, SOON).toEqual(['balance.depleted', 'usage.recorded']);
  const rename = await world.permit(owner, 'workspace:rename', workspaceId);
  await renameWorkspace(world.db, rename, { name: 'Beta' });
  await expect.poll(typesHeard, SOON).toContain('workspace.renamed');
  expect(heard[1]).toMatchObject({ data: { available: '0', entries: [{ credits: '10', outcome: 'SUCCEEDED' }] } });
  const stored = async () => (await world.db.announcement.findMany({ where: { workspaceId } })).map(({ id }) => id);
  await expect.poll(async () => (await stored()).toSorted(), SOON).toEqual(heard.map(({ id }) => id).toSorted());
});

test('nobody else is followed, and a workspace that nobody listens to any more is given up', async () => {
  const [followed, other] = [await world.makeWorkspace(), await world.makeWorkspace()];
  await follow(followed);
  await grant(followed, 1n);
  await grant(other, 1n);
  expect(await findMoved(world.db, [followed.workspaceId, other.workspaceId])).toEqual([followed.workspaceId]);
  await walk(followed, listen(null).listener);
  expect(await findMoved(world.db, [followed.workspaceId])).toEqual([]);
  expect(await world.db.announcementCursor.count({ where: { workspaceId: followed.workspaceId } })).toBe(0);
});

test('a step that fails leaves nothing behind and is taken again, with the same ids', async () => {
  const workspace = await world.makeWorkspace();
  await follow(workspace);
  await grant(workspace, credits(1));
  const tried: string[] = [];
  const failing: AnnouncementListener = {
    wants: async () => new Set(ANNOUNCEMENT_TYPES),
    hear: async (_tx, { announced }) => {
      tried.push(...announced.map(({ id }) => id));
      throw new Error('the listener failed');
    },
  };
  await expect(walk(workspace, failing)).rejects.toThrow('the listener failed');
  expect(await world.db.announcement.count({ where: { workspaceId: workspace.workspaceId } })).toBe(0);
  const { heard, listener } = listen();
  await walk(workspace, listener);
  expect(heard.map(({ id }) => id)).toEqual(tried);
  await walk(workspace, listener);
  expect(heard).toHaveLength(1);
});

test('several workers tell each thing once', async () => {
  const workspaces = [await world.makeWorkspace({ credits: credits(1_000) }), await world.makeWorkspace()];
  for (const workspace of workspaces) await follow(workspace);
  const listeners = [listen(), listen(), listen()];
  for (const { listener } of listeners) start([listener]);
  const [spending, granted] = workspaces as [TestWorkspace, TestWorkspace];
  const work = Array.from({ length: 60 }, () => [spend(spending, 1_000_000n), grant(granted, 1n)]).flat();
  await Promise.all(work);
  const all = () => listeners.flatMap(({ heard }) => heard);
  const calls = () =>
    all().flatMap((one) => (one.type === 'usage.recorded' ? (one as Announced<'usage.recorded'>).data.entries : []));
  await expect
    .poll(() => [calls().length, all().filter(({ type }) => type === 'credits.granted').length], SOON)
    .toEqual([60, 60]);
  expect(new Set(all().map(({ id }) => id)).size).toBe(all().length);
  expect(new Set(calls().map(({ seq }) => seq)).size).toBe(60);
});

test('what was committed while nobody worked is told by the next worker, hints or not', async () => {
  const workspace = await world.makeWorkspace();
  await follow(workspace);
  await grant(workspace, credits(2));
  const { listener, typesHeard } = listen();
  start([listener]);
  await expect.poll(typesHeard, SOON).toEqual(['credits.granted']);
});

test('more calls than a step takes are told in order, in batches of at most 100', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(2_000) });
  await follow(workspace);
  for (let done = 0; done < 1_150; done += 230)
    await Promise.all(Array.from({ length: 230 }, () => spend(workspace, 1_000_000n)));
  const { heard, listener } = listen(['usage.recorded']);
  await walk(workspace, listener);
  const batches = (heard as Announced<'usage.recorded'>[]).map(({ data }) =>
    data.entries.map(({ seq }) => Number(seq)),
  );
  expect(batches.every(({ length }) => length <= 100)).toBe(true);
  expect(batches.flat()).toEqual(Array.from({ length: 1_150 }, (_, index) => index + 2));
});

test('calls with the longest names and tags there are come in batches that can be sent', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  await follow(workspace);
  const operation = Array.from('abcde', (letter) => letter.repeat(39)).join('.');
  const at = new Date();
  await world.db.operation.create({
    data: { name: operation, description: '', price: 1n, createdAt: at, updatedAt: at },
  });
  // Each character of the tag is six bytes of JSON.
  const label = { operation, tag: '\u0001'.repeat(64) };
  await Promise.all(Array.from({ length: 100 }, () => spend(workspace, 1n, label)));
  const { heard, listener } = listen(['usage.recorded']);
  await walk(workspace, listener);
  const batches = heard as Announced<'usage.recorded'>[];
  expect(batches.flatMap(({ data }) => data.entries.map(({ seq }) => Number(seq)))).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 2),
  );
  expect(Math.max(...batches.map((batch) => Buffer.byteLength(announcementBody(batch))))).toBeLessThan(65_536);
});

test('balance.depleted is told once until credits come in again, for nothing left and for too little alike', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  await follow(workspace);
  const { heard, listener } = listen(['balance.depleted']);
  await spend(workspace, credits(3));
  await walk(workspace, listener);
  expect(heard).toEqual([]);
  await spend(workspace, credits(3));
  await spend(workspace, credits(3));
  await walk(workspace, listener);
  expect(heard.map(({ data }) => data)).toEqual([{ available: '2', required: '3', seq: '3' }]);
  await grant(workspace, credits(1));
  await spend(workspace, credits(3));
  await walk(workspace, listener);
  expect(heard.map(({ data }) => data).slice(1)).toEqual([{ available: '0', required: null, seq: '6' }]);
});

test('what is wanted later begins with how things stand then', async () => {
  const workspace = await world.makeWorkspace();
  await follow(workspace);
  await grant(workspace, credits(1));
  await walk(workspace, listen(['workspace.renamed']).listener);
  await spend(workspace, credits(1));
  const { typesHeard, listener } = listen(['balance.depleted', 'credits.granted']);
  await walk(workspace, listener);
  expect(typesHeard()).toEqual(['balance.depleted']);
});
