import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openAesSealer } from '#adapters/aes-sealer';
import { inTransaction } from '#core/db';
import { recordEvent } from '#core/events/events';
import { createWebhookEndpoint } from '#core/webhooks/endpoints';
import { deliver, makeInbox } from '../inboxes/stage.ts';
import { startServerChild } from '../live/server-child.ts';
import { openTrialDatabase } from '../trials/chaos/database.ts';
import { openServer } from '../world/server.ts';
import { credits, type TestWorkspace, type World } from '../world/world.ts';
import { startReceiver, startWorkerChild } from './children.ts';
import { openStage } from './stage.ts';

const TIMES = { timeout: 120_000 };
const DAY_MS = 24 * 3_600_000;

test('a receiver of its own that is down for a day loses nothing and hears of nothing twice over', TIMES, async () => {
  const stage = await openStage();
  const receiver = await startReceiver();
  onTestFinished(async () => {
    await receiver.kill();
    await stage.close();
  });
  const workspace = await stage.world.makeWorkspace();
  const { workspaceId } = workspace;
  const endpoint = await stage.makeEndpoint(workspace, { url: `${receiver.url}/day` });
  await receiver.tell({ secrets: { '/day': endpoint.secret }, isDown: true });
  await stage.grant(workspace, 4);
  await stage.tell(workspace);
  const end = new Date(stage.clock().getTime() + DAY_MS);
  const passTime = async (until: Date): Promise<void> => {
    for (;;) {
      const where = { state: 'PENDING', workspaceId, nextAttemptAt: { lte: until } } as const;
      const next = await stage.world.db.webhookDelivery.findFirst({ where, orderBy: { nextAttemptAt: 'asc' } });
      if (!next?.nextAttemptAt) return;
      if (next.nextAttemptAt > stage.clock()) stage.setClock(next.nextAttemptAt);
      await receiver.tell({ at: stage.clock().getTime() });
      await stage.courier.look(null);
      await stage.courier.idle();
    }
  };
  await passTime(end);
  const down = await receiver.take();
  expect(down.length).toBeGreaterThan(20);
  await receiver.tell({ isDown: false });
  await passTime(new Date(end.getTime() + DAY_MS));
  const taken = await receiver.take();
  expect(taken).toHaveLength(4);
  expect([...down, ...taken].every(({ isVerified }) => isVerified)).toBe(true);
  expect(new Set(taken.map(({ id }) => id))).toEqual(new Set(down.map(({ id }) => id)));
  expect(new Set(taken.map(({ id }) => id)).size).toBe(4);
});

/** Grants one after the other until each is in, whatever happens to the database. */
async function grant(world: World, { workspaceId }: TestWorkspace, times: number): Promise<void> {
  for (let done = 0; done < times; done++) {
    const idempotencyKey = randomUUID();
    for (let isIn = false; !isIn;) {
      try {
        const permit = await world.permit(world.operator, 'credits:grant', workspaceId);
        await world.credits.grantCredits(permit, { credits: 1n, source: 'PROMOTION', idempotencyKey });
        isIn = true;
      } catch {
        // The database is gone; its successor is asked with the same key.
        await sleep(100);
      }
    }
  }
}

/** Renames a workspace and takes it back before it is committed. */
async function renameInVain({ db }: World, workspaceId: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    const by = { actorKind: 'SYSTEM', actorId: null, workspaceId, targetId: workspaceId } as const;
    const names = { name: 'Ghost', slug: 'ghost' };
    await recordEvent(tx, { ...by, type: 'workspace.renamed', before: names, after: names });
    throw new Error('undone');
  });
}

test(
  'whatever is killed in the middle, each event arrives with one id, and none of what was undone',
  TIMES,
  async () => {
    const trial = await openTrialDatabase();
    const { world } = trial;
    const receiver = await startReceiver();
    const workers = [await startWorkerChild(trial.url)];
    onTestFinished(async () => {
      await Promise.all(workers.map((worker) => worker.kill()));
      await receiver.kill();
      await trial.close();
    });
    const workspace = await world.makeWorkspace();
    const { workspaceId, owner } = workspace;
    const permit = await world.permit(owner, 'webhooks:write', workspaceId);
    const eventTypes = ['credits.granted', 'workspace.renamed'];
    const settings = { url: `${receiver.url}/kills`, description: '', eventTypes, isOrdered: false };
    const allowing = { sealer: openAesSealer({ current: Buffer.alloc(32, 7) }), outbound: { problemOf: () => null } };
    const made = await createWebhookEndpoint(world.db, permit, { ...settings, idempotencyKey: randomUUID() }, allowing);
    await receiver.tell({ secrets: { '/kills': made.secret ?? '' }, delayMs: 100 });
    const all: Awaited<ReturnType<typeof receiver.take>>[number][] = [];
    const arrived = async (): Promise<number> => {
      all.push(...(await receiver.take()));
      return new Set(all.map(({ id }) => id)).size;
    };
    const soon = { timeout: 60_000, interval: 50 };

    await grant(world, workspace, 40);
    await expect.poll(arrived, soon).toBeGreaterThan(5);
    await workers[0]?.kill();
    expect(await arrived()).toBeLessThan(40);
    await expect(renameInVain(world, workspaceId)).rejects.toThrow('undone');
    workers.push(await startWorkerChild(trial.url));
    await grant(world, workspace, 40);
    await expect.poll(arrived, soon).toBeGreaterThan(45);
    await trial.crash();
    await grant(world, workspace, 20);
    const overdue = async (): Promise<number> => {
      // As if the leases of those that were under way were over: a minute that nobody here waits for.
      await world.db.webhookDelivery.updateMany({
        where: { workspaceId, state: 'PENDING' },
        data: { nextAttemptAt: new Date() },
      });
      return arrived();
    };
    await expect.poll(overdue, { timeout: 60_000, interval: 500 }).toBe(100);

    expect(all.every(({ isVerified, type }) => isVerified && type === 'credits.granted')).toBe(true);
    expect(new Set(all.map(({ id, body }) => `${id} ${body}`)).size).toBe(100);
    const seqs = all.map(({ body }) => Number((JSON.parse(body) as { data: { seq: string } }).data.seq));
    const rows = await world.db.ledgerEntry.findMany({
      where: { workspaceId, kind: 'GRANT' },
      orderBy: { seq: 'asc' },
    });
    const after = rows.map(({ seq }) => Number(seq)).slice(-100);
    expect([...new Set(seqs)].toSorted((a, b) => a - b)).toEqual(after);
  },
);

test('a node that is killed between storing an event and charging it: charged once in the end', TIMES, async () => {
  const server = await openServer({}, { isShared: true });
  onTestFinished(() => server.close());
  const { db } = server;
  await server.db.operation.create({
    data: { name: 'inbox.received', description: '', price: credits(1), createdAt: new Date(), updatedAt: new Date() },
  });
  const workspace = await server.makeWorkspace({ credits: credits(10) });
  const { workspaceId } = workspace;
  const inbox = await makeInbox(server, workspace);
  const node = await startServerChild(server.databaseUrl);
  const charging = new AbortController();
  const released = once(charging.signal, 'abort');
  const holding = db.$transaction(
    async (tx) => {
      // Nobody decides about these credits now, so the event is stored and waits for its charge.
      await tx.$queryRaw`SELECT seq FROM balance WHERE workspace_id = ${workspaceId}::uuid FOR UPDATE`;
      await released;
    },
    { timeout: 60_000 },
  );
  const id = await deliver({ url: `${node.url}${new URL(inbox.url).pathname}` });
  expect(await db.inboxDelivery.findUniqueOrThrow({ where: { id } })).toMatchObject({ charge: 'DUE' });
  node.process.kill('SIGKILL');
  charging.abort();
  await holding;
  const state = async () => (await db.inboxDelivery.findUniqueOrThrow({ where: { id } })).charge;
  await expect.poll(state, { timeout: 30_000, interval: 200 }).toBe('CHARGED');
  const charged = await db.ledgerEntry.findMany({ where: { workspaceId, operation: 'inbox.received' } });
  expect(charged).toHaveLength(1);
  expect((await db.balance.findUniqueOrThrow({ where: { workspaceId } })).available).toBe(credits(9));
});
